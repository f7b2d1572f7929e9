//! Stubs: the slot that a call goes through, and what the call does while the slot is unbound.

use crate::call::hold::HoldPlace;
use crate::call::slot::Slot;
use crate::error::Remembered;
use crate::primitive::{Acquire, AtomicPtr, Relaxed, Release};

/// What a stub does while its module is not loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StubKind {
    /// `#[stub]`: loads the module, which then stays.
    Strong,
    /// `#[ustub]`: loads the module, and holds it during each call.
    Unloadable,
    /// `#[wstub]`: calls the fallback and does not load.
    Weak,
}

/// A stub's kind, with what its slot holds at first.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// The function that loads the module.
    Strong(*const ()),
    /// The function that loads the module.
    Unloadable(*const ()),
    /// The fallback.
    Weak(*const ()),
    /// The function that asks, and the fallback: nothing has told this image whether the module is
    /// loaded.
    Unsettled(*const (), *const ()),
}

impl Way {
    /// A weak stub, in an autoload stub module or elsewhere.
    pub const fn weak(asks: *const (), fallback: *const (), in_stub_module: bool) -> Self {
        match in_stub_module {
            true => Way::Unsettled(asks, fallback),
            false => Way::Weak(fallback),
        }
    }
}

/// One stub in one image: its slot, and what belongs to it. Its function's name and signature
/// are at the same index in the interface's declaration.
///
/// # Invariants
/// 1. `failure` is null, or from a `&'static Remembered` of the host, which is never unloaded.
#[derive(Debug)]
pub struct Stub {
    pub slot: Slot,
    /// Why calls fail without asking the kernel; null if they ask.
    failure: AtomicPtr<Remembered>,
}

impl Stub {
    pub(super) const fn new(slot: Slot) -> Self {
        Stub {
            slot,
            failure: const { AtomicPtr::new(std::ptr::null_mut()) },
        }
    }

    /// Makes calls fail with `failure`, without asking the kernel, until
    /// [`Stub::forget_failure`].
    pub fn remember(&self, failure: &'static Remembered) {
        // Release: pairs with the Acquire in `Stub::failure`.
        self.failure
            .store(std::ptr::from_ref(failure).cast_mut(), Release);
    }

    /// Makes calls ask the kernel again.
    pub fn forget_failure(&self) {
        // Relaxed: nothing is read through null.
        self.failure.store(std::ptr::null_mut(), Relaxed);
    }

    pub(crate) fn failure(&self) -> Option<&'static Remembered> {
        // Acquire: pairs with the Release in `Stub::remember`.
        let failure = self.failure.load(Acquire);
        // SAFETY: by `Stub` invariant 1, null or valid for `'static`; only shared references to
        // it exist.
        unsafe { failure.as_ref() }
    }
}

/// The stubs of one interface in one image, and the place of the records of their calls, side by
/// side, so that the compiler needs one address for both. A call has no use for what is last.
#[derive(Debug)]
#[repr(C)]
pub struct Stubs<const N: usize> {
    /// The stubs.
    pub all: [Stub; N],
    /// The place of the records.
    pub hold: HoldPlace,
    /// What they do while their module is not loaded.
    pub kinds: [StubKind; N],
}

/// Makes an interface's stubs, all unbound. It calls little: the compiler's interpreter is slow at
/// that, and an interface may have many stubs.
pub const fn stubs<const N: usize>(ways: &[Way; N]) -> Stubs<N> {
    let mut all = [const { Stub::new(Slot::new(std::ptr::null())) }; N];
    let mut kinds = [StubKind::Weak; N];
    let mut i = 0;
    while i < N {
        let (kind, slot) = match ways[i] {
            Way::Strong(load) => (StubKind::Strong, Slot::new(load)),
            Way::Unloadable(load) => (StubKind::Unloadable, Slot::new(load)),
            Way::Weak(fallback) => (StubKind::Weak, Slot::new(fallback)),
            Way::Unsettled(asks, fallback) => (StubKind::Weak, Slot::new_suspended(asks, fallback)),
        };
        all[i] = Stub::new(slot);
        kinds[i] = kind;
        i += 1;
    }
    Stubs {
        all,
        hold: HoldPlace::new(),
        kinds,
    }
}

impl<const N: usize> Stubs<N> {
    /// The function that a call of stub number `index` goes to now.
    ///
    /// # Safety
    /// `F` must be the `fn` pointer type of the interface's function number `index`.
    #[inline(always)]
    pub unsafe fn function<F: Copy>(&self, index: usize) -> F {
        let code = self.all[index].slot.code();
        // SAFETY: by `Slot` invariant 1 the code is a function of the type that the interface
        // declares, and the caller promises that `F` is its `fn` pointer type.
        unsafe { code.function() }
    }

    /// Whether the weak stub number `index` has no module, so that its fallback may be called
    /// without a hold.
    #[inline(always)]
    pub fn is_unbound(&self, index: usize) -> bool {
        self.all[index].slot.is_unbound()
    }
}
