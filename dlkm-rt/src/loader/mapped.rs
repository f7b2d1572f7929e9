//! An image in memory.

use std::path::Path;

use libloading::os::unix::{Library, Symbol};

use super::{AnyWrapper, Protocol, fresh};
use crate::boundary::held;
use crate::call::table::StubTable;
use crate::error::{Cause, LinkerError};
use crate::image::c::CModule;
use crate::image::rust::{self, Image};
use crate::os::MemoryFile;
use crate::primitive::{Arc, AtomicBool, AtomicUsize, Relaxed};
use crate::services::Services;
use crate::services::backtrace::TracedFrame;
use crate::services::c::{CServices, REVISION};
use crate::services::panic;

/// An image whose code may run: the host's own, or one that was opened. Dropping the last
/// reference detaches and closes it.
///
/// # Invariants
/// 1. `content` is from the object that `library` keeps mapped, or from the host's own image.
///    Methods return it only for the lifetime of a borrow of `self`.
#[derive(Debug)]
pub(crate) struct Mapped {
    content: Content,
    /// Closed after `Drop::drop` has run; `None` for the host's own image.
    library: Option<Library>,
    /// The copy in memory that was opened, if the file in the module root could not be opened
    /// afresh.
    copy: Option<MemoryFile>,
    attached: bool,
    /// Whether the image has taken a backtrace.
    traced: AtomicBool,
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
            library: None,
            copy: None,
            attached: false,
            traced: AtomicBool::new(false),
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
                library: Some(library),
                copy,
                attached: true,
                traced: AtomicBool::new(false),
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
            library: Some(library),
            copy,
            attached: true,
            traced: AtomicBool::new(false),
        }))
    }

    /// The dynamic linker's name for the image, if it is a copy in memory.
    pub(crate) fn copy(&self) -> Option<&Path> {
        self.copy.as_ref().map(MemoryFile::path)
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

    /// The stack of this thread, as the image's std describes it. `None` if the image has no std of
    /// this compiler, or may not use it: for its first backtrace a copy of std reads the symbols of all
    /// objects on the stack, and nothing gives that memory back when the image is closed.
    pub(crate) fn backtrace(&self) -> Option<Vec<TracedFrame>> {
        /// How many images have taken one. With full debug information each keeps some 50 MB.
        static TRACED: AtomicUsize = AtomicUsize::new(0);
        const MOST: usize = 16;

        let Content::Rust(image) = &self.content else {
            return None;
        };
        // Relaxed: neither says anything about other memory, and an image that is counted twice only
        // takes the place of another.
        if !self.traced.load(Relaxed) {
            if TRACED.load(Relaxed) >= MOST {
                return None;
            }
            TRACED.fetch_add(1, Relaxed);
            self.traced.store(true, Relaxed);
        }
        Some((image.backtrace)())
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
        match &self.content {
            _ if !self.attached => {}
            Content::Rust(image) => {
                (image.detach)();
                // In this order: a thread that has ended may have left a held value.
                if image.threads.late() || held::held(image.held) > 0 {
                    // It stays open forever.
                    std::mem::forget(self.library.take());
                }
            }
            Content::C(module) => {
                if let Some(detach) = module.detach {
                    detach();
                }
            }
        }
    }
}
