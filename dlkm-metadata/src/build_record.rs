//! Build magic: what must be equal between the kernel and an image, because plain Rust
//! types cross and the compiler is free to choose their layout.

use std::fmt;

use crate::const_text::Text;
use crate::error::BadMetadata;
use crate::small::{list, owned};
use crate::texts::Texts;
use crate::visible::Quoted;

/// What built an image.
///
/// Host and image must have been built by the same compiler, release and commit, for the same
/// target and pointer width, with the same panic strategy, `dlkm-rt` and sanitizer, and
/// with the same nightly options that shuffle types (`-Zrandomize-layout`,
/// `-Zlayout-seed`). The target features need not be equal, but the processor must have
/// those of the image ([`lacking`](Self::lacking)), and the few that change how functions are
/// called must be the same.
/// For functions of ABI C, only the target, the pointer width and the features matter.
///
/// Neither may be linked statically with the C library (`+crt-static`), and the image must have a
/// std of its own ([`Metadata::shared_std`](crate::Metadata::shared_std)).
///
/// dlkm compares nothing else: not the profile, optimisation, debug assertions, overflow
/// checks, link-time optimisation or paths. Options for a single crate
/// (`cargo rustc -- -C …`) and the features of a custom std (`-Zbuild-std`) do not
/// show here; what they change in an author's types shows in the layout of those types.
#[derive(Clone, Debug)]
pub struct Build(Source);

#[derive(Clone, Debug)]
enum Source {
    /// Equal to the reader's, as in most images.
    Own(&'static OwnBuild),
    Read(Texts<{ KEYS.len() }>),
}

impl PartialEq for Build {
    fn eq(&self, other: &Self) -> bool {
        self.values() == other.values()
    }
}

impl Eq for Build {}

/// The values in the order of [`KEYS`].
type Values<'a> = [&'a str; KEYS.len()];

/// The key in the metadata, and the name in messages.
const KEYS: [(&str, &str); 9] = [
    ("rustc", "rustc"),
    ("commit", "rustc commit"),
    ("target", "target"),
    ("pointer", "pointer width"),
    ("panic", "panic strategy"),
    ("runtime", "dlkm-rt"),
    ("sanitizer", "sanitizer"),
    ("flags", "layout options"),
    ("features", "target features"),
];

/// The keys that matter for functions of ABI C.
const C_KEYS: [&str; 2] = ["target", "pointer"];

/// The target features of x86-64 that decide which registers arguments travel in, so that
/// both sides must have them or not: `Target::abi_required_features` in
/// <https://github.com/rust-lang/rust/blob/master/compiler/rustc_target/src/target_features.rs>.
/// That list also has `x87`, which only a nightly compiler reports. rustc warns if one of these
/// differs from what the target requires, see
/// <https://doc.rust-lang.org/rustc/targets/known-issues.html>. `avx` and `avx512f` change how
/// vectors such as `__m256` travel, but no such type is an `Interface`.
const ABI_FEATURES: [&str; 2] = ["soft-float", "sse2"];

/// The target feature of what is linked statically with the C library: a process that loads an
/// image would have two copies of that library, and of the unwinder.
const CRT_STATIC: &str = "crt-static";

impl Build {
    /// The compiler's release: `1.95.0`.
    pub fn rustc(&self) -> &str {
        self.get("rustc")
    }

    /// The commit that the compiler was built from; `unknown` if it does not report one.
    pub fn commit(&self) -> &str {
        self.get("commit")
    }

    /// The target's triple.
    pub fn target(&self) -> &str {
        self.get("target")
    }

    /// The panic strategy: `unwind` or `abort`.
    pub fn panic(&self) -> &str {
        self.get("panic")
    }

    /// The version of `dlkm-rt`, and a hash of its source.
    pub fn runtime(&self) -> &str {
        self.get("runtime")
    }

    /// The target features that it was compiled with, sorted.
    pub fn features(&self) -> impl Iterator<Item = &str> {
        self.get("features").split_whitespace()
    }

    /// Every field: a readable name, and the value, which may be empty.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        KEYS.iter()
            .zip(self.values())
            .map(|((_, name), value)| (*name, value))
    }

    /// Reads each value from the metadata by its key.
    pub(crate) fn parse<'a>(
        take: impl Fn(&str) -> Result<&'a str, BadMetadata>,
    ) -> Result<Self, BadMetadata> {
        let mut values = [""; KEYS.len()];
        for (value, (key, _)) in values.iter_mut().zip(KEYS) {
            *value = take(key)?;
        }
        Ok(Build(Source::Read(Texts::new(values))))
    }

    /// The build of the copy of the runtime that `own` describes.
    pub const fn of(own: &'static OwnBuild) -> Self {
        Build(Source::Own(own))
    }

    /// Everything that keeps `self`, the image, from working with `host` in one process.
    pub fn differences(&self, host: &Build) -> Vec<BuildDifference> {
        self.compare(host, true)
    }

    /// Like [`differences`](Self::differences), for an image whose interfaces are all of ABI C.
    pub fn c_differences(&self, host: &Build) -> Vec<BuildDifference> {
        self.compare(host, false)
    }

    /// The target features of `self`, the image, that `host` was built without and that the
    /// processor does not have; `has` returns `None` for a feature that can't be looked up. The
    /// host is running, so the processor has the host's features.
    pub fn lacking(
        &self,
        host: &Build,
        has: impl Fn(&str) -> Option<bool>,
    ) -> Vec<BuildDifference> {
        if self.is(host) || self.get("features") == host.get("features") {
            return Vec::new();
        }
        let lacking = self
            .features()
            .filter(|feature| has(feature) == Some(false));
        list(lacking.map(|feature| BuildDifference::Processor {
            feature: owned(feature),
        }))
    }

    /// Whether `key` is one of the build's keys.
    pub(crate) fn has(key: &str) -> bool {
        KEYS.iter().any(|(known, _)| *known == key)
    }

    /// Whether both are the build of one copy of the runtime.
    fn is(&self, other: &Build) -> bool {
        match (&self.0, &other.0) {
            (Source::Own(one), Source::Own(other)) => std::ptr::eq(*one, *other),
            _ => false,
        }
    }

    fn values(&self) -> Values<'_> {
        match &self.0 {
            Source::Own(own) => own.record.values(),
            Source::Read(values) => std::array::from_fn(|at| values.get(at)),
        }
    }

    fn get(&self, key: &str) -> &str {
        let at = KEYS.iter().position(|(known, _)| *known == key);
        at.map_or("", |at| self.values()[at])
    }

    fn compare(&self, host: &Build, of_rust: bool) -> Vec<BuildDifference> {
        let mut differences = Vec::new();
        let is_static = |build: &Build| build.features().any(|feature| feature == CRT_STATIC);
        let (same, host_is_static) = (self.is(host), is_static(host));
        if host_is_static {
            differences.push(BuildDifference::StaticC { host: true });
        }
        if host_is_static && same || !same && is_static(self) {
            differences.push(BuildDifference::StaticC { host: false });
        }
        if same {
            return differences;
        }
        let (image, host) = (self.values(), host.values());
        for (at, (key, name)) in KEYS.iter().enumerate() {
            let decides = match of_rust {
                true => *key != "features",
                false => C_KEYS.contains(key),
            };
            if decides && image[at] != host[at] {
                differences.push(BuildDifference::Value {
                    name,
                    image: owned(image[at]),
                    host: owned(host[at]),
                });
            }
        }
        let (image, host) = (image[KEYS.len() - 1], host[KEYS.len() - 1]);
        if image != host {
            compare_features(image, host, &mut differences);
        }
        differences
    }
}

/// Compares the lists of target features, the last value of `KEYS`.
#[cold]
fn compare_features(image: &str, host: &str, differences: &mut Vec<BuildDifference>) {
    for feature in ABI_FEATURES {
        let [image, host] = [image, host].map(|all| all.split(' ').any(|one| one == feature));
        if image != host {
            differences.push(BuildDifference::AbiFeature {
                feature,
                image,
                host,
            });
        }
    }
}

/// One difference between two builds that keeps an image from working with a host.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildDifference {
    /// A value that must be equal.
    #[non_exhaustive]
    Value {
        /// Its readable name: `rustc`, `panic strategy`.
        name: &'static str,
        /// The image's value; may be empty.
        image: String,
        /// The host's value; may be empty.
        host: String,
    },
    /// A target feature that decides how arguments travel, which only one of the two has.
    #[non_exhaustive]
    AbiFeature {
        /// The feature, by rustc's name.
        feature: &'static str,
        /// Whether the image was built with it.
        image: bool,
        /// Whether the host was.
        host: bool,
    },
    /// The image links the shared libstd, so it has no std of its own.
    #[non_exhaustive]
    SharedStd {
        /// The file name of the library.
        library: String,
    },
    /// One of the two is linked statically with the C library, so that the process would have two
    /// copies of it.
    #[non_exhaustive]
    StaticC {
        /// Whether it is the host.
        host: bool,
    },
    /// The image was built for a feature that this processor does not have.
    #[non_exhaustive]
    Processor {
        /// The feature, by rustc's name.
        feature: String,
    },
}

impl BuildDifference {
    /// For a runtime whose program is linked statically with the C library, which its own build does
    /// not show: the option may be for the program's crate alone.
    pub fn static_host() -> Self {
        BuildDifference::StaticC { host: true }
    }
}

impl fmt::Display for BuildDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BuildDifference::Value { name, image, host } => {
                let (image, host) = (shown(image), shown(host));
                write!(f, "{name}: image {image}, host {host}")
            }
            BuildDifference::AbiFeature {
                feature,
                image,
                host,
            } => {
                let (image, host) = (with(*image), with(*host));
                write!(f, "target feature {feature}: image {image}, host {host}")
            }
            BuildDifference::SharedStd { library } => write!(
                f,
                "the image links {library}, a std that it shares with other images (remove \
                 `-C prefer-dynamic` and dependencies of crate type `dylib`)",
                library = Quoted(library)
            ),
            BuildDifference::StaticC { host } => write!(
                f,
                "the {} is linked statically with the C library (remove `-C \
                 target-feature=+crt-static`)",
                if *host { "host" } else { "image" }
            ),
            BuildDifference::Processor { feature } => {
                write!(
                    f,
                    "the image uses {feature}, which this processor does not have"
                )
            }
        }
    }
}

fn shown(value: &str) -> &str {
    if value.is_empty() { "none" } else { value }
}

fn with(has: bool) -> &'static str {
    if has { "with" } else { "without" }
}

/// How a copy of the runtime is built, for the metadata of modules that are built with it.
#[derive(Clone, Copy, Debug)]
pub struct BuildRecord {
    /// The compiler's release.
    pub rustc: &'static str,
    /// The commit that the compiler was built from.
    pub commit: &'static str,
    /// The target's triple.
    pub target: &'static str,
    /// The width of a pointer, in bits.
    pub pointer: &'static str,
    /// The panic strategy: `unwind` or `abort`.
    pub panic: &'static str,
    /// The version of `dlkm-rt`, and a hash of all source files that decide what crosses.
    pub runtime: &'static str,
    /// The sanitizers, separated by spaces.
    pub sanitizer: &'static str,
    /// The options that shuffle types, separated by spaces.
    pub flags: &'static str,
    /// The target features, sorted, separated by spaces.
    pub features: &'static str,
}

impl BuildRecord {
    const fn values(&self) -> [&'static str; KEYS.len()] {
        [
            self.rustc,
            self.commit,
            self.target,
            self.pointer,
            self.panic,
            self.runtime,
            self.sanitizer,
            self.flags,
            self.features,
        ]
    }

    /// The length of the text, in bytes.
    pub const fn text_len(&self) -> usize {
        let mut out = Text::<0>::new();
        self.write(&mut out);
        out.length()
    }

    /// The last lines of the metadata; `N` is [`text_len`](Self::text_len).
    pub const fn text<const N: usize>(&self) -> [u8; N] {
        let mut out = Text::new();
        self.write(&mut out);
        out.buffer()
    }

    pub(crate) const fn write<const N: usize>(&self, out: &mut Text<N>) {
        let values = self.values();
        let mut i = 0;
        while i < KEYS.len() {
            out.line(KEYS[i].0, values[i]);
            i += 1;
        }
    }
}

/// The build of the copy of the runtime that reads metadata.
#[derive(Debug)]
pub struct OwnBuild {
    record: BuildRecord,
    text: &'static [u8],
}

impl OwnBuild {
    /// `text` must be [`BuildRecord::text`] of `record`.
    pub const fn new(record: BuildRecord, text: &'static [u8]) -> Self {
        OwnBuild { record, text }
    }

    pub(crate) const fn text(&self) -> &'static [u8] {
        self.text
    }
}

#[cfg(test)]
mod tests;
