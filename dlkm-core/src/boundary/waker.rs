//! Wakers that cross. A module may keep a clone of the waker that its future is polled with, even
//! after the future is gone. The host's wakers are the host's code, which is never unloaded. If a
//! module polls futures with an executor of its own, its wakers are wrapped in a waker of the
//! host that keeps this module loaded.

use std::mem::ManuallyDrop;
use std::task::{Wake, Waker};

use crate::boundary::held;
use crate::os;
use crate::primitive::Arc;
use crate::services::held_counts::{Count, Counted};
use crate::services::{Services, ask};

/// The wakers that one future was polled with. As long as its caller polls with the same waker, the
/// future gets the same one.
pub struct Lending {
    /// The address of the vtable of a waker that needs no wrapper; 0 if there is none.
    host: usize,
    made: Option<Made>,
}

struct Made {
    /// The waker that is wrapped.
    of: Waker,
    waker: Waker,
}

impl Lending {
    pub(crate) const fn new() -> Self {
        Lending {
            host: 0,
            made: None,
        }
    }

    /// The waker to use in place of `waker` to poll a future of another image; `None` if `waker`
    /// itself will do.
    #[inline]
    pub(crate) fn lend(&mut self, waker: &Waker) -> Option<&Waker> {
        // In the host, which is never unloaded, any waker will do.
        let services = ask::host()?;
        let functions = std::ptr::from_ref(waker.vtable()) as usize;
        if functions == self.host {
            return None;
        }
        if is_of_host(functions, services) {
            self.host = functions;
            return None;
        }
        if !matches!(&self.made, Some(made) if made.of.will_wake(waker)) {
            let (of, kept) = (waker.clone(), waker.clone());
            // For the `HeldWaker`. This image is loaded, because its code is running.
            let waker = (services.keep_waker)(kept, held::add());
            self.made = Some(Made { of, waker });
        }
        self.made.as_ref().map(|made| &made.waker)
    }
}

/// Whether a waker's functions are the host's: those of the host's executor, whose waker came
/// through this image, or of a [`HeldWaker`].
fn is_of_host(functions: usize, services: &'static Services) -> bool {
    let base = |address: usize| os::image_base(address as *const ());
    let host = base(std::ptr::from_ref(services) as usize);
    host.is_some() && base(functions) == host
}

/// A waker of an image, which keeps the image loaded while a clone of it exists.
///
/// # Invariants
/// 1. `count` is a count of held values of the image that has the waker's code, and includes
///    this one until the end of its drop. The kernel does not unmap that image while it is not 0.
/// 2. `waker` is initialised until the drop.
struct HeldWaker {
    waker: ManuallyDrop<Waker>,
    /// A count of that image.
    count: &'static Count,
}

/// The kernel's service: wraps `waker`, for which its image has counted one more.
#[inline]
pub fn keep(waker: Waker, count: &'static Count) -> Waker {
    Waker::from(Arc::new(HeldWaker {
        waker: ManuallyDrop::new(waker),
        count,
    }))
}

impl Wake for HeldWaker {
    #[inline]
    fn wake(self: Arc<Self>) {
        self.waker.wake_by_ref();
    }

    #[inline]
    fn wake_by_ref(self: &Arc<Self>) {
        self.waker.wake_by_ref();
    }
}

impl Drop for HeldWaker {
    #[inline]
    fn drop(&mut self) {
        // Gives the count back, even if the waker's destructor panics. The code here is the host's.
        let _counted = Counted(self.count);
        // SAFETY: `HeldWaker` invariant 2: this is the only drop of `self`, and nothing uses the
        // waker after it. Its code is mapped: `_counted` gives the count back later (`HeldWaker`
        // invariant 1).
        unsafe { ManuallyDrop::drop(&mut self.waker) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering::SeqCst;

    use super::*;
    use crate::primitive::AtomicUsize;

    #[derive(Default)]
    struct Wakes(AtomicUsize);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, SeqCst);
        }
    }

    #[test]
    fn a_kept_waker_wakes_and_counts_until_its_last_clone_is_gone() {
        static HELD: Count = Count::new(None);
        HELD.add();
        let wakes = Arc::new(Wakes::default());
        let one = keep(Waker::from(Arc::clone(&wakes)), &HELD);
        let two = one.clone();
        assert!(one.will_wake(&two));
        one.wake_by_ref();
        one.wake();
        assert_eq!(wakes.0.load(SeqCst), 2);
        assert_eq!(HELD.get(), 1);
        two.wake();
        assert_eq!((wakes.0.load(SeqCst), HELD.get()), (3, 0));
        assert_eq!(Arc::strong_count(&wakes), 1);
    }

    #[test]
    fn in_the_host_a_waker_goes_as_it_is() {
        let waker = Waker::from(Arc::new(Wakes::default()));
        assert!(Lending::new().lend(&waker).is_none());
    }
}
