//! Wakers that cross. A module's future may keep a clone of the waker that it is polled with,
//! also when the future is gone. The host's wakers are code of the host, which stays. One of a
//! module that polls futures itself, by an executor of its own, goes in a waker of the host's
//! that keeps this module loaded.

use std::mem::ManuallyDrop;
use std::task::{Wake, Waker};

use crate::boundary::held;
use crate::os;
use crate::primitive::{Arc, AtomicUsize};
use crate::services::{Services, ask};

/// The wakers that one future was polled with, so that it meets the same one again for as long
/// as its caller polls with the same one.
pub(crate) struct Lending {
    /// The address of the table of functions of a waker that goes as it is.
    host: usize,
    made: Option<Made>,
}

struct Made {
    /// Of this one.
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

    /// The waker to poll a future of another image with in place of `waker`; `None`: itself.
    pub(crate) fn lend(&mut self, waker: &Waker) -> Option<&Waker> {
        // In the host, which stays, any waker does.
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
            // For the `HeldWaker`. This image is loaded: it runs.
            held::add();
            let waker = (services.keep_waker)(kept, held::count());
            self.made = Some(Made { of, waker });
        }
        self.made.as_ref().map(|made| &made.waker)
    }
}

/// Whether a waker's functions are the host's: those of the host's executor, which came through
/// this image, or of a [`HeldWaker`].
fn is_of_host(functions: usize, services: &'static Services) -> bool {
    let base = |address: usize| os::image_base(address as *const ());
    let host = base(std::ptr::from_ref(services) as usize);
    host.is_some() && base(functions) == host
}

/// A waker of an image, which stays loaded while there is a clone of this one.
struct HeldWaker {
    waker: ManuallyDrop<Waker>,
    /// That image's count of what is held, of which this is one.
    count: &'static AtomicUsize,
}

/// The kernel's service: wraps `waker`, whose image has counted one more.
pub(crate) fn keep(waker: Waker, count: &'static AtomicUsize) -> Waker {
    Waker::from(Arc::new(HeldWaker {
        waker: ManuallyDrop::new(waker),
        count,
    }))
}

impl Wake for HeldWaker {
    fn wake(self: Arc<Self>) {
        self.waker.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.waker.wake_by_ref();
    }
}

impl Drop for HeldWaker {
    fn drop(&mut self) {
        // Also if the waker's destructor panics. What runs here is code of the host.
        let _counted = held::Counted(self.count);
        // SAFETY: this is the one drop of `self`, and nobody uses the waker after it. Its code
        // is mapped: `_counted` is still counted.
        unsafe { ManuallyDrop::drop(&mut self.waker) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering::SeqCst;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, SeqCst);
        }
    }

    #[test]
    fn a_kept_waker_wakes_and_counts_until_its_last_clone_is_gone() {
        static HELD: AtomicUsize = AtomicUsize::new(1);
        let wakes = Arc::new(Count::default());
        let one = keep(Waker::from(Arc::clone(&wakes)), &HELD);
        let two = one.clone();
        assert!(one.will_wake(&two));
        one.wake_by_ref();
        one.wake();
        assert_eq!(wakes.0.load(SeqCst), 2);
        assert_eq!(HELD.load(SeqCst), 1);
        two.wake();
        assert_eq!((wakes.0.load(SeqCst), HELD.load(SeqCst)), (3, 0));
        assert_eq!(Arc::strong_count(&wakes), 1);
    }

    #[test]
    fn in_the_host_a_waker_goes_as_it_is() {
        let waker = Waker::from(Arc::new(Count::default()));
        assert!(Lending::new().lend(&waker).is_none());
    }
}
