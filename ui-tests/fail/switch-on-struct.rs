//! A switch table is declared by a trait.

use dlkm_rt::switch;

#[switch]
struct Codec;

fn main() {}
