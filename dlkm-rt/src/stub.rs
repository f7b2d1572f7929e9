//! Stubs: the slot that a call goes through, and the way taken while it is unbound.

use crate::error::{LoadError, Remembered};
use crate::hold::HoldPlace;
use crate::image;
use crate::primitive::{Acquire, AtomicPtr, Relaxed, Release};
use crate::slot::{Code, Slot};
use crate::table::StubTable;

/// What a stub does while its module is not loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StubKind {
    /// `#[stub]`: loads the module, which then stays.
    Strong,
    /// `#[ustub]`: loads the module, and holds it for the length of each call.
    Unloadable,
    /// `#[wstub]`: calls the fallback and does not load.
    Weak,
}

/// A stub's kind, with the functions that its slot holds while no module is loaded.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// The one that loads the module.
    Strong(*const ()),
    /// As above.
    Unloadable(*const ()),
    /// The one that waits for how an unload ends, and the fallback.
    Weak(*const (), *const ()),
}

/// One stub in one image: its slot, and what belongs to it. Its function's name and signature
/// stand at the same place in the interface's declaration.
#[derive(Debug)]
pub struct Stub {
    pub(crate) slot: Slot,
    /// Why a call can't be served, until something changes.
    failure: AtomicPtr<Remembered>,
    pub(crate) kind: StubKind,
}

impl Stub {
    const fn new(way: Way) -> Self {
        let (kind, unbound, unsettled) = match way {
            Way::Strong(load) => (StubKind::Strong, load, load),
            Way::Unloadable(load) => (StubKind::Unloadable, load, load),
            Way::Weak(settle, fallback) => (StubKind::Weak, fallback, settle),
        };
        Stub {
            slot: Slot::new(Code::new(unbound), Code::new(unsettled)),
            failure: AtomicPtr::new(std::ptr::null_mut()),
            kind,
        }
    }

    /// Lets calls fail like this, without asking the kernel, until [`Stub::forget_failure`].
    pub(crate) fn remember(&self, failure: &'static Remembered) {
        // Release: with the Acquire load in `failure`.
        self.failure
            .store(std::ptr::from_ref(failure).cast_mut(), Release);
    }

    /// Lets calls ask the kernel.
    pub(crate) fn forget_failure(&self) {
        // Relaxed: nothing is read through null.
        self.failure.store(std::ptr::null_mut(), Relaxed);
    }

    fn failure(&self) -> Option<&'static Remembered> {
        // Acquire: with the Release store in `remember`.
        let failure = self.failure.load(Acquire);
        // SAFETY: null, or from a `&'static` of the host, which is never unloaded.
        unsafe { failure.as_ref() }
    }
}

/// The stubs of one interface in one image, and where the records of their calls are: side by
/// side, so that one address finds both.
#[derive(Debug)]
pub struct Stubs<const N: usize> {
    /// Where the records are.
    pub hold: HoldPlace,
    /// The stubs.
    pub all: [Stub; N],
}

/// The records of an interface's stubs.
pub const fn stubs<const N: usize>(ways: &[Way; N]) -> Stubs<N> {
    let mut all = [const { Stub::new(Way::Strong(std::ptr::null())) }; N];
    let mut i = 0;
    while i < N {
        all[i] = Stub::new(ways[i]);
        i += 1;
    }
    Stubs {
        hold: HoldPlace::new(),
        all,
    }
}

impl<const N: usize> Stubs<N> {
    /// What a call of stub `I` goes to now.
    ///
    /// # Safety
    /// `F` is the `fn` pointer type of the interface's function.
    #[inline(always)]
    pub unsafe fn function<const I: usize, F: Copy>(&self) -> F {
        let code = self.all[I].slot.code();
        // SAFETY: the invariant of `Slot`, and the caller's promise.
        unsafe { code.function() }
    }

    /// Whether stub `I`, a weak one, has no module: its fallback may be called without a hold.
    #[inline(always)]
    pub fn is_unbound<const I: usize>(&self) -> bool {
        self.all[I].slot.is_unbound()
    }
}

/// Finds the function behind an unbound stub, loading its module if it must.
/// `index` counts the interface's functions from 0.
///
/// # Errors
/// Whatever kept the module from being loaded, for this function.
#[cold]
pub fn resolve(interface: &'static StubTable, index: usize) -> Result<Code, LoadError> {
    match interface.stubs[index].failure() {
        Some(failure) => Err(failure.into()),
        None => (image::calls().resolve)(interface, index),
    }
}

/// Waits until it is settled whether the module behind a weak stub is loaded, and returns
/// its function if it is. Loads nothing.
///
/// # Errors
/// The module is not loaded.
#[cold]
pub fn settle(interface: &'static StubTable, index: usize) -> Result<Code, NotLoaded> {
    (image::calls().settle)(interface, index).ok_or(NotLoaded)
}

/// A weak stub's module is not loaded, so its fallback is to be called.
#[derive(Clone, Copy, Debug)]
pub struct NotLoaded;

/// The way a strong stub without `or` reports a module that can't be loaded: its return
/// type takes the error in.
///
/// It is there for each `Result<_, E>` with `E: From<LoadError>`. In an interface of
/// `abi = "C"`, where no `Result` may cross, implement it for a type of your own:
///
/// ```standalone_crate
/// use dlkm_rt::{Interface, LoadError, OrLoadError, module};
///
/// /// How it went.
/// #[derive(Clone, Copy, Debug, PartialEq, Interface)]
/// #[repr(C)]
/// pub enum Status {
///     Done,
///     NoModule,
/// }
///
/// impl OrLoadError for Status {
///     fn or_load_error(_: LoadError) -> Self {
///         Status::NoModule
///     }
/// }
///
/// #[module(name = "lamp", abi = "C")]
/// pub trait Lamp {
///     /// Switches it on or off.
///     #[stub]
///     fn light(on: bool) -> Status;
/// }
///
/// fn main() {
///     // No kernel is booted here.
///     assert_eq!(lamp::light(true), Status::NoModule);
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "this stub has no way to say that its module can't be loaded",
    label = "must be `Result<_, E>` with `E: From<LoadError>`",
    note = "return `Result<_, E>` where `E` implements `From<dlkm_rt::LoadError>`, or name a function to call instead: `or = path`",
    note = "with `abi = \"C\"` no `Result` may cross: implement `OrLoadError` for a type of your own, or name a function"
)]
pub trait OrLoadError {
    /// The value that stands for `error`.
    fn or_load_error(error: LoadError) -> Self;
}

impl<T, E: From<LoadError>> OrLoadError for Result<T, E> {
    fn or_load_error(error: LoadError) -> Self {
        Err(error.into())
    }
}
