//! Stubs: the slot that a call goes through, and the way taken while it is unbound.

use crate::declaration::StubTable;
use crate::error::LoadError;
use crate::image;
use crate::primitive::{Acquire, AtomicPtr, Release};

/// The address of a function whose type is written elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Code(*const ());

// SAFETY: an address of code is a number; nothing is read or written through it here.
unsafe impl Send for Code {}
// SAFETY: as above.
unsafe impl Sync for Code {}

impl Code {
    /// Takes the address of a function.
    pub const fn new(function: *const ()) -> Self {
        Code(function)
    }

    /// The address.
    pub const fn address(self) -> *const () {
        self.0
    }

    /// The function, callable again.
    ///
    /// # Safety
    /// `F` is the `fn` pointer type of the function whose address this is.
    #[inline(always)]
    pub const unsafe fn function<F: Copy>(self) -> F {
        const { assert!(size_of::<F>() == size_of::<*const ()>()) };
        // SAFETY: by contract `F` is a function pointer and the address one of its functions.
        unsafe { std::mem::transmute_copy(&self.0) }
    }
}

/// What a stub does while its module is not loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StubKind {
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

/// One stub in one image: the slot that calls go through, the seeds' "indirect addressing
/// function", and what belongs into it at which time. Its function's name and signature stand
/// at the same place in the interface's declaration.
///
/// Invariant: the slot always holds a function of the type that the interface declares,
/// either the one that was there at first or a module's export of the same signature.
#[derive(Debug)]
pub struct Stub {
    slot: AtomicPtr<()>,
    unbound: Code,
    unsettled: Code,
    /// Which of the three.
    pub kind: StubKind,
}

/// The records of an interface's stubs.
pub const fn stubs<const N: usize>(ways: &[Way; N]) -> [Stub; N] {
    let mut stubs = [const { Stub::new(Way::Strong(std::ptr::null())) }; N];
    let mut i = 0;
    while i < N {
        stubs[i] = Stub::new(ways[i]);
        i += 1;
    }
    stubs
}

impl Stub {
    const fn new(way: Way) -> Self {
        let (kind, unbound, unsettled) = match way {
            Way::Strong(load) => (StubKind::Strong, load, load),
            Way::Unloadable(load) => (StubKind::Unloadable, load, load),
            Way::Weak(settle, fallback) => (StubKind::Weak, fallback, settle),
        };
        Stub {
            slot: AtomicPtr::new(unbound.cast_mut()),
            unbound: Code::new(unbound),
            unsettled: Code::new(unsettled),
            kind,
        }
    }

    /// What a call goes to now.
    ///
    /// # Safety
    /// `F` is the `fn` pointer type of the interface's function.
    #[inline(always)]
    pub unsafe fn function<F: Copy>(&self) -> F {
        // Acquire: with the Release store in `Stub::bind`, so that a caller which sees the
        // module's function also sees all that its load hook did.
        let code = Code(self.slot.load(Acquire));
        // SAFETY: the invariant of `Stub`, and the caller's promise.
        unsafe { code.function() }
    }

    /// Lets calls go to `code` from now on.
    ///
    /// # Safety
    /// `code` has the slot's signature, and stays mapped until after [`Stub::unsettle`], or
    /// another `bind`, and the wait for calls in flight.
    pub(crate) unsafe fn bind(&self, code: Code) {
        // Release: with the Acquire load in `Stub::function`.
        self.slot.store(code.address().cast_mut(), Release);
    }

    /// Lets calls wait for the end of an unload. Comes before the unloader's barrier.
    pub(crate) fn unsettle(&self) {
        // Release for form's sake; the barrier orders what matters here.
        self.slot
            .store(self.unsettled.address().cast_mut(), Release);
    }

    /// Lets calls go the unbound way again.
    pub(crate) fn unbind(&self) {
        // Release: as in `bind`.
        self.slot.store(self.unbound.address().cast_mut(), Release);
    }
}

/// Finds the function behind an unbound stub, loading its module if it must.
/// `index` counts the interface's functions from 0.
///
/// # Errors
/// Whatever kept the module from being loaded, for this function.
#[cold]
pub fn resolve(interface: &'static StubTable, index: usize) -> Result<Code, LoadError> {
    (image::services().resolve)(interface, index)
}

/// Waits until it is settled whether the module behind a weak stub is loaded, and returns
/// its function if it is. Loads nothing.
///
/// # Errors
/// The module is not loaded.
#[cold]
pub fn settle(interface: &'static StubTable, index: usize) -> Result<Code, NotLoaded> {
    (image::services().settle)(interface, index).ok_or(NotLoaded)
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
