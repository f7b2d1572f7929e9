//! A switch table has functions.

use dlkm_rt::switch;

#[switch]
pub trait Codec {}

fn main() {}
