//! A module in an image, whichever compiler built it.

use crate::call::slot::Code;
use crate::declare::module::{LoadArg, Wrapper};
use crate::error::HookError;
use crate::image::c::{self, CInterface, CModule};
use crate::metadata::Metadata;

/// What describes a module in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AnyWrapper<'a> {
    Rust(&'a Wrapper),
    C(&'a CModule),
}

impl<'a> AnyWrapper<'a> {
    /// Whether it is what the file's metadata said. An image of another compiler has no copy of
    /// the text that could be compared, but names and numbers of functions must be right.
    pub(crate) fn is(self, metadata: &Metadata) -> bool {
        match self {
            AnyWrapper::Rust(wrapper) => metadata.is(wrapper.metadata),
            AnyWrapper::C(_) => metadata.interfaces().iter().all(|interface| {
                self.functions(interface.name()).len() == interface.exports().len()
            }),
        }
    }

    /// Its functions of `interface`, in the order of its metadata; none if it does not
    /// provide that.
    pub(crate) fn functions(self, interface: &str) -> &'a [Code] {
        match self {
            AnyWrapper::Rust(wrapper) => wrapper
                .exports
                .iter()
                .find(|one| one.interface.name == interface)
                .map_or(&[], |exports| exports.functions),
            AnyWrapper::C(module) => interfaces(module)
                .iter()
                .find(|one| one.name.bytes() == interface.as_bytes())
                .map_or(&[], functions),
        }
    }

    pub(crate) fn load(self, arg: &LoadArg) -> Result<(), HookError> {
        match self {
            AnyWrapper::Rust(wrapper) => wrapper.load.map_or(Ok(()), |hook| hook(arg)),
            AnyWrapper::C(module) => module.load.map_or(Ok(()), |hook| c::run_hook(hook, arg)),
        }
    }

    /// What it leaves to its successor; `None` if it has no hook for that, as one of another
    /// compiler has not.
    pub(crate) fn save(self, arg: &LoadArg) -> Option<Result<Vec<u8>, HookError>> {
        match self {
            AnyWrapper::Rust(wrapper) => wrapper.save.map(|hook| hook(arg)),
            AnyWrapper::C(_) => None,
        }
    }

    pub(crate) fn unload(self, arg: &LoadArg) -> Result<(), HookError> {
        match self {
            AnyWrapper::Rust(wrapper) => wrapper.unload.map_or(Ok(()), |hook| hook(arg)),
            AnyWrapper::C(module) => module.unload.map_or(Ok(()), |hook| c::run_hook(hook, arg)),
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
