//! Slots: the code pointers that calls go through, HP-UX's "indirect addressing functions".

use crate::primitive::{Acquire, AtomicPtr, Relaxed, Release};

/// The address of a function. Its type is known elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Code(*const ());

// SAFETY: `Code` is used as a number only; reading or calling through it needs `unsafe`.
unsafe impl Send for Code {}
// SAFETY: `Code` is used as a number only; reading or calling through it needs `unsafe`.
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

    /// Converts the address back to a function pointer.
    ///
    /// # Safety
    /// `F` must be the `fn` pointer type of the function whose address this is.
    #[inline(always)]
    pub const unsafe fn function<F: Copy>(self) -> F {
        const { assert!(size_of::<F>() == size_of::<*const ()>()) };
        // SAFETY: the caller promises that `F` is the `fn` pointer type of this function; such a
        // pointer has the size and the representation of its address, see
        // https://doc.rust-lang.org/std/primitive.fn.html#casting-to-and-from-integers.
        unsafe { std::mem::transmute_copy(&self.0) }
    }
}

/// In a slot: the function that `current` had at first. No function has this address, and the linker
/// has nothing to relocate in it: a program may have thousands of stubs.
const FIRST: *const () = std::ptr::without_provenance(2);

/// Where the calls of one stub in one image go, and where they go while no module serves them.
///
/// # Invariants
/// 1. `current`, `unbound` and `waiting` are addresses of functions of the type that the
///    interface declares, where `unbound` and `waiting` may be `FIRST` instead. In an entry of a
///    switch table, `unbound` and `waiting` are no functions, and the call compares before it calls:
///    see [`super::switch`].
/// 2. `current` is `unbound`, `waiting`, or a module's export that stays mapped while the slot
///    has it and while a call that read it is in flight.
/// 3. One thread at a time changes the slot: the one that has the kernel's lock.
/// 4. While `waiting` is `FIRST`, `current` has not changed, and is the function that waits.
#[derive(Debug)]
pub struct Slot {
    current: AtomicPtr<()>,
    /// `FIRST` if it is the function of `waiting`.
    unbound: Code,
    waiting: AtomicPtr<()>,
}

impl Slot {
    /// An unbound slot whose one function asks the kernel.
    pub(crate) const fn new(asks: *const ()) -> Self {
        Slot {
            current: AtomicPtr::new(asks as *mut ()),
            unbound: Code(FIRST),
            waiting: AtomicPtr::new(FIRST as *mut ()),
        }
    }

    /// An unbound slot with two functions.
    pub(crate) const fn new_pair(unbound: *const (), waiting: *const ()) -> Self {
        Slot {
            current: AtomicPtr::new(unbound as *mut ()),
            unbound: Code(unbound),
            waiting: AtomicPtr::new(waiting as *mut ()),
        }
    }

    /// A slot with two functions whose calls ask the kernel.
    pub(crate) const fn new_suspended(unbound: *const (), waiting: *const ()) -> Self {
        Slot {
            current: AtomicPtr::new(waiting as *mut ()),
            unbound: Code(unbound),
            waiting: AtomicPtr::new(waiting as *mut ()),
        }
    }

    /// The function that a call goes to now.
    #[inline(always)]
    pub fn code(&self) -> Code {
        // Acquire: pairs with the Release in `bind`, so that a caller that sees the module's
        // function also sees everything that its load hook did.
        Code(self.current.load(Acquire))
    }

    /// Whether a call of a weak stub would go to the unbound function now.
    #[inline(always)]
    pub(crate) fn is_weakly_unbound(&self) -> bool {
        // Relaxed: the address is compared, not called.
        std::ptr::eq(self.current.load(Relaxed), self.unbound.0)
    }

    /// Whether a call would go to the unbound function now. The caller has the kernel's lock.
    pub fn is_unbound(&self) -> bool {
        // Relaxed: the address is compared, not called.
        self.unbound()
            .is_none_or(|unbound| std::ptr::eq(self.current.load(Relaxed), unbound))
    }

    /// The unbound function; `None` if it is `current`, which has not changed.
    fn unbound(&self) -> Option<*mut ()> {
        match std::ptr::eq(self.unbound.0, FIRST) {
            true => self.waiting(),
            false => Some(self.unbound.0.cast_mut()),
        }
    }

    /// The function that waits; `None` if it is `current`, which has not changed.
    fn waiting(&self) -> Option<*mut ()> {
        // Relaxed: by invariant 3 the kernel's lock orders this after the store.
        let waiting = self.waiting.load(Relaxed);
        (!std::ptr::eq(waiting, FIRST)).then_some(waiting)
    }

    /// Makes calls go to `code` from now on. The caller has the kernel's lock.
    ///
    /// # Safety
    /// `code` must be a function of the slot's type (invariant 1), and must stay mapped until the
    /// slot has another function and no call of `code` is in flight (invariant 2).
    pub unsafe fn bind(&self, code: Code) {
        // Release: pairs with the Acquire in `Slot::code`.
        let before = self.current.swap(code.0.cast_mut(), Release);
        if self.waiting().is_none() {
            // Relaxed: by invariant 3 only threads with the kernel's lock read it.
            self.waiting.store(before, Relaxed);
        }
    }

    /// Makes calls wait for the end of an unload. The unloader calls this before its barrier, with
    /// the kernel's lock.
    pub fn suspend(&self) {
        if let Some(waiting) = self.waiting() {
            // Relaxed: `waiting` is code of the caller's own image, and asks under the kernel's
            // lock. `os::heavy_barrier` orders this store before the unloader's reads.
            self.current.store(waiting, Relaxed);
        }
    }

    /// Makes calls go to the unbound function again. The caller has the kernel's lock.
    pub fn unbind(&self) {
        if let Some(unbound) = self.unbound() {
            // Relaxed: `unbound` is code of the caller's own image, and asks under the kernel's
            // lock, or is the fallback, which needs nothing of the module.
            self.current.store(unbound, Relaxed);
        }
    }
}
