//! A module in an image, whichever compiler built it.

use crate::call::slot::Code;
use crate::declare::module::{LoadArg, Wrapper};
use crate::error::HookError;
use crate::image::c::{self, CInterface, CModule};
use crate::metadata::{Abi, Build, BuildDifference, Metadata};
use crate::os;
use crate::own_build::OWN;

/// How the kernel and an image speak with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// As Rust code that one compiler built: see [`Image`](crate::image::Image).
    Rust,
    /// As C code: see [`CModule`].
    C,
}

impl Protocol {
    /// The one for an image with this metadata, or what keeps it from this host.
    pub(crate) fn of(metadata: &Metadata) -> Result<Self, Vec<BuildDifference>> {
        let (image, host) = (metadata.build(), Build::of(&OWN));
        let lacking = || image.lacking(&host, os::cpu_has);
        let mut differences = image.differences(&host);
        differences.extend(lacking());
        if differences.is_empty() {
            return Ok(Protocol::Rust);
        }
        if !metadata.interfaces().iter().all(|one| one.abi() == Abi::C) {
            return Err(differences);
        }
        let mut differences = image.c_differences(&host);
        differences.extend(lacking());
        if differences.is_empty() {
            Ok(Protocol::C)
        } else {
            Err(differences)
        }
    }
}

/// What describes a module in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Provider<'a> {
    Rust(&'a Wrapper),
    C(&'a CModule),
}

impl<'a> Provider<'a> {
    /// Whether it is what the file's metadata said. An image of another compiler has no copy of
    /// the text that could be compared, but names and numbers of functions must be right.
    pub(crate) fn is(self, metadata: &Metadata) -> bool {
        match self {
            Provider::Rust(wrapper) => metadata.is(wrapper.metadata),
            Provider::C(_) => metadata.interfaces().iter().all(|interface| {
                self.functions(interface.name()).len() == interface.exports().len()
            }),
        }
    }

    /// Its functions of `interface`, in the order of its metadata; none if it does not
    /// provide that.
    pub(crate) fn functions(self, interface: &str) -> &'a [Code] {
        match self {
            Provider::Rust(wrapper) => wrapper
                .exports
                .iter()
                .find(|one| one.interface.name == interface)
                .map_or(&[], |exports| exports.functions),
            Provider::C(module) => interfaces(module)
                .iter()
                .find(|one| one.name.bytes() == interface.as_bytes())
                .map_or(&[], functions),
        }
    }

    pub(crate) fn load(self, arg: &LoadArg) -> Result<(), HookError> {
        match self {
            Provider::Rust(wrapper) => wrapper.load.map_or(Ok(()), |hook| hook(arg)),
            Provider::C(module) => module.load.map_or(Ok(()), |hook| c::run_hook(hook, arg)),
        }
    }

    /// What it leaves to its successor; `None` if it has no hook for that, as one of another
    /// compiler has not.
    pub(crate) fn save(self, arg: &LoadArg) -> Option<Result<Vec<u8>, HookError>> {
        match self {
            Provider::Rust(wrapper) => wrapper.save.map(|hook| hook(arg)),
            Provider::C(_) => None,
        }
    }

    pub(crate) fn unload(self, arg: &LoadArg) -> Result<(), HookError> {
        match self {
            Provider::Rust(wrapper) => wrapper.unload.map_or(Ok(()), |hook| hook(arg)),
            Provider::C(module) => module.unload.map_or(Ok(()), |hook| c::run_hook(hook, arg)),
        }
    }
}

fn interfaces(module: &CModule) -> &[CInterface] {
    if module.count == 0 {
        return &[];
    }
    // SAFETY: what a `CModule` promises.
    unsafe { std::slice::from_raw_parts(module.interfaces, module.count as usize) }
}

fn functions(interface: &CInterface) -> &[Code] {
    if interface.count == 0 {
        return &[];
    }
    // SAFETY: what a `CModule` promises; a `Code` is an address.
    unsafe { std::slice::from_raw_parts(interface.functions.cast(), interface.count) }
}
