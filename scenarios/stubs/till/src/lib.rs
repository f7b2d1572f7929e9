//! The module `till`.
#![allow(
    clippy::not_unsafe_ptr_arg_deref,
    clippy::too_many_arguments,
    reason = "only C code calls these functions"
)]

use std::ffi::c_void;

use dlkm_rt::c::Str;
use dlkm_rt::module;
use scenario_stubs_api::{Coin, Receipt, Till};

/// The driver.
pub struct Driver;

#[module(version = "1.2.0")]
impl Till for Driver {
    fn till_total(
        a: u64,
        b: u64,
        c: u64,
        d: u64,
        e: u64,
        f: u64,
        g: u64,
        h: u64,
        i: u64,
        j: u64,
    ) -> u64 {
        [a, b, c, d, e, f, g, h, i, j].iter().sum()
    }

    fn till_tax(
        price: f64,
        a: f32,
        b: f64,
        c: f64,
        d: f64,
        e: f64,
        f: f64,
        g: f64,
        last: f64,
    ) -> f64 {
        price * (1.0 + [f64::from(a), b, c, d, e, f, g].iter().sum::<f64>()) + last
    }

    fn till_move(coin: Coin, by: i32) -> Coin {
        Coin {
            value: coin.value * 2.0,
            place: coin.place + by,
        }
    }

    fn till_receipt(coin: &Coin, receipt: &Receipt) -> Receipt {
        let mut lines = receipt.lines;
        lines.reverse();
        Receipt {
            total: coin.value + receipt.total,
            lines,
        }
    }

    fn till_length(text: Str<'_>) -> usize {
        text.bytes().len()
    }

    fn till_call(call: unsafe extern "C" fn(*mut c_void, i32) -> i32, context: *mut c_void) -> i32 {
        // SAFETY: the caller's own function, with the context that came with it.
        let first = unsafe { call(context, 1) };
        // SAFETY: as before.
        first + unsafe { call(context, 2) }
    }

    fn till_panic(why: i32) -> i32 {
        panic!("the till jams ({why})")
    }

    fn till_is_open() -> i32 {
        1
    }
}
