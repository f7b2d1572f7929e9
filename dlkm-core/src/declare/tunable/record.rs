//! What the kernel gets of each tunable, and which module's it is.

use std::fmt;

use super::computed::{TunedBy, Values, raw};
use super::kinds::{Raw, Stored};
use super::settings::Settings;
use crate::error::{HookError, TunableError};
use crate::metadata::Metadata;

/// Where a tunable or a module is declared: the Rust module, and the version of its crate, since two
/// versions may be linked into one program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    path: &'static str,
    version: &'static str,
}

impl Owner {
    /// The Rust module of that path.
    pub const fn new(path: &'static str, version: Option<&'static str>) -> Self {
        Owner {
            path,
            version: match version {
                Some(version) => version,
                None => "",
            },
        }
    }

    /// The crate's name.
    pub fn package(&self) -> &'static str {
        self.path.split(':').next().unwrap_or_default()
    }

    pub(crate) fn is_in_crate_of(&self, other: &Owner) -> bool {
        self.package() == other.package() && self.version == other.version
    }

    /// How long its path is, if it is around `inner`.
    pub(crate) fn is_around(&self, inner: &Owner) -> Option<usize> {
        let rest = inner.path.strip_prefix(self.path)?;
        let is_around = rest.is_empty() || rest.starts_with("::");
        (is_around && self.version == inner.version).then_some(self.path.len())
    }
}

/// The static of a tunable, of whatever type.
pub trait TunableCell: Sync {
    /// Sets it. A value that is not of its type sets its default.
    fn set(&self, raw: Raw<'_>);

    /// Its value now.
    fn stored(&self) -> Stored;

    /// Sets all tunables of its module. Code of this image.
    ///
    /// # Errors
    /// A value is none of the tunable's.
    #[inline]
    fn set_all(
        &self,
        records: &[&TunableRecord],
        metadata: &Metadata,
        settings: &dyn Settings,
    ) -> Result<(), TunableError> {
        set_all(records, metadata, settings)
    }
}

/// The hook of a tunable that may refuse a value, with its panics already turned into errors.
pub type ChangedHook = fn(Raw<'_>) -> Result<(), HookError>;

/// A tunable.
#[derive(Clone, Copy)]
pub struct TunableRecord {
    /// Where it is declared, in Rust's modules.
    pub owner: Owner,
    /// Its name, without the module's.
    pub name: &'static str,
    /// Its lines in the metadata.
    pub text: &'static [u8],
    /// Where it is declared: file and line.
    pub declared_at: &'static str,
    /// The static.
    pub cell: &'static dyn TunableCell,
    /// The author's hook.
    pub changed: Option<ChangedHook>,
}

/// Sets the tunables of a module; each of them has one of the records.
///
/// # Errors
/// A value is none of the tunable's.
#[inline]
fn set_all(
    records: &[&TunableRecord],
    metadata: &Metadata,
    settings: &dyn Settings,
) -> Result<(), TunableError> {
    let mut values = Values::new(settings);
    let all = metadata.tunables().iter();
    let all = all.map(|info| Ok((info, values.of(metadata.name(), info)?)));
    let all: Vec<_> = all.collect::<Result<_, TunableError>>()?;
    for (info, (value, set_by)) in &all {
        if let Some(record) = records.iter().find(|one| one.name == info.name()) {
            record.cell.set(match set_by {
                TunedBy::Default => Raw::Default,
                _ => raw(value, info),
            });
        }
    }
    Ok(())
}

impl fmt::Debug for TunableRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TunableRecord")
            .field("name", &self.name)
            .field("declared_at", &self.declared_at)
            .finish_non_exhaustive()
    }
}

/// The tunables of this image. The linker collects them for each image: in the host these are those
/// of the static modules.
#[linkme::distributed_slice]
pub static DLKM_TUNABLES: [TunableRecord];

/// Gives each tunable of this image its default, which frees the texts that were set. For the
/// kernel, when the module is unloaded.
pub fn reset() {
    for record in DLKM_TUNABLES {
        record.cell.set(Raw::Default);
    }
}

#[cfg(test)]
mod tests {
    use super::Owner;

    #[test]
    fn a_rust_module_is_around_those_in_it() {
        let of = |path| Owner::new(path, Some("1.0.0"));
        let inner = of("disk::driver::cache");
        for (path, around) in [
            ("disk", true),
            ("disk::driver", true),
            ("disk::driver::cache", true),
            ("disk::driver::cache::lines", false),
            ("disk::drive", false),
            ("dis", false),
        ] {
            let length = around.then_some(path.len());
            assert_eq!(of(path).is_around(&inner), length, "{path}");
        }
        assert_eq!(Owner::new("disk", None).is_around(&inner), None);
        assert!(of("disk::other").is_in_crate_of(&inner) && !of("tape").is_in_crate_of(&inner));
    }
}
