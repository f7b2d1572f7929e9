//! An image in memory.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use libloading::os::unix::{Library, Symbol};

use super::{AnyWrapper, OpenFile, Protocol, fresh};
use crate::call::switch::Switch;
use crate::call::table::StubTable;
use crate::error::{Cause, Failed, LinkerError, cause};
use crate::image::c::CModule;
use crate::image::rust::Image;
use crate::os::{self, About, FileId, LinkFile};
use crate::primitive::{Arc, AtomicBool, AtomicUsize, OnceLock, Relaxed};
use crate::services::Services;
use crate::services::backtrace::TracedFrame;
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
    /// The open file whose name debuggers and backtraces have for the image, if that is not its
    /// path in the module root.
    file: Option<LinkFile>,
    /// Whether that is a copy in memory, because the file itself could not be opened afresh.
    is_copy: bool,
    /// The file that is mapped; `None` for a copy and for the host's own image.
    id: Option<FileId>,
    attached: bool,
    /// What the image used of the heap when it was attached: what is the runtime's own.
    heap_before: isize,
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
    pub(crate) fn host(image: Image) -> Arc<Self> {
        Arc::new(Mapped {
            content: Content::Rust(image),
            stays: OnceLock::new(),
            library: None,
            file: None,
            is_copy: false,
            id: None,
            attached: false,
            heap_before: 0,
            traced: AtomicBool::new(false),
        })
    }

    /// An image that the dynamic linker has mapped for others, and never unmaps. The caller attaches it.
    pub(crate) fn joined(image: Image) -> Arc<Self> {
        Arc::new(Mapped {
            content: Content::Rust(image),
            stays: OnceLock::new(),
            library: None,
            file: None,
            is_copy: false,
            id: None,
            attached: true,
            heap_before: (image.heap)(),
            traced: AtomicBool::new(false),
        })
    }

    /// Whether it is such an image.
    pub(crate) fn has_joined(&self) -> bool {
        self.attached && self.library.is_none()
    }

    /// Opens a verified image and attaches it to this kernel.
    ///
    /// `image` must have passed `Catalog::find`, and `protocol` must be the one that it found: with
    /// `Rust`, `#[module]` of exactly this version of the runtime wrote the metadata (promise 2 of
    /// `ModuleRoot::trusted`).
    pub(crate) fn open(
        image: OpenFile,
        module: &str,
        protocol: Protocol,
        services: &'static Services,
        c_services: &'static CServices,
    ) -> Result<Arc<Self>, Failed> {
        let path = image.path().to_owned();
        let id = image.id();
        let fresh::Opened {
            library,
            file,
            is_copy,
        } = fresh::open(image)?;
        let id = id.filter(|_| !is_copy);
        let no_entry = |error| {
            Cause::from(cause::Entry {
                file: path.clone(),
                source: LinkerError::new(error),
            })
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
                return Err(cause::Wrapper { file: path }.into());
            }
            if let Some(attach) = module_in.attach {
                attach(c_services, module.into());
            }
            return Ok(Arc::new(Mapped {
                content: Content::C(module_in),
                stays: OnceLock::new(),
                library: Some(library),
                file,
                is_copy,
                id,
                attached: true,
                heap_before: 0,
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
            stays: OnceLock::new(),
            library: Some(library),
            file,
            is_copy,
            id,
            attached: true,
            heap_before: (image.heap)(),
            traced: AtomicBool::new(false),
        }))
    }

    /// The dynamic linker's name for the image, if it is a copy in memory.
    pub(crate) fn copy(&self) -> Option<&Path> {
        self.file
            .as_ref()
            .filter(|_| self.is_copy)
            .map(LinkFile::path)
    }

    /// Whether the image is that of `file`. No other file has its id while it is mapped, and it is
    /// never changed in place: promise 4 of `ModuleRoot::trusted`. A copy does not know.
    pub(crate) fn is_of(&self, file: &File) -> bool {
        self.id.is_some() && self.id == About::of(file).ok().map(|about| about.id())
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

    /// The image's switch tables, for as long as it is mapped.
    pub(crate) fn switches(&self) -> &[Switch] {
        match &self.content {
            Content::Rust(image) => image.switches,
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

    /// From now on, new values of the image keep the module loaded: its load hook has returned.
    pub(crate) fn serve(&self) {
        if let Content::Rust(image) = &self.content {
            image.held.serve();
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
        Some((image.backtrace)().frames())
    }

    /// How many values of the image keep the module loaded. Valid only while no call is in flight
    /// in it.
    pub(crate) fn held(&self) -> usize {
        match &self.content {
            Content::Rust(image) => image.held.held(),
            // No Rust value crosses.
            Content::C(_) => 0,
        }
    }

    /// How many values need the image's code: those, and what the load hook left with others. Valid
    /// only while no call is in flight in the image.
    pub(crate) fn values(&self) -> usize {
        match &self.content {
            Content::Rust(image) => image.held.all(),
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

    /// The bytes that code of the image has allocated, less those that it has freed, since it was
    /// attached. 0 for the host's own image, and for one of another compiler.
    pub(crate) fn heap(&self) -> isize {
        match &self.content {
            Content::Rust(image) if self.attached => (image.heap)() - self.heap_before,
            _ => 0,
        }
    }

    /// Drops the values of the image's [`ModuleCell`](crate::ModuleCell)s, if nothing that could
    /// use them is left. Only once no call is in it, and none can reach it.
    pub(crate) fn end_states(&self) {
        if let Content::Rust(image) = &self.content
            && self.attached
            && self.threads() == 0
            && self.held() == 0
        {
            end_states(image);
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

fn end_states(image: &Image) {
    // The image contains its own panics. A value may be the host's, and its destructor may panic.
    if let Err(payload) = catch_unwind(AssertUnwindSafe(image.end_states)) {
        panic::drop_quietly(payload);
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
            Content::Rust(image) if stays => end_states(image),
            Content::Rust(image) => {
                end_states(image);
                (image.detach)();
                // In this order: a thread that has ended may have left a held value.
                if image.threads.late() || image.held.all() > 0 {
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
        let switches = self.switches().iter();
        // SAFETY: forgotten below unless the image is unmapped.
        let lists: Vec<_> = switches.map(|one| unsafe { one.lists() }).collect();
        if !lists.is_empty() {
            let address = self.address();
            if !stays {
                drop(self.library.take());
            }
            // The system may keep the image, for destructors that call through the entries.
            if stays || os::image_base(address).is_some() {
                std::mem::forget(lists);
            }
        }
        if stays {
            std::mem::forget(self.library.take());
            if let Some(copy) = self.file.take().filter(|_| self.is_copy) {
                copy.close(os::mapped_part(self.address()));
            }
        }
    }
}
