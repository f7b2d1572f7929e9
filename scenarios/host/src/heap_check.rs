//! Whose heap a module's blocks are on: of the same code for a module that was loaded and
//! one that was linked in.

use scenario_api::heap;

/// Whether mimalloc, which this program allocates with, owns the block.
fn is_ours<T>(block: *const T) -> bool {
    // SAFETY: it compares the address with its own pages and reads nothing there.
    unsafe { libmimalloc_sys::mi_is_in_heap_region(block.cast()) }
}

/// Blocks made in the module and freed here, and the other way round.
pub(crate) fn run() {
    let on_stack = 0_u8;
    assert!(!is_ours(&raw const on_stack), "the check can fail");
    let mut bytes = heap::bytes(1 << 20).expect("the module is there");
    assert!(is_ours(bytes.as_ptr()));
    assert_eq!(bytes[1000], (1000 % 256) as u8);
    bytes.extend_from_slice(&[9; 1 << 20]);
    bytes.shrink_to(16);
    drop(bytes);
    let mut text = heap::greeting("host").expect("the module is there");
    assert!(is_ours(text.as_ptr()));
    text.push_str(", and good-bye");
    assert_eq!(text, "hello, host, and good-bye");
    let given = vec![1; 1000];
    assert_eq!(
        heap::swallow(given, text).expect("the module is there"),
        101_000 + 26
    );
}
