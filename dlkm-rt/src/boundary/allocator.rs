//! The global allocator of a module's image. It forwards to the kernel's, so that a
//! `Vec` or a `String` may be allocated on one side and freed on the other.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ptr;

use super::heap_count;
use crate::primitive::Relaxed;
use crate::services::{ask, c};

/// The allocator of an image: `#[module]` sets it as `#[global_allocator]`.
///
/// # Invariants
/// 1. Each block is from the early arena, which never reuses one, or from the image's backing
///    allocator: the kernel's, or the system's in an image that a kernel of another compiler
///    attached. An image never gets another backing allocator, because its build, and so the
///    kind of kernel that can attach it, does not change.
#[derive(Debug)]
pub struct ImageAllocator;

// SAFETY: by invariant 1 each block is from the arena or from one backing allocator, and returns
// there with the layout it was allocated with. Both fulfil the contract of `GlobalAlloc`, see
// https://doc.rust-lang.org/std/alloc/trait.GlobalAlloc.html#safety.
unsafe impl GlobalAlloc for ImageAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match ask::host() {
            Some(host) => {
                // SAFETY: the caller promises that `layout` has a size other than 0.
                counted(unsafe { (host.alloc)(layout) }, layout.size() as isize)
            }
            // SAFETY: the caller promises that `layout` has a size other than 0.
            None if c::host().is_some() => unsafe { System.alloc(layout) },
            None => EARLY.alloc(layout),
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if EARLY.contains(block) {
            return;
        }
        if let Some(host) = ask::host() {
            heap_count::add(-(layout.size() as isize));
            // SAFETY: not from the arena, so from this allocator (invariant 1). The caller promises
            // that `block` is live and has this layout.
            unsafe { (host.dealloc)(block, layout) }
        } else if c::host().is_some() {
            // SAFETY: not from the arena, so from `System` (invariant 1). The caller promises that
            // `block` is live and has this layout.
            unsafe { System.dealloc(block, layout) }
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        match ask::host() {
            Some(host) => {
                // SAFETY: the caller promises that `layout` has a size other than 0.
                counted(
                    unsafe { (host.alloc_zeroed)(layout) },
                    layout.size() as isize,
                )
            }
            // SAFETY: the caller promises that `layout` has a size other than 0.
            None if c::host().is_some() => unsafe { System.alloc_zeroed(layout) },
            // The arena never reuses a part, so a new one is still zero.
            None => EARLY.alloc(layout),
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if let Some(host) = ask::host()
            && !EARLY.contains(block)
        {
            let more = size.wrapping_sub(layout.size()) as isize;
            // SAFETY: not from the arena, so from this allocator (invariant 1). The caller promises
            // that `block` is live and has this layout, and what `realloc` needs of `size`.
            return counted(unsafe { (host.realloc)(block, layout, size) }, more);
        }
        if c::host().is_some() && !EARLY.contains(block) {
            // SAFETY: not from the arena, so from `System` (invariant 1). The caller promises that
            // `block` is live and has this layout, and what `realloc` needs of `size`.
            return unsafe { System.realloc(block, layout, size) };
        }
        // SAFETY: the caller promises that `size`, rounded up to the alignment, does not overflow
        // `isize`, and the alignment is that of a `Layout`.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        // SAFETY: the caller promises that `size` is not 0.
        let fresh = unsafe { self.alloc(wanted) };
        if !fresh.is_null() {
            // SAFETY: two different live blocks, each of which has at least this length.
            unsafe { ptr::copy_nonoverlapping(block, fresh, layout.size().min(size)) };
        }
        fresh
    }
}

/// The result of an allocation of `more` bytes.
#[inline]
fn counted(block: *mut u8, more: isize) -> *mut u8 {
    if !block.is_null() {
        heap_count::add(more);
    }
    block
}

const EARLY_SIZE: usize = 64 * 1024;

/// Serves constructors (`.init_array`), which allocate before the kernel can attach the
/// image. Its untouched pages cost no memory. Blocks are not reused. A block of it must not be
/// freed on the kernel's side, so constructors should not pass any there.
///
/// # Invariants
/// 1. `used` only grows, by one atomic step for each block: each byte is given out once at most.
struct EarlyArena {
    used: crate::primitive::AtomicUsize,
    bytes: UnsafeCell<[u8; EARLY_SIZE]>,
}

// SAFETY: by invariant 1 each part of `bytes` is given to one caller only, so no two threads
// access the same part through it.
unsafe impl Sync for EarlyArena {}

static EARLY: EarlyArena = EarlyArena {
    used: crate::primitive::AtomicUsize::new(0),
    bytes: UnsafeCell::new([0; EARLY_SIZE]),
};

impl EarlyArena {
    /// A block, or null if the arena is used up.
    fn alloc(&self, layout: Layout) -> *mut u8 {
        let base = self.bytes.get().cast::<u8>();
        let mut start = 0;
        // Relaxed: the counter only keeps blocks from overlapping.
        let taken = self.used.fetch_update(Relaxed, Relaxed, |used| {
            start = used + base.wrapping_add(used).align_offset(layout.align());
            start
                .checked_add(layout.size())
                .filter(|end| *end <= EARLY_SIZE)
        });
        match taken {
            Ok(_) => base.wrapping_add(start),
            Err(_) => ptr::null_mut(),
        }
    }

    fn contains(&self, block: *mut u8) -> bool {
        (block as usize).wrapping_sub(self.bytes.get() as usize) < EARLY_SIZE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn early_blocks_are_aligned_apart_and_end_with_null() {
        let arena = EarlyArena {
            used: crate::primitive::AtomicUsize::new(0),
            bytes: UnsafeCell::new([0; EARLY_SIZE]),
        };
        let one = arena.alloc(Layout::from_size_align(3, 1).unwrap());
        let two = arena.alloc(Layout::from_size_align(8, 64).unwrap());
        assert!(arena.contains(one) && arena.contains(two));
        assert_eq!(two as usize % 64, 0);
        assert!(two as usize >= one as usize + 3);
        assert!(
            arena
                .alloc(Layout::from_size_align(EARLY_SIZE, 1).unwrap())
                .is_null()
        );
        assert!(
            !arena
                .alloc(Layout::from_size_align(1, 1).unwrap())
                .is_null()
        );
    }
}
