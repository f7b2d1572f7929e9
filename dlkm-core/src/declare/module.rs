//! What a driver crate declares: its wrapper, its hooks and their errors.

use std::path::{Path, PathBuf};

use super::state::HandedOver;
use super::tunable::{DLKM_TUNABLES, Owner, TunableRecord};
use crate::call::slot::Code;
use crate::error::HookError;
use dlkm_metadata::Class;
use dlkm_metadata::write::{Declaration, Obstacle, Text};

/// The functions of one interface that a module provides. The macros make it.
#[derive(Clone, Copy, Debug)]
pub struct Exports {
    /// The interface, as the driver was compiled against it.
    pub interface: &'static Declaration,
    /// One function for each of the interface's, in the same order.
    pub functions: &'static [Code],
}

/// Rejects `idle` where it would have no effect.
///
/// # Panics
/// While compiling, if one of the interfaces is load-only.
#[track_caller]
pub const fn idle_needs_unloadable(provided: &[&Declaration]) {
    let mut i = 0;
    while i < provided.len() {
        if let Class::LoadOnly = provided[i].class {
            panic!(
                "an interface of this module has neither a `#[ustub]` nor `class = unloadable`, so \
                 the module is never unloaded: leave `idle` out"
            );
        }
        i += 1;
    }
}

/// Rejects `keys`, `extensions` and `magic` where nothing looks for them.
///
/// # Panics
/// While compiling, if none of the interfaces is that of a switch table.
#[track_caller]
pub const fn keys_need_switch(provided: &[&Declaration]) {
    let mut i = 0;
    while i < provided.len() {
        if provided[i].switch {
            return;
        }
        i += 1;
    }
    panic!(
        "no interface of this module is that of a switch table, so nothing looks for it by keys, \
         extensions or magic numbers: leave them out, or mark the trait with `#[switch]`"
    );
}

/// Rejects `unmap` where the image would stay mapped after an unload.
///
/// # Panics
/// While compiling, if the types of an interface don't prove that nothing of the image is left
/// behind.
#[track_caller]
pub const fn unmap_needs_proof(provided: &[&Declaration]) {
    let mut i = 0;
    while i < provided.len() {
        if let Some(Obstacle { function, does }) = provided[i].unmap.provider {
            let mut message: Text<2048> = Text::new();
            message.put("`");
            message.put(provided[i].name);
            message.put("::");
            message.put(function);
            message.put("` ");
            message.put(does);
            message.put(
                ": callers may still have it after an unload, so the image stays mapped; use owned \
                 data there, or leave `unmap` out",
            );
            match std::str::from_utf8(message.bytes()) {
                Ok(message) => panic!("{}", message),
                Err(_) => panic!("the image stays mapped after an unload: leave `unmap` out"),
            }
        }
        i += 1;
    }
}

/// A load or unload hook, with its panics already turned into errors.
pub type Hook = fn(&LoadArg) -> Result<(), HookError>;

/// A save hook, with its panics already turned into errors.
pub type SaveHook = fn(&LoadArg) -> Result<Vec<u8>, HookError>;

/// The static that describes a module: HP-UX's `modwrapper`, `modlink` and
/// `mod_type_data` in one.
#[derive(Debug)]
pub struct Wrapper {
    /// The metadata, as in the image's section: see [`crate::metadata`].
    pub metadata: &'static [u8],
    /// Where the module is declared: file and line.
    pub declared_at: &'static str,
    /// The interfaces it provides.
    pub exports: &'static [Exports],
    /// The load hook, HP-UX's `_load()`.
    pub load: Option<Hook>,
    /// The unload hook, HP-UX's `_unload()`.
    pub unload: Option<Hook>,
    /// The save hook, whose result goes to the version that replaces this one.
    pub save: Option<SaveHook>,
    /// The states that an upgrade hands to the next version.
    pub handed_over: &'static [HandedOver],
    /// Where it is declared, in Rust's modules.
    pub owner: Owner,
    /// What is in its image.
    pub gathered: fn() -> Gathered,
}

/// What the linker has gathered in an image, from all crates that are linked into it.
#[derive(Clone, Copy, Debug)]
pub struct Gathered {
    modules: &'static [Wrapper],
    pub tunables: &'static [TunableRecord],
}

/// What is in this image.
pub fn gathered() -> Gathered {
    Gathered {
        modules: DLKM_MODULES.static_slice(),
        tunables: DLKM_TUNABLES.static_slice(),
    }
}

impl Wrapper {
    /// The metadata's text, that of the tunables first, as in a file.
    #[inline]
    pub fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        for tunable in self.tunables() {
            text.extend_from_slice(tunable.text);
        }
        text.extend_from_slice(self.metadata);
        text
    }

    /// The module's tunables.
    pub fn tunables(&self) -> impl Iterator<Item = &'static TunableRecord> {
        let gathered = (self.gathered)();
        let own = self.metadata;
        gathered.tunables.iter().filter(move |tunable| {
            let modules = gathered.modules_of(tunable);
            matches!(modules[..], [one] if one.metadata == own)
        })
    }

    /// A tunable in its image that belongs to no module, because its crate has none.
    #[inline]
    pub fn astray(&self) -> Option<&'static TunableRecord> {
        let gathered = (self.gathered)();
        let mut tunables = gathered.tunables.iter();
        tunables.find(|tunable| gathered.modules_of(tunable).is_empty())
    }
}

impl Gathered {
    /// The module that a tunable belongs to: the only one in its crate, or of several the one whose
    /// Rust module is the innermost around it. More than one if that does not decide.
    #[inline]
    pub fn modules_of(&self, tunable: &TunableRecord) -> Vec<&'static Wrapper> {
        let of_crate = |one: &&Wrapper| one.owner.is_in_crate_of(&tunable.owner);
        let all: Vec<_> = self.modules.iter().filter(of_crate).collect();
        let around = |one: &Wrapper| one.owner.is_around(&tunable.owner);
        match all.iter().filter_map(|one| around(one)).max() {
            Some(innermost) if all.len() > 1 => {
                let all = all.into_iter();
                all.filter(|one| around(one) == Some(innermost)).collect()
            }
            _ => all,
        }
    }
}

/// The modules of this image. The linker collects them for each image: in the host these are
/// the static modules, in a loadable image it is the image's module.
#[linkme::distributed_slice]
pub static DLKM_MODULES: [Wrapper];

/// The argument of a hook: which module it is called for, and why.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoadArg {
    module: String,
    file: Option<PathBuf>,
    upgrade_from: Option<String>,
    state: Option<Vec<u8>>,
}

impl LoadArg {
    /// For the kernel: of a load that is no upgrade.
    #[doc(hidden)]
    #[inline]
    pub fn of_load(module: &str, file: Option<&Path>) -> Self {
        LoadArg {
            module: module.to_owned(),
            file: file.map(Path::to_owned),
            upgrade_from: None,
            state: None,
        }
    }

    /// For the kernel: of an upgrade from a version, with the state that this one has saved.
    #[doc(hidden)]
    pub fn of_upgrade(self, from: String, state: Option<Vec<u8>>) -> Self {
        LoadArg {
            upgrade_from: Some(from),
            state,
            ..self
        }
    }

    /// The module's name.
    pub fn module(&self) -> &str {
        &self.module
    }

    /// The file that the module was loaded from; `None` for a static module.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// In the load hook of a [`Kernel::upgrade`](../dlkm_rt/struct.Kernel.html#method.upgrade): the version that this
    /// module replaces, which still serves calls. `None` if the module is loaded otherwise.
    pub fn upgrade_from(&self) -> Option<&str> {
        self.upgrade_from.as_deref()
    }

    /// In the load hook of an upgrade: the bytes that the old version's save hook returned, if it
    /// has one. The code that wrote them differs from the code that reads them, so begin them with
    /// a version number of the format.
    ///
    /// A [`ModuleCell`](crate::ModuleCell) can be handed over as it is, if its type stays the
    /// same.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    ///
    /// use dlkm_rt::{Errno, LoadArg, LoadError, ModuleCell, module};
    ///
    /// #[module]
    /// pub trait Door {
    ///     /// Lets a guest in; returns the guest's number.
    ///     #[ustub]
    ///     fn enter() -> Result<u64, LoadError>;
    /// }
    ///
    /// pub struct Driver;
    ///
    /// static GUESTS: ModuleCell<AtomicU64> = ModuleCell::new(AtomicU64::default);
    ///
    /// #[module(load = load, save = save)]
    /// impl Door for Driver {
    ///     fn enter() -> Result<u64, LoadError> {
    ///         Ok(GUESTS.with(|guests| guests.fetch_add(1, Relaxed)) + 1)
    ///     }
    /// }
    ///
    /// fn load(arg: &LoadArg) -> Result<(), String> {
    ///     match arg.state() {
    ///         // This is a load, or an upgrade from a version without a save hook.
    ///         None => Ok(()),
    ///         Some([1, guests @ ..]) => {
    ///             let guests = guests.try_into().map_err(|_| "the state is cut short")?;
    ///             let guests = u64::from_le_bytes(guests);
    ///             GUESTS.with(|state| state.store(guests, Relaxed));
    ///             Ok(())
    ///         }
    ///         Some(_) => Err("the state has the format of a later version".to_owned()),
    ///     }
    /// }
    ///
    /// /// Returns the number of the format, then the number of guests.
    /// fn save(_: &LoadArg) -> Result<Vec<u8>, Errno> {
    ///     let mut state = vec![1];
    ///     state.extend(GUESTS.with(|guests| guests.load(Relaxed)).to_le_bytes());
    ///     Ok(state)
    /// }
    /// # fn main() {}
    /// ```
    pub fn state(&self) -> Option<&[u8]> {
        self.state.as_deref()
    }
}
