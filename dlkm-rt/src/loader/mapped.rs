//! An image in memory.

use std::path::Path;

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW, Symbol};

use crate::declaration::StubTable;
use crate::error::Cause;
use crate::held;
use crate::hold;
use crate::image::{self, Image, Services};
use crate::module::Wrapper;
use crate::primitive::Arc;

/// An image whose code may run: the host's own, or one that was opened. Dropping the last
/// reference detaches and closes it.
#[derive(Debug)]
pub(crate) struct Mapped {
    image: Image,
    /// Closed after `Drop::drop` has run; `None` for the host's own image.
    _library: Option<Library>,
    attached: bool,
}

impl Mapped {
    /// The host's own image.
    pub(crate) fn host() -> Arc<Self> {
        Arc::new(Mapped {
            image: image::of_host(),
            _library: None,
            attached: false,
        })
    }

    /// Opens a verified image and attaches it to this kernel.
    ///
    /// `file` passed `Catalog::find`, so its metadata was written by `#[module]` of this
    /// very version of the runtime, and the module root's files are trusted: that is what
    /// the `unsafe` of `ModuleRoot` says.
    pub(crate) fn open(
        file: &Path,
        module: &str,
        services: &'static Services,
    ) -> Result<Arc<Self>, Cause> {
        // NOW: a symbol that is missing is an error here, not a signal in some later call.
        // LOCAL: two images never see each other's symbols.
        // SAFETY: the file's constructors run; the host's author vouched for the files of
        // the module root when making `ModuleRoot`.
        let library =
            unsafe { Library::open(Some(file), RTLD_NOW | RTLD_LOCAL) }.map_err(|source| {
                Cause::Open {
                    file: file.to_owned(),
                    source,
                }
            })?;
        let image = {
            // SAFETY: `#[module]` gives the entry this type, and the build magic says that
            // the image's compiler and runtime are ours.
            let entry: Result<Symbol<fn() -> Image>, _> =
                unsafe { library.get(b"dlkm_image_entry\0") };
            let entry = entry.map_err(|source| Cause::Entry {
                file: file.to_owned(),
                source,
            })?;
            entry()
        };
        (image.attach)(services, module);
        Ok(Arc::new(Mapped {
            image,
            _library: Some(library),
            attached: true,
        }))
    }

    /// The image's interfaces, for as long as it is mapped.
    pub(crate) fn interfaces(&self) -> &[StubTable] {
        self.image.interfaces
    }

    /// The wrappers in the image.
    pub(crate) fn modules(&self) -> &[Wrapper] {
        self.image.modules
    }

    /// Raises a panic that the image's own code can catch.
    pub(crate) fn raise(&self, message: String) -> ! {
        (self.image.raise)(message)
    }

    /// How many values that the image made are held. Only while no call is in flight there.
    pub(crate) fn held(&self) -> usize {
        held::held(self.image.held)
    }

    /// An address in the image, to tell images apart.
    pub(crate) fn address(&self) -> *const () {
        self.image.raise as *const ()
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        if self.attached {
            hold::forget_image(self.image.interfaces);
            (self.image.detach)();
        }
    }
}
