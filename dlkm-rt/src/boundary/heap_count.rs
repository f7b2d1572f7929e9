//! How much of the heap an image uses: what its code has allocated, less what its code has freed.

use crate::primitive::{AtomicUsize, Relaxed};

/// How many counters there are. Each thread uses one of them, so that few threads wait for each
/// other's.
const SHARDS: usize = 8;

/// One counter, on a cache line of its own.
#[repr(align(64))]
struct Shard(AtomicUsize);

/// The counters of this image, in bytes. Each wraps below zero: a block may be freed by another
/// thread than allocated it.
static SHARDED: [Shard; SHARDS] = [const { Shard(AtomicUsize::new(0)) }; SHARDS];

/// Counts `bytes` more, or fewer.
#[inline]
pub(super) fn add(bytes: isize) {
    // The place of a local variable tells threads apart, without a look-up of thread-local data.
    let local = 0_u8;
    let stack = std::ptr::from_ref(&local).addr() >> 21;
    // The multiplier of SplitMix64; the upper bits of the product depend on all bits.
    let mixed = (stack as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 61;
    // Relaxed: the counters order nothing else.
    SHARDED[mixed as usize % SHARDS]
        .0
        .fetch_add(bytes as usize, Relaxed);
}

/// The bytes that this image's code has allocated, less those that it has freed, at about this
/// moment.
pub(crate) fn bytes() -> isize {
    // Relaxed: threads that allocate meanwhile may or may not be counted.
    let each = SHARDED.iter().map(|shard| shard.0.load(Relaxed));
    each.fold(0, usize::wrapping_add) as isize
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
