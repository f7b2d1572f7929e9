//! Stub modules that the dynamic linker mapped for a program or a library: they ask to be attached.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Instant;

use dlkm_system as system;

use super::control::Begin;
use super::info::ModuleInfo;
use super::link;
use super::observe::Event;
use super::record::Running;
use super::request::AskedBy;
use super::state::Kernel;
use crate::error::{Cause, Failed, LoadError, cause};
use crate::image::door::{Door, Joining, REVISION};
use crate::image::rust::Image;
use crate::loader::{Mapped, Origin, Protocol};
use crate::metadata::Metadata;
use crate::own_build::OWN;
use crate::services::panic;

/// What this kernel announces to its process.
pub(super) static DOOR: Door = door(cfg!(dlkm_kernel));

/// What this kernel announces if a program has booted it that has none in itself.
#[cfg(dlkm_kernel)]
pub(super) static PROGRAMS_DOOR: Door = door(false);

const fn door(of_stubs: bool) -> Door {
    Door {
        revision: REVISION,
        of_stubs,
        join,
    }
}

extern "C" fn join(joining: &Joining<'_>) -> bool {
    // An observer may panic, and no panic may leave this function.
    let answer = catch_unwind(AssertUnwindSafe(|| try_to_join(joining)));
    match answer {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            joining.refusal.say(error);
            false
        }
        // The image is attached by then.
        Err(payload) => {
            panic::drop_quietly(payload);
            true
        }
    }
}

fn try_to_join(joining: &Joining<'_>) -> Result<(), LoadError> {
    let file = PathBuf::from(OsStr::from_bytes(joining.file.as_slice()));
    let refused = |cause: Failed| LoadError::new(format!("{}", file.display()), cause);
    let metadata = Metadata::parse_for(joining.metadata.as_slice(), &OWN)
        .map_err(|source| refused(Failed::from(cause::Static { source })))?;
    let wrong = |differences| {
        LoadError::new(
            metadata.name(),
            Failed::from(cause::WrongBuild {
                file: file.clone(),
                differences,
            }),
        )
    };
    match Protocol::of(&metadata) {
        Ok(Protocol::Rust) => {}
        Ok(Protocol::C) => return Err(wrong(Vec::new())),
        Err(differences) => return Err(wrong(differences)),
    }
    // SAFETY: by `Joining` invariant 1 it is an `Image` of the build that the metadata records, which
    // is this one, as `Protocol::of` has found.
    let image = unsafe { *joining.image.cast::<Image>() };
    match Kernel::get() {
        Some(kernel) => {
            kernel.join(image, metadata, file);
            Ok(())
        }
        None => Err(refused(Cause::NotBooted.into())),
    }
}

impl Kernel {
    /// Attaches an image that is mapped already, and that nothing unmaps, and puts its module into
    /// service. If a module of that name is in service, the image is attached all the same.
    fn join(&self, image: Image, metadata: Metadata, file: PathBuf) {
        let start = Instant::now();
        let attach = image.attach;
        let image = Mapped::joined(image);
        {
            let mut table = self.control.lock();
            table.images.add(&image);
            link::bind_image(&table, &image);
        }
        // Only now: from here on, calls of other threads ask this kernel, which must know the image.
        // Until then they wait in `image::door::reach`. Without the lock: it is code of the image.
        attach(self.services);
        let name = metadata.name().to_owned();
        let table = self.control.lock();
        // Not loaded for this: another image serves under that name, or is about to.
        let Ok(Begin::Mine(ticket)) = self.control.begin_load(table, &name, true) else {
            return;
        };
        let running = Running {
            metadata,
            origin: Origin::File(file),
            image,
            depends: Vec::new(),
            cause: system::Cause::Depend,
            idle: None,
        };
        let info = ModuleInfo::loaded(&running);
        if ticket.end(Ok(running), link::bind, &mut |_| {}).is_ok() {
            self.observers.tell(&Event::Loaded {
                module: &info,
                asked_by: AskedBy::Program,
                took: start.elapsed(),
            });
        }
    }
}
