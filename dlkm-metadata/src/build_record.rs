//! Build magic: what must be equal between the kernel and an image, since plain Rust
//! types cross and their layout is the compiler's own affair.

use std::fmt;

use crate::const_text::Text;
use crate::error::BadMetadata;
use crate::texts::Texts;

/// What built an image.
///
/// Host and image must have been built by the same compiler, release and commit, for the same
/// target and pointer width, with the same panic strategy, `dlkm-rt` and sanitizer, and
/// with the same nightly options that shuffle types (`-Zrandomize-layout`,
/// `-Zlayout-seed`). The target features need not be equal, but the processor must have
/// those of the image ([`lacking`](Self::lacking)), and the few that change how functions are
/// called must be the same.
/// Between functions of ABI C only the target, the pointer width and the features matter.
///
/// Nothing else is looked at: not the profile, optimisation, debug assertions, overflow
/// checks or link-time optimisation, nor where things lie. Options that reach one crate only
/// (`cargo rustc -- -C …`) and the features of a std of one's own (`-Zbuild-std`) do not
/// show here; what they change in an author's types shows in those types' layout.
#[derive(Clone, Debug)]
pub struct Build(Source);

#[derive(Clone, Debug)]
enum Source {
    /// The same as the reader's, as in most images.
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

/// Key in the metadata, and the name for a person.
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

/// Those that decide about functions of ABI C.
const C_KEYS: [&str; 2] = ["target", "pointer"];

/// The target features of x86-64 that decide which registers arguments travel in, so that
/// both sides must have them or not: `Target::abi_required_features` in
/// <https://github.com/rust-lang/rust/blob/master/compiler/rustc_target/src/target_features.rs>.
/// That list also has `x87`, of which only a nightly compiler tells. rustc warns where these
/// are not as the target wants them, see
/// <https://doc.rust-lang.org/rustc/targets/known-issues.html>. `avx` and `avx512f` change how
/// vectors such as `__m256` travel; nothing of that sort is an `Interface`.
const ABI_FEATURES: [&str; 2] = ["soft-float", "sse2"];

impl Build {
    /// The compiler's release: `1.95.0`.
    pub fn rustc(&self) -> &str {
        self.get("rustc")
    }

    /// The commit that the compiler was made from; `unknown` if it does not say.
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

    /// Every field: a name for a person, and the value, which may be empty.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        KEYS.iter()
            .zip(self.values())
            .map(|((_, name), value)| (*name, value))
    }

    /// Takes each value from the metadata by its key.
    pub(crate) fn parse<'a>(
        take: impl Fn(&str) -> Result<&'a str, BadMetadata>,
    ) -> Result<Self, BadMetadata> {
        let mut values = [""; KEYS.len()];
        for (value, (key, _)) in values.iter_mut().zip(KEYS) {
            *value = take(key)?;
        }
        Ok(Build(Source::Read(Texts::new(values))))
    }

    /// What built the copy of the runtime that `own` is of.
    pub const fn of(own: &'static OwnBuild) -> Self {
        Build(Source::Own(own))
    }

    /// Each thing because of which `self`, the image, can't work with `host` in one process.
    pub fn differences(&self, host: &Build) -> Vec<BuildDifference> {
        self.compare(host, true)
    }

    /// As [`differences`](Self::differences), for an image all of whose interfaces are of ABI C.
    pub fn c_differences(&self, host: &Build) -> Vec<BuildDifference> {
        self.compare(host, false)
    }

    /// The target features of `self`, the image, that `host` was built without and that the
    /// processor does not have; `has` returns `None` for a feature that can't be looked up. The
    /// host runs, so the processor has the host's.
    pub fn lacking(
        &self,
        host: &Build,
        has: impl Fn(&str) -> Option<bool>,
    ) -> Vec<BuildDifference> {
        if self.get("features") == host.get("features") {
            return Vec::new();
        }
        self.features()
            .filter(|feature| has(feature) == Some(false))
            .map(|feature| BuildDifference::Processor {
                feature: feature.to_owned(),
            })
            .collect()
    }

    /// Whether the key is one of these.
    pub(crate) fn has(key: &str) -> bool {
        KEYS.iter().any(|(known, _)| *known == key)
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
        if let (Source::Own(image), Source::Own(host)) = (&self.0, &host.0)
            && std::ptr::eq(*image, *host)
        {
            return Vec::new();
        }
        let (image, host) = (self.values(), host.values());
        let mut differences = Vec::new();
        for (at, (key, name)) in KEYS.iter().enumerate() {
            let decides = match of_rust {
                true => *key != "features",
                false => C_KEYS.contains(key),
            };
            if decides && image[at] != host[at] {
                differences.push(BuildDifference::Value {
                    name,
                    image: image[at].to_owned(),
                    host: host[at].to_owned(),
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

/// As their lists stand in the metadata, the last of `KEYS`.
#[cold]
fn compare_features(image: &str, host: &str, differences: &mut Vec<BuildDifference>) {
    for feature in ABI_FEATURES {
        let has = |features: &str| features.split(' ').any(|one| one == feature);
        let (image, host) = (has(image), has(host));
        if image != host {
            differences.push(BuildDifference::AbiFeature {
                feature,
                image,
                host,
            });
        }
    }
}

/// One thing that keeps an image from a host because of how the two were built.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildDifference {
    /// A value that must be equal.
    #[non_exhaustive]
    Value {
        /// Its name, for a person: `rustc`, `panic strategy`.
        name: &'static str,
        /// The image's; may be empty.
        image: String,
        /// The host's; may be empty.
        host: String,
    },
    /// A target feature that decides how arguments travel, and that only one of the two has.
    #[non_exhaustive]
    AbiFeature {
        /// By rustc's name for it.
        feature: &'static str,
        /// Whether the image was built with it.
        image: bool,
        /// Whether the host was.
        host: bool,
    },
    /// The image was built for a feature that this processor does not have.
    #[non_exhaustive]
    Processor {
        /// By rustc's name for it.
        feature: String,
    },
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

/// What builds a copy of the runtime, for the metadata of modules that are built with it.
#[derive(Clone, Copy, Debug)]
pub struct BuildRecord {
    /// The compiler's release.
    pub rustc: &'static str,
    /// The commit that the compiler was made from.
    pub commit: &'static str,
    /// The target's triple.
    pub target: &'static str,
    /// The width of a pointer, in bits.
    pub pointer: &'static str,
    /// The panic strategy: `unwind` or `abort`.
    pub panic: &'static str,
    /// The version of `dlkm-rt`, and a hash of all source that decides what crosses.
    pub runtime: &'static str,
    /// The sanitizers, separated by blanks.
    pub sanitizer: &'static str,
    /// The options that shuffle types, separated by blanks.
    pub flags: &'static str,
    /// The target features, sorted, separated by blanks.
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

    /// How long the text is, in bytes.
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

/// What built the copy of the runtime that reads metadata.
#[derive(Debug)]
pub struct OwnBuild {
    record: BuildRecord,
    text: &'static [u8],
}

impl OwnBuild {
    /// `text` is [`BuildRecord::text`] of the record.
    pub const fn new(record: BuildRecord, text: &'static [u8]) -> Self {
        OwnBuild { record, text }
    }

    pub(crate) const fn text(&self) -> &'static [u8] {
        self.text
    }
}

#[cfg(test)]
mod tests;
