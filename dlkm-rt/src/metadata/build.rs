//! Build magic: what must be equal between the kernel and an image, since plain Rust
//! types cross and their layout is the compiler's own affair.

/// What built an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    pub(crate) rustc: String,
    pub(crate) target: String,
    pub(crate) panic: String,
    pub(crate) runtime: String,
}

impl Build {
    /// The compiler's release and commit, as `rustc --version` prints it.
    pub fn rustc(&self) -> &str {
        &self.rustc
    }

    /// The target's triple.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The panic strategy: `unwind` or `abort`.
    pub fn panic(&self) -> &str {
        &self.panic
    }

    /// The version of `dlkm-rt`.
    pub fn runtime(&self) -> &str {
        &self.runtime
    }

    /// What built this copy of the runtime.
    pub(crate) fn ours() -> Self {
        Build {
            rustc: RUSTC.to_owned(),
            target: TARGET.to_owned(),
            panic: PANIC.to_owned(),
            runtime: RUNTIME.to_owned(),
        }
    }

    /// One text for each field in which `self`, the image, is not as `host` is.
    pub(crate) fn differences(&self, host: &Build) -> Vec<String> {
        [
            ("rustc", &self.rustc, &host.rustc),
            ("target", &self.target, &host.target),
            ("panic strategy", &self.panic, &host.panic),
            ("dlkm-rt", &self.runtime, &host.runtime),
        ]
        .into_iter()
        .filter(|(_, image, host)| image != host)
        .map(|(field, image, host)| format!("{field}: image {image}, host {host}"))
        .collect()
    }
}

pub(crate) const RUSTC: &str = env!("DLKM_RUSTC");
pub(crate) const TARGET: &str = env!("DLKM_TARGET");
pub(crate) const PANIC: &str = if cfg!(panic = "abort") {
    "abort"
} else {
    "unwind"
};
pub(crate) const RUNTIME: &str = env!("CARGO_PKG_VERSION");
