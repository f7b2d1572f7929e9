//! The interfaces, which `build.rs` declares.

#![allow(dead_code, reason = "the stubs are wanted, not the traits")]

include!(concat!(env!("OUT_DIR"), "/interfaces.rs"));

fn wrong(_: u64, _: u64) -> u64 {
    0
}

fn nothing() -> u64 {
    0
}
