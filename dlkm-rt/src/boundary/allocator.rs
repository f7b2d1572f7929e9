//! The global allocator of a module's image: it forwards to the kernel's, so that a
//! `Vec` or a `String` may be made on one side and freed on the other.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ptr;

use crate::primitive::Relaxed;
use crate::services::{ask, c};

/// Set as `#[global_allocator]` of an image by `#[module]`.
#[derive(Debug)]
pub struct ImageAllocator;

// SAFETY: each block comes either from the kernel's global allocator, and goes back there
// with the layout it was asked for, or from the early arena, which is never reused. An image
// that a kernel of another compiler attached has the system's allocator in the kernel's place:
// it never gets another kernel, since its build does not change.
unsafe impl GlobalAlloc for ImageAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match ask::host() {
            // SAFETY: the caller's promise on `layout` is passed on.
            Some(host) => unsafe { (host.alloc)(layout) },
            // SAFETY: as above.
            None if c::host().is_some() => unsafe { System.alloc(layout) },
            None => EARLY.alloc(layout),
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if EARLY.contains(block) {
            return;
        }
        if let Some(host) = ask::host() {
            // SAFETY: not of the arena, so from `host.alloc` or `host.realloc`.
            unsafe { (host.dealloc)(block, layout) }
        } else if c::host().is_some() {
            // SAFETY: not of the arena, so from `System`.
            unsafe { System.dealloc(block, layout) }
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        match ask::host() {
            // SAFETY: as in `alloc`.
            Some(host) => unsafe { (host.alloc_zeroed)(layout) },
            // SAFETY: as above.
            None if c::host().is_some() => unsafe { System.alloc_zeroed(layout) },
            // A fresh part of a static that nobody wrote to is zero.
            None => EARLY.alloc(layout),
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if let Some(host) = ask::host()
            && !EARLY.contains(block)
        {
            // SAFETY: as in `dealloc`; the caller's promise on `size` is passed on.
            return unsafe { (host.realloc)(block, layout, size) };
        }
        if c::host().is_some() && !EARLY.contains(block) {
            // SAFETY: as in `dealloc`; the caller's promise on `size` is passed on.
            return unsafe { System.realloc(block, layout, size) };
        }
        // SAFETY: the caller promises that `size` rounded up to the alignment is a layout.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        // SAFETY: a caller may not ask for a size of 0.
        let fresh = unsafe { self.alloc(wanted) };
        if !fresh.is_null() {
            // SAFETY: two live blocks, apart from each other, each at least this long.
            unsafe { ptr::copy_nonoverlapping(block, fresh, layout.size().min(size)) };
        }
        fresh
    }
}

const EARLY_SIZE: usize = 64 * 1024;

/// Serves constructors (`.init_array`) that allocate before the kernel could attach the
/// image. Untouched pages of it cost nothing. Blocks are not reused; one that is handed
/// to the kernel's side must not be freed there, which is why constructors should hand
/// nothing on.
struct EarlyArena {
    used: crate::primitive::AtomicUsize,
    bytes: UnsafeCell<[u8; EARLY_SIZE]>,
}

// SAFETY: `used` hands each part of `bytes` to one caller alone.
unsafe impl Sync for EarlyArena {}

static EARLY: EarlyArena = EarlyArena {
    used: crate::primitive::AtomicUsize::new(0),
    bytes: UnsafeCell::new([0; EARLY_SIZE]),
};

impl EarlyArena {
    /// A block, or null when the arena is used up.
    fn alloc(&self, layout: Layout) -> *mut u8 {
        let base = self.bytes.get().cast::<u8>();
        let mut start = 0;
        // Relaxed: the counter only keeps blocks apart.
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
