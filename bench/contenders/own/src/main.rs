//! The calls through dlkm alone, whose instructions a test counts.

use bench_measure::instructions;

fn main() {
    own::place::boot();
    let mut all = own::all();
    all.extend(own::switches());
    instructions::run(&all);
}
