//! A module of abi_stable.

use abi_stable::export_root_module;
use abi_stable::prefix_type::PrefixTypeTrait;
use peer_types::with_abi_stable::{Adder, AdderRef};

/// The root module that the host loads.
#[export_root_module]
pub fn root() -> AdderRef {
    Adder { add }.leak_into_prefix()
}

extern "C" fn add(a: u64, b: u64) -> u64 {
    a.wrapping_add(b)
}
