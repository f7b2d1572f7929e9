//! A module in memory, whichever compiler built it.

use crate::call::slot::Code;
use crate::declare::module::{LoadArg, Wrapper};
use crate::error::HookError;
use crate::image::c::{self, CInterface, CModule};
use crate::metadata::{Abi, Build, BuildDifference, Metadata};
use crate::os;
use crate::own_build::OWN;

/// How the kernel and an image call each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// As Rust code from the same compiler: see [`crate::image::rust::Image`].
    Rust,
    /// As C code: see [`CModule`].
    C,
}

impl Protocol {
    /// The protocol for an image with this metadata.
    ///
    /// # Errors
    /// The image was not built for this host. The error is what differs.
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

/// The description of a module in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Provider<'a> {
    Rust(&'a Wrapper),
    C(&'a CModule),
}

impl<'a> Provider<'a> {
    /// Whether it agrees with the file's metadata. An image of another compiler has no copy of
    /// the text to compare, but each interface must have the declared number of functions.
    pub(crate) fn is(self, metadata: &Metadata) -> bool {
        match self {
            Provider::Rust(wrapper) => metadata.is(wrapper.metadata),
            Provider::C(_) => metadata.interfaces().iter().all(|interface| {
                self.functions(interface.name()).len() == interface.exports().len()
            }),
        }
    }

    /// Its functions of `interface`, in the order of its metadata; none if it does not provide
    /// the interface.
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

    /// The state for its successor; `None` if it has no save hook. Modules of another compiler
    /// have none.
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
    // SAFETY: `count` is not 0, so by `CModule` invariants 1 and 2 that many values are there,
    // and don't change while the image is mapped, which it is while `module` is borrowed.
    unsafe { std::slice::from_raw_parts(module.interfaces, module.count as usize) }
}

fn functions(interface: &CInterface) -> &[Code] {
    if interface.count == 0 {
        return &[];
    }
    // SAFETY: `count` is not 0, so by `CModule` invariants 1 and 2 that many addresses are there,
    // and don't change while the image is mapped, which it is while `interface` is borrowed. A
    // `Code` is a transparent address.
    unsafe { std::slice::from_raw_parts(interface.functions.cast(), interface.count) }
}
