//! A module of stabby.

use peer_types::with_stabby::{Adder, Object};

/// The object.
#[stabby::stabby]
pub struct Sum(u64);

impl Adder for Sum {
    extern "C" fn add(&self, a: u64, b: u64) -> u64 {
        a.wrapping_add(b)
    }
}

/// The function that the host looks up.
#[stabby::export]
pub extern "C" fn make_adder() -> Object {
    stabby::boxed::Box::new(Sum(0)).into()
}
