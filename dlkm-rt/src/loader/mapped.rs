//! An image in memory.

use std::path::Path;

use libloading::os::unix::{Library, Symbol};

use super::{AnyWrapper, Protocol, fresh};
use crate::boundary::held;
use crate::call::table::StubTable;
use crate::error::{Cause, LinkerError};
use crate::image::c::CModule;
use crate::image::rust::{self, Image};
use crate::os::{self, MemoryFile};
use crate::primitive::{Arc, OnceLock};
use crate::services::Services;
use crate::services::c::{CServices, REVISION};
use crate::services::panic;

/// An image whose code may run: the host's own, or one that was opened. Dropping the last
/// reference detaches and closes it, unless it stays mapped.
///
/// # Invariants
/// 1. `content` is from the object that `library` keeps mapped, or from the host's own image.
///    Methods return it only for the lifetime of a borrow of `self`.
/// 2. Once `stays` is set, the object is never unmapped.
#[derive(Debug)]
pub(crate) struct Mapped {
    content: Content,
    /// Why the image stays mapped, if something of it may be left behind with other images.
    stays: OnceLock<String>,
    /// Closed after `Drop::drop` has run; `None` for the host's own image.
    library: Option<Library>,
    /// The copy in memory that was opened, if the file in the module root could not be opened
    /// afresh.
    copy: Option<MemoryFile>,
    attached: bool,
}

/// An image's description, by the protocol that it was opened with.
#[derive(Debug)]
enum Content {
    /// Built like the host.
    Rust(Image),
    /// Built by another compiler. In it, `'static` means: as long as it is mapped.
    C(&'static CModule),
}

impl Mapped {
    /// The host's own image.
    pub(crate) fn host() -> Arc<Self> {
        Arc::new(Mapped {
            content: Content::Rust(rust::of_host()),
            stays: OnceLock::new(),
            library: None,
            copy: None,
            attached: false,
        })
    }

    /// Opens a verified image and attaches it to this kernel.
    ///
    /// `file` must have passed `Catalog::find`, and `protocol` must be the one that it found: with
    /// `Rust`, `#[module]` of exactly this version of the runtime wrote the metadata (promise 2 of
    /// `ModuleRoot::trusted`).
    pub(crate) fn open(
        file: &Path,
        module: &str,
        protocol: Protocol,
        services: &'static Services,
        c_services: &'static CServices,
    ) -> Result<Arc<Self>, Cause> {
        let (library, copy) = fresh::open(file)?;
        let no_entry = |error| Cause::Entry {
            file: file.to_owned(),
            source: LinkerError::new(error),
        };
        if protocol == Protocol::C {
            // SAFETY: the metadata says that all interfaces of the module are of ABI C. The author
            // of such a module promises that this symbol is a `CModule`.
            let found: Result<Symbol<*const CModule>, _> =
                unsafe { library.get(b"dlkm_c_module\0") };
            let found = found.map_err(no_entry)?;
            // SAFETY: a `CModule` by the author's promise, or at least its first field, which
            // every revision has and which is compared before any other is read. It is mapped as
            // long as `library` is open, and never changes (`CModule` invariant 2).
            let module_in: &'static CModule = unsafe { &**found };
            if module_in.revision != REVISION {
                return Err(Cause::Wrapper {
                    file: file.to_owned(),
                });
            }
            if let Some(attach) = module_in.attach {
                attach(c_services, module.into());
            }
            return Ok(Arc::new(Mapped {
                content: Content::C(module_in),
                stays: OnceLock::new(),
                library: Some(library),
                copy,
                attached: true,
            }));
        }
        let image = {
            // SAFETY: `#[module]` gives the entry this type, and `Protocol::of` has found that
            // the image's compiler and runtime equal the host's, so `Image` is the same type.
            let entry: Result<Symbol<fn() -> Image>, _> =
                unsafe { library.get(b"dlkm_image_entry\0") };
            let entry = entry.map_err(no_entry)?;
            entry()
        };
        (image.attach)(services);
        Ok(Arc::new(Mapped {
            content: Content::Rust(image),
            stays: OnceLock::new(),
            library: Some(library),
            copy,
            attached: true,
        }))
    }

    /// The dynamic linker's name for the image, if it is a copy in memory.
    pub(crate) fn copy(&self) -> Option<&Path> {
        self.copy.as_ref().map(MemoryFile::path)
    }

    /// From now on the image is never unmapped. The first reason counts.
    pub(crate) fn stay_mapped(&self, why: impl FnOnce() -> String) {
        self.stays.get_or_init(why);
    }

    /// Why the image is never unmapped.
    pub(crate) fn stays_mapped(&self) -> Option<&str> {
        self.stays.get().map(String::as_str)
    }

    /// Whether nothing has happened yet for which it would stay mapped. The host's image is never
    /// unmapped.
    pub(crate) fn may_be_unmapped(&self) -> bool {
        self.library.is_some() && self.stays.get().is_none()
    }

    /// The image's interfaces, for as long as it is mapped.
    pub(crate) fn interfaces(&self) -> &[StubTable] {
        match &self.content {
            Content::Rust(image) => image.interfaces,
            Content::C(_) => &[],
        }
    }

    /// The modules in the image.
    pub(crate) fn modules(&self) -> impl Iterator<Item = AnyWrapper<'_>> {
        let (wrappers, module) = match &self.content {
            Content::Rust(image) => (image.modules, None),
            Content::C(module) => (&[][..], Some(AnyWrapper::C(module))),
        };
        wrappers.iter().map(AnyWrapper::Rust).chain(module)
    }

    /// Raises a panic that the image's own code can catch.
    pub(crate) fn raise(&self, message: String) -> ! {
        match &self.content {
            Content::Rust(image) => (image.raise)(message),
            // A C module has no copy of std, and no stubs of its own: the host's std raises it.
            Content::C(_) => panic::raise_here(message),
        }
    }

    /// How many values of the image are held. Valid only while no call is in flight in it.
    pub(crate) fn held(&self) -> usize {
        match &self.content {
            Content::Rust(image) => held::held(image.held),
            // No Rust value crosses.
            Content::C(_) => 0,
        }
    }

    /// How many threads run code of the image, apart from calls. The author of a C module is
    /// responsible for its threads.
    pub(crate) fn threads(&self) -> usize {
        match &self.content {
            Content::Rust(image) => image.threads.running(),
            Content::C(_) => 0,
        }
    }

    /// How many of these threads hold the module. Valid only while no call is in flight in it.
    pub(crate) fn holding_threads(&self) -> usize {
        match &self.content {
            Content::Rust(image) => image.threads.holding(),
            Content::C(_) => 0,
        }
    }

    /// An address in the image, which identifies it.
    pub(crate) fn address(&self) -> *const () {
        match &self.content {
            Content::Rust(image) => image.raise as *const (),
            Content::C(module) => std::ptr::from_ref(*module).cast(),
        }
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        let stays = self.stays.get().is_some();
        match &self.content {
            _ if !self.attached => {}
            // Others may still have its texts, functions and values, and call its code. So it stays
            // attached: its allocator, its panic hook and its threads go on using the kernel's
            // services, which are there as long as the process.
            Content::Rust(_) if stays => {}
            Content::Rust(image) => {
                (image.detach)();
                // In this order: a thread that has ended may have left a held value.
                if image.threads.late() || held::held(image.held) > 0 {
                    // It stays open forever.
                    std::mem::forget(self.library.take());
                }
            }
            // Its allocator and its threads need nothing of the kernel. From here on its own std
            // reports its panics.
            Content::C(module) => {
                if let Some(detach) = module.detach {
                    detach();
                }
            }
        }
        if stays {
            std::mem::forget(self.library.take());
            if let Some(copy) = self.copy.take() {
                copy.close(os::mapped_part(self.address()));
            }
        }
    }
}
