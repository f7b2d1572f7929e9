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

/// In a slot: the function that calls go to while no module serves them is `current` itself. No
/// function has this address, and the linker has nothing to relocate in it: a program may have
/// thousands of stubs.
const IS_CURRENT: *const () = std::ptr::without_provenance(2);

/// Where the calls of one stub in one image go, and where they go while no module serves them.
///
/// # Invariants
/// 1. `current` is the address of a function of the type that the interface declares, and so is
///    `unbound`, unless it is `IS_CURRENT`. In an entry of a switch table both may be no functions,
///    and the call compares before it calls: see [`super::switch`].
/// 2. `current` is the unbound function, the one that waits, both of the slot's own image, or a
///    module's export that stays mapped while the slot has it and while a call that read it is in
///    flight.
/// 3. One thread at a time changes the slot: the one that has the kernel's lock.
/// 4. For that thread, `unbound` is `IS_CURRENT` exactly while `current` is the unbound function.
#[derive(Debug)]
pub struct Slot {
    current: AtomicPtr<()>,
    unbound: AtomicPtr<()>,
}

impl Slot {
    /// A slot whose calls go to the unbound function.
    pub(crate) const fn new(unbound: *const ()) -> Self {
        Slot {
            current: AtomicPtr::new(unbound as *mut ()),
            unbound: AtomicPtr::new(IS_CURRENT as *mut ()),
        }
    }

    /// A slot whose calls go to the function that waits.
    pub(crate) const fn new_suspended(waits: *const (), unbound: *const ()) -> Self {
        Slot {
            current: AtomicPtr::new(waits as *mut ()),
            unbound: AtomicPtr::new(unbound as *mut ()),
        }
    }

    /// The function that a call goes to now.
    #[inline(always)]
    pub fn code(&self) -> Code {
        // Acquire: pairs with the Release in `bind`, so that a caller that sees the module's
        // function also sees everything that its load hook did.
        Code(self.current.load(Acquire))
    }

    /// Whether a call would go to the unbound function now. A thread that does not have the kernel's
    /// lock may see what was before: then `code` is another function of invariant 2.
    #[inline(always)]
    pub fn is_unbound(&self) -> bool {
        // Relaxed: it is compared, and nothing is read through it.
        std::ptr::eq(self.unbound.load(Relaxed), IS_CURRENT)
    }

    /// Makes calls go to `code` from now on. The caller has the kernel's lock.
    ///
    /// # Safety
    /// `code` must be a function of the slot's type (invariant 1), and must stay mapped until the
    /// slot has another function and no call of `code` is in flight (invariant 2).
    pub unsafe fn bind(&self, code: Code) {
        // Release: pairs with the Acquire in `Slot::code`.
        let before = self.current.swap(code.0.cast_mut(), Release);
        self.keep_unbound(before);
    }

    /// Makes calls go to `waits`, which waits for the end of an unload. The unloader calls this before
    /// its barrier, with the kernel's lock.
    ///
    /// # Safety
    /// `waits` must be a function of the slot's type, of the slot's own image (invariants 1 and 2).
    pub(super) unsafe fn suspend(&self, waits: Code) {
        // Relaxed: it is code of the caller's own image, and asks under the kernel's lock.
        // `os::heavy_barrier` orders this before the unloader's reads.
        let before = self.current.swap(waits.0.cast_mut(), Relaxed);
        self.keep_unbound(before);
    }

    /// Keeps what `current` was, if that was the unbound function.
    fn keep_unbound(&self, before: *mut ()) {
        let is_current = IS_CURRENT.cast_mut();
        // One step, not a load and a store, so that the models see it against each caller's load.
        // Relaxed, both: callers only compare it, and by invariant 3 the kernel's lock orders this
        // before the next change.
        let _ = self
            .unbound
            .compare_exchange(is_current, before, Relaxed, Relaxed);
    }

    /// Makes calls go to the unbound function again. The caller has the kernel's lock.
    pub fn unbind(&self) {
        // Relaxed: as in `keep_unbound`.
        let unbound = self.unbound.swap(IS_CURRENT.cast_mut(), Relaxed);
        if !std::ptr::eq(unbound, IS_CURRENT) {
            // Relaxed: it is code of the caller's own image, and asks under the kernel's lock, or is
            // the fallback, which needs nothing of the module. `os::heavy_barrier` orders this
            // store before an unloader's reads.
            self.current.store(unbound, Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unbound() {}
    fn waits() {}
    fn export() {}

    fn code(function: fn()) -> Code {
        Code::new(function as *const ())
    }

    /// Changes `slot`, and returns what calls go to now, and whether that is the unbound function.
    fn change(slot: &Slot, step: usize) -> (Code, bool) {
        match step {
            0 => {
                // SAFETY: of the slot's type, and always mapped.
                unsafe { slot.bind(code(export)) };
                (code(export), false)
            }
            1 => {
                // SAFETY: of the slot's type, and of this image.
                unsafe { slot.suspend(code(waits)) };
                (code(waits), false)
            }
            _ => {
                slot.unbind();
                (code(unbound), true)
            }
        }
    }

    #[test]
    fn a_slot_finds_its_unbound_function_again_after_any_five_changes() {
        for order in 0..3_usize.pow(5) {
            let settled = Slot::new(unbound as *const ());
            let unsettled = Slot::new_suspended(waits as *const (), unbound as *const ());
            assert!(settled.code() == code(unbound) && settled.is_unbound());
            assert!(unsettled.code() == code(waits) && !unsettled.is_unbound());
            for slot in [settled, unsettled] {
                for place in 0..5 {
                    let expected = change(&slot, order / 3_usize.pow(place) % 3);
                    assert_eq!((slot.code(), slot.is_unbound()), expected, "{order}");
                }
            }
        }
    }
}
