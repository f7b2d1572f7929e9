//! Binds stubs to exports, by name and signature: HP-UX's run-time linker.

use super::control::Table;
use super::images::Images;
use super::record::Running;
use crate::call::slot::Code;
use crate::call::stub::{Stub, StubKind};
use crate::call::table::StubTable;
use crate::error::{Failed, LoadError, cause};
use crate::loader::Mapped;
use crate::metadata::Metadata;
use crate::primitive::Arc;
use dlkm_metadata::Class;
use dlkm_metadata::small::owned;
use dlkm_metadata::write::Obstacle;

/// The module's functions for the stubs of `interface`, in order; `None` for a function that was
/// added after the module was built.
fn exports(running: &Running, interface: &StubTable) -> Result<Vec<Option<Code>>, Failed> {
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
        .ok_or_else(|| {
            let interface = owned(name);
            cause::NoInterface { interface }.into()
        })
}

/// Checks that a module provides `interface`, and returns the position of each function.
fn fits(metadata: &Metadata, interface: &StubTable) -> Result<Vec<Option<usize>>, Failed> {
    let name = interface.declaration.name;
    let provided = metadata.interface(name).ok_or_else(|| {
        Failed::from(cause::NoInterface {
            interface: owned(name),
        })
    })?;
    provided
        .positions(&interface.described())
        .map_err(|differences| {
            let interface = owned(name);
            cause::WrongInterface {
                interface,
                differences,
            }
            .into()
        })
}

/// Checks whether a module may be loaded: it must fit the host if the host knows the
/// interface, otherwise at least one image that does. An image that it does not fit gets the
/// error from `Kernel::resolve`.
pub(super) fn check(table: &Table, metadata: &Metadata) -> Result<(), LoadError> {
    for provided in metadata.interfaces() {
        let mut refused = None;
        let known = table.images.calling(provided.name());
        for of_image in known.chunk_by(|(one, _), (other, _)| Arc::ptr_eq(one, other)) {
            let refuses = |(_, one): &(_, &StubTable)| fits(metadata, one).err();
            match of_image.iter().find_map(refuses) {
                None => {
                    refused = None;
                    break;
                }
                Some(cause) => refused = refused.or(Some(cause)),
            }
            if Arc::ptr_eq(of_image[0].0, table.images.host()) {
                break;
            }
        }
        if let Some(cause) = refused {
            return Err(LoadError::new(metadata.name(), cause));
        }
    }
    Ok(())
}

/// Checks whether another version has everything that callers of a module can call now. The
/// module's own stubs don't count: they stay with it.
pub(super) fn check_successor(
    table: &Table,
    old: &Running,
    new: &Metadata,
) -> Result<(), LoadError> {
    let refuse = |cause| LoadError::new(new.name(), cause);
    for (_, interface) in callers_of(table, old, &old.metadata) {
        // An interface that did not fit was not bound.
        let Ok(before) = fits(&old.metadata, interface) else {
            continue;
        };
        let after = fits(new, interface).map_err(refuse)?;
        let lost =
            |(before, after): (&Option<usize>, &Option<usize>)| before.is_some() && after.is_none();
        if let Some(at) = before.iter().zip(&after).position(lost) {
            let declared = interface.declaration;
            let error = refuse(missing(new, interface));
            return Err(error.for_function(declared.name, declared.functions.get(at).name));
        }
    }
    Ok(())
}

/// All stubs in an image: those of its interfaces, and those of the entries of its switch tables.
pub(super) fn tables(image: &Mapped) -> impl Iterator<Item = &StubTable> {
    image.interfaces().iter().chain(entries(image))
}

/// The stubs of the entries of an image's switch tables.
fn entries(image: &Mapped) -> impl Iterator<Item = &StubTable> {
    let switches = image.switches().iter();
    switches.flat_map(|switch| switch.all().iter().map(|entry| &entry.table))
}

/// The stubs of `module`, with the image that has them. A list: the iterator would be a large type, and
/// each of its users another copy of its code.
fn stubs_of<'a>(images: &'a Images, module: &Metadata) -> Vec<(&'a Mapped, &'a StubTable)> {
    let mut stubs = Vec::new();
    for provided in module.interfaces() {
        let known = images.calling(provided.name()).into_iter();
        // A switch table has its stubs in its entries.
        let known = known.filter(|(_, interface)| !interface.stubs.is_empty());
        stubs.extend(known.map(|(image, interface)| (&**image, interface)));
    }
    for image in images.switching() {
        for entry in entries(image) {
            if entry.entry.is_some_and(|it| it.module == module.name()) {
                stubs.push((&**image, entry));
            }
        }
    }
    stubs
}

/// The stubs of a version of a module, in all images except that of `running`.
fn callers_of<'a>(
    table: &'a Table,
    running: &Running,
    version: &Metadata,
) -> Vec<(&'a Mapped, &'a StubTable)> {
    let mut all = stubs_of(&table.images, version);
    all.retain(|(image, _)| !std::ptr::eq(*image, &*running.image));
    all
}

/// The error of a call of a function that the module does not have.
pub(super) fn missing(metadata: &Metadata, interface: &StubTable) -> Failed {
    let name = interface.declaration.name;
    let built = metadata.interface(name);
    cause::MissingFunction {
        interface: owned(name),
        version: owned(built.map_or("", |built| built.version())),
        wanted: owned(interface.declaration.version),
    }
    .into()
}

/// Binds the stubs of `interface` in `image` to `running`, if they fit. A `#[stub]`
/// whose call pins the module stays unbound until that call, and a stub whose function the
/// module lacks stays unbound. A stub whose call may leave something of its image behind asks the
/// kernel at that call: see [`bind_stub`].
fn bind_interface(table: &Table, running: &Running, image: &Mapped, interface: &StubTable) {
    if interface.entry.is_none()
        && !table
            .contested
            .lets_bind(interface.declaration.name, running)
    {
        return;
    }
    let Ok(codes) = exports(running, interface) else {
        return;
    };
    let leaves = image.may_be_unmapped() && leaves_behind(running, image, interface).is_some();
    for (index, (stub, code)) in interface.stubs.iter().zip(codes).enumerate() {
        stub.forget_failure();
        let pins = interface.declaration.class == Class::Unloadable
            && interface.kinds[index] == StubKind::Strong;
        match code {
            Some(_) if pins => {}
            Some(_) if leaves => interface.suspend(index),
            // SAFETY: `exports` matched name and hash of the type, so the code has the slot's type
            // (promise 3 of `ModuleRoot::trusted`). The table keeps the module's image until an
            // unload has suspended the slots and found no call in flight (`Slot` invariant 2).
            Some(code) => unsafe { stub.slot.bind(code) },
            // The slot may be suspended, after an unload that did not succeed.
            None => stub.slot.unbind(),
        }
    }
}

/// What calls through `interface` may leave behind of `image` in the module's image, which is
/// another one.
fn leaves_behind<'a>(
    running: &Running,
    image: &Mapped,
    interface: &'a StubTable,
) -> Option<&'a Obstacle> {
    let obstacle = interface.declaration.unmap.caller.as_ref();
    obstacle.filter(|_| !std::ptr::eq(image, &*running.image))
}

/// Binds stub number `index` of `interface` in `image`, for a call that asks, and returns the
/// module's function; `None` if the module does not have it. From now on such calls may leave
/// something of the image behind.
pub(super) fn bind_stub(
    running: &Running,
    image: &Mapped,
    interface: &StubTable,
    index: usize,
) -> Result<Option<Code>, Failed> {
    let codes = exports(running, interface)?;
    let Some(code) = codes[index] else {
        return Ok(None);
    };
    if image.may_be_unmapped()
        && let Some(obstacle) = leaves_behind(running, image, interface)
    {
        image.stay_mapped(|| {
            let (name, Obstacle { function, does }) = (interface.declaration.name, obstacle);
            format!("it calls `{name}::{function}`, which {does}")
        });
    }
    // SAFETY: as in `bind_interface`: `exports` matched name and hash of the type, and the table
    // keeps the module's image.
    unsafe { interface.stubs[index].slot.bind(code) };
    Ok(Some(code))
}

/// The module's image is about to be called. From now on such calls may leave something of it
/// behind.
fn serve(running: &Running) {
    if running.image.may_be_unmapped()
        && let Some(why) = running.metadata.stays_mapped()
    {
        running.image.stay_mapped(|| match why.split_once(' ') {
            Some((function, does)) => format!("`{function}` {does}"),
            None => owned(why),
        });
    }
}

/// Puts a module into service in all images, unless it must not be called again.
pub(super) fn bind(table: &Table, running: &Running) {
    if table.distrusted(running.metadata.name()).is_some() {
        return;
    }
    serve(running);
    for (image, interface) in stubs_of(&table.images, &running.metadata) {
        bind_interface(table, running, image, interface);
    }
}

/// Replaces `old` by `new`, after [`check_successor`]: each slot moves from one to the
/// other by one store.
pub(super) fn succeed(table: &Table, old: &Running, new: &Running) {
    serve(new);
    for (image, interface) in callers_of(table, old, &new.metadata) {
        bind_interface(table, new, image, interface);
    }
}

/// Takes a module out of service in all images: later calls wait for the end of the unload.
pub(super) fn suspend(table: &Table, running: &Running) {
    for (_, interface) in stubs_of(&table.images, &running.metadata) {
        for (index, stub) in interface.stubs.iter().enumerate() {
            stub.forget_failure();
            interface.suspend(index);
        }
    }
}

/// Makes all calls that failed before ask the kernel again.
pub(super) fn forget_failures(table: &Table) {
    if table.remembered.is_empty() {
        return;
    }
    for image in table.images.iter() {
        for interface in tables(image) {
            interface.stubs.iter().for_each(Stub::forget_failure);
        }
    }
}

/// Unbinds a module's stubs after its unload.
pub(super) fn unbind(table: &Table, running: &Running) {
    for (_, interface) in stubs_of(&table.images, &running.metadata) {
        interface.stubs.iter().for_each(|stub| stub.slot.unbind());
    }
}

/// Binds a new image's stubs to the loaded modules.
pub(super) fn bind_image(table: &Table, image: &Mapped) {
    for interface in image.interfaces() {
        if interface.reach.is_some() {
            // Its weak stubs ask until they are attached.
            interface.stubs.iter().for_each(|stub| stub.slot.unbind());
        }
        for running in table.serving(interface.declaration.name) {
            bind_interface(table, running, image, interface);
        }
    }
}

/// Binds the stubs of a new entry, if its module is loaded. The first store to each slot is made here,
/// under the lock.
pub(super) fn bind_entry(table: &Table, image: &Mapped, entry: &StubTable) {
    entry.hold.reset();
    for stub in entry.stubs {
        stub.forget_failure();
        stub.slot.unbind();
    }
    let module = entry.entry.map_or("", |entry| entry.module);
    let trusted = table.distrusted(module).is_none();
    if let Some(running) = table.running(module).filter(|_| trusted) {
        bind_interface(table, running, image, entry);
    }
}

/// Unbinds all stubs of an image.
pub(super) fn unbind_image(image: &Mapped) {
    for interface in tables(image) {
        interface.stubs.iter().for_each(|stub| stub.slot.unbind());
    }
}

/// An interface whose calls take no hold, if there is one: an image's stubs were
/// built without holds, so the kernel can't know when such a call has ended.
pub(super) fn load_only(table: &Table, running: &Running) -> Option<String> {
    let declared =
        running.metadata.interfaces().iter().find_map(|provided| {
            (provided.class() == Class::LoadOnly).then(|| owned(provided.name()))
        });
    declared.or_else(|| {
        stubs_of(&table.images, &running.metadata)
            .into_iter()
            .find(|(_, one)| one.declaration.class == Class::LoadOnly)
            .map(|(_, one)| owned(one.declaration.name))
    })
}
