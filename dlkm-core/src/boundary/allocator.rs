//! The global allocator of a module's image. It forwards to the kernel's, so that a
//! `Vec` or a `String` may be allocated on one side and freed on the other.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ptr;

use super::heap_count;
use crate::primitive::{Mutex, lock};
use crate::services::{ask, c};

/// The allocator of an image: `#[module]` sets it as `#[global_allocator]`.
///
/// # Invariants
/// 1. Each block is from the early arena, or from the image's backing
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
            // SAFETY: from the arena. The caller promises that `block` is live and has this layout.
            unsafe { EARLY.dealloc(block, layout) }
        } else if let Some(host) = ask::host() {
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
            None => {
                let block = EARLY.alloc(layout);
                if !block.is_null() {
                    // SAFETY: a new block of this length, which may be one that was used before.
                    unsafe { block.write_bytes(0, layout.size()) };
                }
                block
            }
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
            // SAFETY: the caller promises that `block` is live and has this layout.
            unsafe { self.dealloc(block, layout) };
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
/// The sizes of blocks that are used again: 16 bytes, 32, and so on to 4,096.
const CLASSES: usize = 9;
const SMALLEST: usize = 16;

/// Serves what allocates before a kernel attaches the image: constructors (`.init_array`), and in a stub
/// module the calls that look for a kernel. Its untouched pages cost no memory. A block of it must not be
/// freed on the kernel's side, so constructors should not pass any there.
///
/// # Invariants
/// 1. A part of `bytes` is in one block that was given out and not given back, in one block of a list of
///    `Unused::freed`, or beyond `Unused::start`. (A part that only fills up to an alignment, and a
///    large block that was given back, are in none.)
struct EarlyArena {
    unused: Mutex<Unused>,
    bytes: UnsafeCell<[u8; EARLY_SIZE]>,
}

struct Unused {
    /// Where what was never given out begins.
    start: usize,
    /// For each class, the first block that was given back. A block begins with the address of the next
    /// one, or null.
    freed: [*mut u8; CLASSES],
}

// SAFETY: by invariant 1 each part of `bytes` is given to one caller only, so no two threads
// access the same part through it; the blocks in the lists are accessed under the lock.
unsafe impl Sync for EarlyArena {}

static EARLY: EarlyArena = EarlyArena::new();

impl EarlyArena {
    const fn new() -> Self {
        EarlyArena {
            unused: Mutex::new(Unused {
                start: 0,
                freed: [ptr::null_mut(); CLASSES],
            }),
            bytes: UnsafeCell::new([0; EARLY_SIZE]),
        }
    }

    /// The class of a block, and the size and alignment of that class; without a class, its own.
    fn class(layout: Layout) -> (Option<usize>, usize, usize) {
        let needed = layout.size().max(layout.align()).max(SMALLEST);
        let class = needed.next_power_of_two().trailing_zeros() - SMALLEST.trailing_zeros();
        match class as usize {
            class if class < CLASSES => (Some(class), SMALLEST << class, SMALLEST << class),
            _ => (None, layout.size(), layout.align()),
        }
    }

    /// A block, or null if the arena is used up.
    fn alloc(&self, layout: Layout) -> *mut u8 {
        let (class, size, align) = Self::class(layout);
        let mut unused = lock(&self.unused);
        if let Some(class) = class
            && let block = unused.freed[class]
            && !block.is_null()
        {
            // SAFETY: a block of this list, which begins with that address: `dealloc` wrote it.
            unused.freed[class] = unsafe { block.cast::<*mut u8>().read() };
            return block;
        }
        let base = self.bytes.get().cast::<u8>();
        let start = unused.start + base.wrapping_add(unused.start).align_offset(align);
        match start.checked_add(size).filter(|end| *end <= EARLY_SIZE) {
            Some(end) => {
                unused.start = end;
                base.wrapping_add(start)
            }
            None => ptr::null_mut(),
        }
    }

    /// Takes a block back.
    ///
    /// # Safety
    /// `block` must be from [`alloc`](Self::alloc) for this layout, and not used any more.
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let (Some(class), ..) = Self::class(layout) else {
            return;
        };
        let mut unused = lock(&self.unused);
        // SAFETY: the caller gives the block up. It has at least 16 bytes and that alignment: `class`.
        unsafe { block.cast::<*mut u8>().write(unused.freed[class]) };
        unused.freed[class] = block;
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
        let arena = EarlyArena::new();
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

    #[test]
    fn early_blocks_are_used_again_and_never_twice_at_once() {
        let arena = EarlyArena::new();
        let mut random = 1_u64;
        let mut live: Vec<(*mut u8, Layout, u8)> = Vec::new();
        for turn in 0..20_000_u32 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let number = (random >> 33) as usize;
            if live.len() > 16 || (number.is_multiple_of(2) && !live.is_empty()) {
                let (block, layout, mark) = live.swap_remove(number / 2 % live.len());
                // SAFETY: a live block of that length, whose bytes were all written.
                let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
                let own = bytes.iter().all(|byte| *byte == mark);
                assert!(own, "{layout:?} is another's too");
                // SAFETY: from `alloc`, with this layout, and not used any more.
                unsafe { arena.dealloc(block, layout) };
                continue;
            }
            let layout = Layout::from_size_align(1 + number % 700, 1 << (number % 7)).unwrap();
            let (block, mark) = (arena.alloc(layout), turn as u8);
            assert!(arena.contains(block), "used up after {turn} turns");
            assert_eq!(block as usize % layout.align(), 0);
            // SAFETY: a new block of that length.
            unsafe { block.write_bytes(mark, layout.size()) };
            live.push((block, layout, mark));
        }
    }
}
