//! Binds stubs to exports, by name and signature: the seeds' run-time linker.

use super::control::Table;
use super::record::Running;
use crate::call::slot::Code;
use crate::call::stub::{Stub, StubKind};
use crate::call::table::StubTable;
use crate::error::{Cause, LoadError};
use crate::loader::Mapped;
use crate::metadata::Metadata;
use crate::primitive::Arc;
use dlkm_metadata::Class;

/// The module's functions for the stubs of `interface`, in their order; `None` where the
/// module was built before there was such a function.
pub(super) fn exports(
    running: &Running,
    interface: &StubTable,
) -> Result<Vec<Option<Code>>, Cause> {
    let name = interface.declaration.name;
    let positions = fits(&running.metadata, interface)?;
    let functions = running
        .wrapper()
        .map_or(&[][..], |wrapper| wrapper.functions(name));
    positions
        .into_iter()
        .map(|at| match at {
            Some(at) => functions.get(at).copied().map(Some),
            None => Some(None),
        })
        .collect::<Option<_>>()
        .ok_or_else(|| Cause::NoInterface {
            interface: name.to_owned(),
        })
}

/// Whether a module provides what `interface` says, and where each function stands.
fn fits(metadata: &Metadata, interface: &StubTable) -> Result<Vec<Option<usize>>, Cause> {
    let name = interface.declaration.name;
    let provided = metadata.interface(name).ok_or_else(|| Cause::NoInterface {
        interface: name.to_owned(),
    })?;
    provided
        .positions(&interface.described())
        .map_err(|differences| Cause::WrongInterface {
            interface: name.to_owned(),
            differences,
        })
}

/// Whether a module may be loaded at all: it must fit the host where the host knows the
/// interface, else at least one image that does. An image that it does not fit gets the
/// error for itself, in `Kernel::resolve`.
pub(super) fn check(table: &Table, metadata: &Metadata) -> Result<(), LoadError> {
    for provided in metadata.interfaces() {
        let mut refused = None;
        for image in &table.images {
            let mut known = named(image, provided.name())
                .map(|one| fits(metadata, one))
                .peekable();
            if known.peek().is_none() {
                continue;
            }
            match known.find_map(Result::err) {
                None => {
                    refused = None;
                    break;
                }
                Some(cause) => refused = refused.or(Some(cause)),
            }
            if std::ptr::eq(image, &table.images[0]) {
                break;
            }
        }
        if let Some(cause) = refused {
            return Err(LoadError::new(metadata.name(), cause));
        }
    }
    Ok(())
}

/// Whether another version has all that callers of a module can call now. Its own stubs don't
/// count: they stay with it.
pub(super) fn check_successor(
    table: &Table,
    old: &Running,
    new: &Metadata,
) -> Result<(), LoadError> {
    let refuse = |cause| LoadError::new(new.name(), cause);
    for interface in callers(table, old).flat_map(|image| stubs_in(image, &old.metadata)) {
        // What did not fit was not bound.
        let Ok(before) = fits(&old.metadata, interface) else {
            continue;
        };
        let after = fits(new, interface).map_err(refuse)?;
        let lost =
            |(before, after): (&Option<usize>, &Option<usize>)| before.is_some() && after.is_none();
        if let Some(at) = before.iter().zip(&after).position(lost) {
            let declared = interface.declaration;
            let error = refuse(missing(new, interface));
            return Err(error.for_function(declared.name, declared.functions[at].name));
        }
    }
    Ok(())
}

/// All images but that of `running`.
fn callers<'a>(table: &'a Table, running: &'a Running) -> impl Iterator<Item = &'a Mapped> {
    let images = table.images.iter();
    images
        .filter(|image| !Arc::ptr_eq(image, &running.image))
        .map(|image| &**image)
}

/// The interfaces of that name in an image: more than one if two versions of its crate are
/// linked there.
fn named<'a>(image: &'a Mapped, name: &'a str) -> impl Iterator<Item = &'a StubTable> {
    image
        .interfaces()
        .iter()
        .filter(move |one| one.declaration.name == name)
}

/// All stubs in `images` that `module` stands behind.
fn stubs_of<'a>(
    images: &'a [Arc<Mapped>],
    module: &'a Metadata,
) -> impl Iterator<Item = &'a StubTable> {
    images.iter().flat_map(|image| stubs_in(image, module))
}

/// Those in one image.
fn stubs_in<'a>(image: &'a Mapped, module: &'a Metadata) -> impl Iterator<Item = &'a StubTable> {
    let provided = module.interfaces().iter();
    provided.flat_map(|provided| named(image, provided.name()))
}

/// Why a function that the module does not have can't be called.
pub(super) fn missing(metadata: &Metadata, interface: &StubTable) -> Cause {
    let name = interface.declaration.name;
    let built = metadata.interface(name);
    Cause::MissingFunction {
        interface: name.to_owned(),
        version: built.map_or("", |built| built.version()).to_owned(),
        wanted: interface.declaration.version.to_owned(),
    }
}

/// Lets the stubs of `interface` call `running`, unless they don't fit it. A `#[stub]`
/// whose call pins the module stays unbound until that call, and a stub whose function the
/// module lacks stays so for good.
fn bind_interface(running: &Running, interface: &StubTable) {
    let Ok(codes) = exports(running, interface) else {
        return;
    };
    for (stub, code) in interface.stubs.iter().zip(codes) {
        stub.forget_failure();
        let pins =
            interface.declaration.class == Class::Unloadable && stub.kind == StubKind::Strong;
        match code {
            // SAFETY: `exports` matched name and signature; the module's image is in
            // `running`, which the table keeps until `suspend` and the wait for calls.
            Some(code) if !pins => unsafe { stub.slot.bind(code) },
            Some(_) => {}
            // Not so after an unload that was called off.
            None => stub.slot.unbind(),
        }
    }
}

/// Takes a module into service in all images, unless it is not to be called again.
pub(super) fn bind(table: &Table, running: &Running) {
    if table.distrusted(running.metadata.name()).is_some() {
        return;
    }
    for interface in stubs_of(&table.images, &running.metadata) {
        bind_interface(running, interface);
    }
}

/// Puts `new` in the place of `old`, after [`check_successor`]: each slot goes from one to the
/// other by one store.
pub(super) fn succeed(table: &Table, old: &Running, new: &Running) {
    for image in callers(table, old) {
        for interface in stubs_in(image, &new.metadata) {
            bind_interface(new, interface);
        }
    }
}

/// Takes a module out of service in all images: later calls wait for how the unload ends.
pub(super) fn suspend(table: &Table, running: &Running) {
    stubs_of(&table.images, &running.metadata)
        .flat_map(|interface| interface.stubs)
        .for_each(|stub| {
            stub.forget_failure();
            stub.slot.suspend();
        });
}

/// Lets all calls ask anew that failed before.
pub(super) fn forget_failures(table: &Table) {
    if table.remembered.is_empty() {
        return;
    }
    for image in &table.images {
        image
            .interfaces()
            .iter()
            .flat_map(|interface| interface.stubs)
            .for_each(Stub::forget_failure);
    }
}

/// A module is gone: later calls go the unbound way.
pub(super) fn unbind(table: &Table, running: &Running) {
    stubs_of(&table.images, &running.metadata)
        .flat_map(|interface| interface.stubs)
        .for_each(|stub| stub.slot.unbind());
}

/// Lets a new image's stubs call the modules that are loaded.
pub(super) fn bind_image(table: &Table, image: &Mapped) {
    for interface in image.interfaces() {
        for running in table.all_running() {
            bind_interface(running, interface);
        }
    }
}

/// Lets no stub of an image call any module.
pub(super) fn unbind_image(image: &Mapped) {
    image
        .interfaces()
        .iter()
        .flat_map(|interface| interface.stubs)
        .for_each(|stub| stub.slot.unbind());
}

/// An interface through which calls take no hold, if there is one: some image's stubs were
/// built without, so nobody can tell when such a call is over.
pub(super) fn load_only(table: &Table, running: &Running) -> Option<String> {
    let declared = running.metadata.interfaces().iter().find_map(|provided| {
        (provided.class() == Class::LoadOnly).then(|| provided.name().to_owned())
    });
    declared.or_else(|| {
        stubs_of(&table.images, &running.metadata)
            .find(|one| one.declaration.class == Class::LoadOnly)
            .map(|one| one.declaration.name.to_owned())
    })
}
