//! Build magic: what must be equal between the kernel and an image, since plain Rust
//! types cross and their layout is the compiler's own affair.

use super::texts::Texts;
use crate::metadata::BadMetadata;
use crate::os;

/// What built an image.
///
/// Host and image must have been built by the same compiler, release and commit, for the same
/// target and pointer width, with the same panic strategy, `dlkm-rt` and sanitizer, and
/// with the same nightly options that shuffle types (`-Zrandomize-layout`,
/// `-Zlayout-seed`). The target features need not be equal, but the processor must have
/// those of the image, and the few that change how functions are called must be the same.
/// Between functions of ABI C only the target, the pointer width and the features matter.
///
/// Nothing else is looked at: not the profile, optimisation, debug assertions, overflow
/// checks or link-time optimisation, nor where things lie. Options that reach one crate only
/// (`cargo rustc -- -C …`) and the features of a std of one's own (`-Zbuild-std`) do not
/// show here; what they change in an author's types shows in those types' layout.
#[derive(Clone, Debug)]
pub struct Build {
    /// `None` where all are [`OURS`], as they are in most images.
    values: Option<Texts<{ KEYS.len() }>>,
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
    pub(super) fn parse<'a>(
        take: impl Fn(&str) -> Result<&'a str, BadMetadata>,
    ) -> Result<Self, BadMetadata> {
        let mut values = [""; KEYS.len()];
        for (value, (key, _)) in values.iter_mut().zip(KEYS) {
            *value = take(key)?;
        }
        Ok(Build {
            values: Some(Texts::new(values)),
        })
    }

    /// One text for each thing because of which `self`, the image, can't work with `host` in
    /// this process.
    pub fn differences(&self, host: &Build) -> Vec<String> {
        compare(&self.values(), &host.values(), true)
    }

    /// As [`differences`](Self::differences), for an image all of whose interfaces are of ABI C.
    pub fn c_differences(&self, host: &Build) -> Vec<String> {
        compare(&self.values(), &host.values(), false)
    }

    /// What keeps the image from working with this copy of the runtime.
    pub(crate) fn differences_from_ours(&self) -> Vec<String> {
        self.compare_with_ours(true)
    }

    /// As above, for functions of ABI C.
    pub(crate) fn c_differences_from_ours(&self) -> Vec<String> {
        self.compare_with_ours(false)
    }

    /// What built this copy of the runtime.
    pub(super) const fn ours() -> Self {
        Build { values: None }
    }

    /// Whether the key is one of these.
    pub(super) fn has(key: &str) -> bool {
        KEYS.iter().any(|(known, _)| *known == key)
    }

    fn compare_with_ours(&self, of_rust: bool) -> Vec<String> {
        match self.values {
            None => Vec::new(),
            Some(_) => compare(&self.values(), &Build::ours().values(), of_rust),
        }
    }

    fn values(&self) -> Values<'_> {
        match &self.values {
            Some(values) => std::array::from_fn(|at| values.get(at)),
            None => OURS.map(|(_, value)| value),
        }
    }

    fn get(&self, key: &str) -> &str {
        let at = KEYS.iter().position(|(known, _)| *known == key);
        at.map_or("", |at| self.values()[at])
    }
}

fn compare(image: &Values<'_>, host: &Values<'_>, of_rust: bool) -> Vec<String> {
    let mut differences = Vec::new();
    for (at, (key, name)) in KEYS.iter().enumerate() {
        let decides = match of_rust {
            true => *key != "features",
            false => C_KEYS.contains(key),
        };
        if decides && image[at] != host[at] {
            let (image, host) = (shown(image[at]), shown(host[at]));
            differences.push(format!("{name}: image {image}, host {host}"));
        }
    }
    let (image, host) = (image[KEYS.len() - 1], host[KEYS.len() - 1]);
    // This copy runs, so the processor has its features.
    if image != host || image != OURS[KEYS.len() - 1].1 {
        compare_features(image, host, &mut differences);
    }
    differences
}

fn shown(value: &str) -> &str {
    if value.is_empty() { "none" } else { value }
}

/// As their lists stand in the metadata, the last of `KEYS`.
#[cold]
fn compare_features(image: &str, host: &str, differences: &mut Vec<String>) {
    for feature in ABI_FEATURES {
        let has = |features: &str| features.split(' ').any(|one| one == feature);
        let with = |has| if has { "with" } else { "without" };
        let (image, host) = (has(image), has(host));
        if image != host {
            let (image, host) = (with(image), with(host));
            let text = format!("target feature {feature}: image {image}, host {host}");
            differences.push(text);
        }
    }
    for feature in image.split(' ') {
        if os::cpu_has(feature) == Some(false) {
            let text = format!("the image uses {feature}, which this processor has not");
            differences.push(text);
        }
    }
}

/// What built this copy: key and value, in the order of `KEYS`.
pub(crate) const OURS: [(&str, &str); KEYS.len()] = {
    let values = [
        env!("DLKM_RUSTC"),
        env!("DLKM_COMMIT"),
        env!("DLKM_TARGET"),
        env!("DLKM_POINTER"),
        if cfg!(panic = "abort") {
            "abort"
        } else {
            "unwind"
        },
        env!("DLKM_RUNTIME"),
        env!("DLKM_SANITIZER"),
        env!("DLKM_FLAGS"),
        env!("DLKM_FEATURES"),
    ];
    let mut ours = [("", ""); KEYS.len()];
    let mut i = 0;
    while i < KEYS.len() {
        ours[i] = (KEYS[i].0, values[i]);
        i += 1;
    }
    ours
};

#[cfg(test)]
mod tests;
