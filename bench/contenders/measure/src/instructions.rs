//! The same loops, whose instructions valgrind's callgrind counts. It dumps its counts whenever
//! [`bench_mark`] is called (`--dump-before`).

use std::hint::black_box;

use crate::Contender;

/// Calls in the shorter and in the longer loop. Their difference is the cost of calls only.
const COUNTS: [u64; 2] = [1000, 3000];

/// Where callgrind dumps its counts.
#[unsafe(no_mangle)]
#[inline(never)]
pub extern "C" fn bench_mark() {
    black_box(());
}

/// One line for each contender. Its two loops are the dumps after the first, in this order.
pub fn run(contenders: &[Contender]) {
    for one in contenders {
        // The first call may load or set up things.
        (one.sum)(1);
        for count in COUNTS {
            bench_mark();
            black_box((one.sum)(count));
        }
        // Leaves out the next contender's setup.
        bench_mark();
        println!("{}\t{}", one.name, COUNTS[1] - COUNTS[0]);
    }
}
