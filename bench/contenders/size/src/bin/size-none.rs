//! The host without a module: the function is its own.

fn main() {
    println!("{}", add(1, 2));
}

#[inline(never)]
fn add(a: u64, b: u64) -> u64 {
    std::hint::black_box(a) + b
}
