//! Interfaces of ABI C that C programs call through their stub modules.
#![deny(missing_docs, unsafe_code)]
#![allow(clippy::too_many_arguments, reason = "more than the registers hold")]

use std::ffi::c_void;

use dlkm_rt::c::Str;
use dlkm_rt::{Interface, module};

/// A load-only interface, with each way in which C passes arguments and results.
#[module(name = "till", abi = "C")]
pub trait Till {
    /// The sum of ten numbers: four of them are on the stack.
    #[stub(or = no_total)]
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
    ) -> u64;

    /// A price with tax: floats in registers, and on the stack beyond eight.
    #[stub(or = no_tax)]
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
    ) -> f64;

    /// A struct in registers, one of them a float's.
    #[stub(or = unmoved)]
    fn till_move(coin: Coin, by: i32) -> Coin;

    /// A struct that is too large for registers, both ways.
    #[stub(or = no_receipt)]
    fn till_receipt(coin: &Coin, receipt: &Receipt) -> Receipt;

    /// How many bytes a text has.
    #[stub(or = no_length)]
    fn till_length(text: Str<'_>) -> usize;

    /// Calls back: `call(context, 1)`, then `call(context, 2)`; returns the sum.
    #[stub(or = no_calls)]
    fn till_call(call: unsafe extern "C" fn(*mut c_void, i32) -> i32, context: *mut c_void) -> i32;

    /// Panics.
    #[stub(or = no_panic)]
    fn till_panic(why: i32) -> i32;

    /// Whether the module is loaded: -1 if not.
    #[wstub(or = closed)]
    fn till_is_open() -> i32;
}

/// An unloadable interface.
#[module(name = "drawer", abi = "C")]
pub trait Drawer {
    /// Puts coins in; returns how many there are. 0 if the module can't be loaded.
    #[ustub(or = no_coins)]
    fn drawer_put(coins: u64) -> u64;

    /// Stays in the module until `wait(context)` returns.
    #[ustub(or = no_wait)]
    fn drawer_wait(wait: unsafe extern "C" fn(*mut c_void), context: *mut c_void) -> i32;

    /// How many coins there are; -1 if the module is not loaded.
    #[wstub(or = no_drawer)]
    fn drawer_coins() -> i64;
}

/// A coin.
#[derive(Clone, Copy, Debug, Interface)]
#[repr(C)]
pub struct Coin {
    /// Its value.
    pub value: f64,
    /// Where it lies.
    pub place: i32,
}

/// What the buyer gets.
#[derive(Clone, Copy, Debug, Interface)]
#[repr(C)]
pub struct Receipt {
    /// The sum.
    pub total: f64,
    /// The lines.
    pub lines: [u64; 6],
}

fn no_total(_: u64, _: u64, _: u64, _: u64, _: u64, _: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    0
}

fn no_tax(_: f64, _: f32, _: f64, _: f64, _: f64, _: f64, _: f64, _: f64, _: f64) -> f64 {
    -1.0
}

fn unmoved(coin: Coin, _: i32) -> Coin {
    coin
}

fn no_receipt(_: &Coin, receipt: &Receipt) -> Receipt {
    *receipt
}

fn no_length(_: Str<'_>) -> usize {
    usize::MAX
}

fn no_calls(_: unsafe extern "C" fn(*mut c_void, i32) -> i32, _: *mut c_void) -> i32 {
    -1
}

fn no_panic(_: i32) -> i32 {
    -1
}

fn closed() -> i32 {
    -1
}

fn no_coins(_: u64) -> u64 {
    0
}

fn no_wait(_: unsafe extern "C" fn(*mut c_void), _: *mut c_void) -> i32 {
    -1
}

fn no_drawer() -> i64 {
    -1
}

/// The interface of a module in C that calls the till's functions as a C program does.
#[module(name = "buyer", abi = "C")]
pub trait Buyer {
    /// Buys; returns what the till says.
    #[stub(or = no_purchase)]
    fn buyer_buy(coins: u64) -> u64;
}

fn no_purchase(_: u64) -> u64 {
    0
}
