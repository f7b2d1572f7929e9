//! A module in memory, whichever compiler built it.

use crate::call::slot::Code;
use crate::declare::module::{LoadArg, Wrapper};
use crate::declare::state;
use crate::declare::tunable::TunableRecord;
use crate::error::HookError;
use crate::image::c::{self, CInterface, CModule};
use crate::metadata::Metadata;
use crate::os;

/// The description of a module in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AnyWrapper<'a> {
    Rust(&'a Wrapper),
    C(&'a CModule),
}

impl<'a> AnyWrapper<'a> {
    /// Whether it agrees with the file's metadata. An image of another compiler has no copy of
    /// the text to compare, but each interface must have the declared number of functions.
    pub(crate) fn is(self, metadata: &Metadata) -> bool {
        match self {
            AnyWrapper::Rust(wrapper) => {
                let tunables: Vec<_> = wrapper.tunables().map(|one| one.text).collect();
                metadata.is_made_of(wrapper.metadata, &tunables)
            }
            AnyWrapper::C(_) => metadata.interfaces().iter().all(|interface| {
                self.functions(interface.name()).len() == interface.exports().len()
            }),
        }
    }

    /// Its tunables. Those of a module of another compiler can't be set.
    pub(crate) fn tunables(self) -> Vec<&'a TunableRecord> {
        match self {
            AnyWrapper::Rust(wrapper) => wrapper.tunables().collect(),
            AnyWrapper::C(_) => Vec::new(),
        }
    }

    /// A tunable in its image whose crate has no module, so that nothing could set it.
    pub(crate) fn astray(self) -> Option<&'a TunableRecord> {
        match self {
            AnyWrapper::Rust(wrapper) => wrapper.astray(),
            AnyWrapper::C(_) => None,
        }
    }

    /// Its functions of `interface`, in the order of its metadata; none if it does not provide
    /// the interface.
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

    /// The first function of an image of another compiler that is in another object, as
    /// `interface::function`. The linker prefers a function of that name in the program, or in a library
    /// of the program's, to one in the image that is not hidden.
    pub(crate) fn outside(self, metadata: &Metadata) -> Option<String> {
        let AnyWrapper::C(module) = self else {
            return None;
        };
        let home = std::ptr::from_ref(module).cast();
        metadata.interfaces().iter().find_map(|interface| {
            let functions = self.functions(interface.name()).iter();
            let addresses: Vec<_> = functions.map(|code| code.address()).collect();
            let at = os::first_outside(home, &addresses)?;
            let function = interface.exports().get(at)?;
            Some(format!("{}::{}", interface.name(), function.name()))
        })
    }

    pub(crate) fn load(self, arg: &LoadArg) -> Result<(), HookError> {
        match self {
            AnyWrapper::Rust(wrapper) => wrapper.load.map_or(Ok(()), |hook| hook(arg)),
            AnyWrapper::C(module) => module.load.map_or(Ok(()), |hook| c::run_hook(hook, arg)),
        }
    }

    /// The state for its successor; `None` if it has no save hook. Modules of another compiler
    /// have none.
    pub(crate) fn save(self, arg: &LoadArg) -> Option<Result<Vec<u8>, HookError>> {
        match self {
            AnyWrapper::Rust(wrapper) => wrapper.save.map(|hook| hook(arg)),
            AnyWrapper::C(_) => None,
        }
    }

    /// Hands its states to the next version. Modules of another compiler have none.
    pub(crate) fn hand_over(self, to: AnyWrapper<'_>) {
        if let (AnyWrapper::Rust(from), AnyWrapper::Rust(to)) = (self, to) {
            state::hand_over(from.handed_over, to.handed_over);
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
