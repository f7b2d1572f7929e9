//! Slots: the code pointers that calls go through, the seeds' "indirect addressing functions".

use crate::primitive::{Acquire, AtomicPtr, Relaxed, Release};

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

/// Where the calls of one stub in one image go, and where they go while no module serves them.
///
/// Invariant: all three are functions of the type that the interface declares, and the current
/// one is either one of the others or a module's export of the same signature.
#[derive(Debug)]
pub(crate) struct Slot {
    current: AtomicPtr<()>,
    unbound: Code,
    waiting: Code,
}

impl Slot {
    /// An unbound slot.
    pub(crate) const fn new(unbound: Code, waiting: Code) -> Self {
        Slot {
            current: AtomicPtr::new(unbound.address().cast_mut()),
            unbound,
            waiting,
        }
    }

    /// What a call goes to now.
    #[inline(always)]
    pub(crate) fn code(&self) -> Code {
        // Acquire: with the Release store in `bind`, so that a caller which sees the module's
        // function also sees all that its load hook did.
        Code(self.current.load(Acquire))
    }

    /// Whether a call would go the unbound way now.
    #[inline(always)]
    pub(crate) fn is_unbound(&self) -> bool {
        // Relaxed: compared, not called.
        std::ptr::eq(self.current.load(Relaxed), self.unbound.0)
    }

    /// Lets calls go to `code` from now on.
    ///
    /// # Safety
    /// `code` has the slot's signature, and stays mapped until the slot holds something else
    /// and no call of it is in flight.
    pub(crate) unsafe fn bind(&self, code: Code) {
        // Release: with the Acquire load in `code`.
        self.current.store(code.0.cast_mut(), Release);
    }

    /// Lets calls wait for the end of an unload. Comes before the unloader's barrier.
    pub(crate) fn suspend(&self) {
        // Relaxed: the way that waits is code of the caller's own image, and asks under the
        // kernel's lock. The barrier orders what matters here.
        self.current.store(self.waiting.0.cast_mut(), Relaxed);
    }

    /// Lets calls go the unbound way again.
    pub(crate) fn unbind(&self) {
        // Relaxed: as in `suspend`.
        self.current.store(self.unbound.0.cast_mut(), Relaxed);
    }
}
