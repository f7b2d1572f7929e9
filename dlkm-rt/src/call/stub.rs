//! Stubs: the slot that a call goes through, and the way taken while it is unbound.

use crate::call::hold::HoldPlace;
use crate::call::slot::{Code, Slot};
use crate::error::Remembered;
use crate::primitive::{Acquire, AtomicPtr, Relaxed, Release};

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
        let (kind, unbound, waiting) = match way {
            Way::Strong(load) => (StubKind::Strong, load, load),
            Way::Unloadable(load) => (StubKind::Unloadable, load, load),
            Way::Weak(wait, fallback) => (StubKind::Weak, fallback, wait),
        };
        Stub {
            slot: Slot::new(Code::new(unbound), Code::new(waiting)),
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

    pub(crate) fn failure(&self) -> Option<&'static Remembered> {
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
