//! Checks that a module's blocks are on the host's heap. A host that loads the module and one that
//! links it share this code.

use scenario_api::heap;

/// Whether mimalloc, which this program allocates with, owns the block.
fn is_ours<T>(block: *const T) -> bool {
    // SAFETY: the function compares the address with mimalloc's own pages and does not read there.
    unsafe { libmimalloc_sys::mi_is_in_heap_region(block.cast()) }
}

/// Passes blocks that the module makes and the host frees, and the reverse.
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
