//! How much of the heap an image uses: what its code has allocated, less what its code has freed.

use crate::os;
use crate::primitive::{AtomicUsize, Relaxed};

/// How many threads have a counter of their own.
const OWN: usize = 16;

/// The counter of one thread, on a cache line of its own. A locked instruction in each allocation
/// would cost as much as the allocation.
///
/// # Invariants
/// 1. Only the running thread whose pointer is `owner` changes `bytes`. No two running threads have
///    the same pointer. A later thread with the pointer of one that has ended goes on with its
///    counter: the system gives it that memory only after the end of the other.
#[repr(align(64))]
struct Own {
    /// The thread pointer; 0 while no thread has taken the counter.
    owner: AtomicUsize,
    bytes: AtomicUsize,
}

/// The counters of this image, in bytes. Each wraps below zero: a block may be freed by another
/// thread than allocated it.
static THREADS: [Own; OWN] = [const {
    Own {
        owner: AtomicUsize::new(0),
        bytes: AtomicUsize::new(0),
    }
}; OWN];

/// The counter of all other threads.
static REST: AtomicUsize = AtomicUsize::new(0);

/// Counts `bytes` more, or fewer.
#[inline]
pub(super) fn add(bytes: isize) {
    let bytes = bytes as usize;
    let me = os::at_distance::<()>(0).addr();
    // The multiplier of SplitMix64; the upper bits of the product depend on all bits.
    let mixed = (me as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 60;
    let own = &THREADS[mixed as usize % OWN];
    // Relaxed throughout: the counters order nothing else. A thread sees what it wrote to `owner`
    // itself.
    if own.owner.load(Relaxed) == me {
        own.add(bytes);
    } else {
        add_first(own, me, bytes);
    }
}

impl Own {
    /// For the owner.
    #[inline]
    fn add(&self, bytes: usize) {
        // Relaxed, and not one step: by invariant 1 no other thread changes it.
        self.bytes
            .store(self.bytes.load(Relaxed).wrapping_add(bytes), Relaxed);
    }
}

/// Takes the counter, if no other thread has it.
#[cold]
fn add_first(own: &Own, me: usize, bytes: usize) {
    let take = |owner| (owner == 0).then_some(me);
    match own.owner.fetch_update(Relaxed, Relaxed, take) {
        Ok(_) => own.add(bytes),
        Err(_) => {
            REST.fetch_add(bytes, Relaxed);
        }
    }
}

/// The bytes that this image's code has allocated, less those that it has freed, at about this
/// moment.
pub(crate) fn bytes() -> isize {
    // Relaxed: threads that allocate meanwhile may or may not be counted.
    let each = THREADS.iter().map(|own| own.bytes.load(Relaxed));
    each.fold(REST.load(Relaxed), usize::wrapping_add) as isize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_add_up() {
        let before = bytes();
        let threads: Vec<_> = (0..20)
            .map(|_| {
                std::thread::spawn(|| {
                    for _ in 0..1000 {
                        add(7);
                        add(-3);
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(bytes() - before, 20 * 1000 * 4);
    }
}
