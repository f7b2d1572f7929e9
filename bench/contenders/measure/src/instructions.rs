//! The same loops, for valgrind's callgrind to count instructions: it writes what it has counted
//! so far whenever [`bench_mark`] is called (`--dump-before`).

use std::hint::black_box;

use crate::Contender;

/// Calls in the shorter and in the longer loop; the difference leaves out all that is not a call.
const COUNTS: [u64; 2] = [1000, 3000];

/// Where callgrind writes.
#[unsafe(no_mangle)]
#[inline(never)]
pub extern "C" fn bench_mark() {
    black_box(());
}

/// One line for each contender. Its two loops are the dumps after the first, in this order.
pub fn run(contenders: &[Contender]) {
    for one in contenders {
        // Whatever is set up by a first call.
        (one.sum)(1);
        for count in COUNTS {
            bench_mark();
            black_box((one.sum)(count));
        }
        // The next contender's setup is not to count.
        bench_mark();
        println!("{}\t{}", one.name, COUNTS[1] - COUNTS[0]);
    }
}
