//! An interface of ABI C, with each sort of type that may cross in one.

use std::ffi::c_void;

use dlkm_rt::c::{Callback, Slice, SliceMut, Str};
use dlkm_rt::{Interface, LoadError, OrLoadError, module};

/// Calculates, in Rust or in C.
#[module(name = "calc", abi = "C")]
pub trait Calc {
    /// The sum, modulo 2^64.
    #[ustub(or = no_sum)]
    fn add(a: u64, b: u64) -> u64;

    /// The quotient, or why there is none.
    #[ustub]
    fn divide(a: i32, b: i32) -> Quotient;

    /// The point, moved; by nothing if there is no `by`.
    #[ustub(or = unmoved)]
    fn shift(at: Point, by: Option<&Point>) -> Point;

    /// The largest box around the points; false if there are none.
    #[ustub(or = no_frame)]
    fn frame(points: Slice<'_, Point>, frame: &mut Frame) -> bool;

    /// How often `letter` stands in `text`.
    #[ustub(or = no_count)]
    fn count(text: Str<'_>, letter: u8) -> usize;

    /// The part of `text` before the first blank.
    #[ustub(or = no_word)]
    fn first_word<'a>(text: Str<'a>) -> Str<'a>;

    /// Changes each value as `mode` says; returns how many there were.
    #[ustub(or = unchanged)]
    fn change(values: SliceMut<'_, i32>, mode: Mode) -> usize;

    /// Gives each number below `end` to `each`; returns the sum of what that returned.
    #[ustub(or = no_fold)]
    fn fold(end: u32, each: Callback<'_, u32, u64>) -> u64;

    /// Calls `hook`, if there is one, with `context`; returns what it returned.
    #[ustub(or = no_answer)]
    fn ask(hook: Option<unsafe extern "C" fn(*mut c_void) -> Id>, context: *mut c_void) -> Id;

    /// Allocates this much and frees it; the sum of all its bytes, each of which is 1.
    #[ustub(or = no_hoard)]
    fn hoard(bytes: usize) -> usize;

    /// Panics, or whatever comes next to it.
    #[ustub(or = no_count)]
    fn fail(why: Str<'_>, really: u8) -> usize;

    /// How many calls there were since the module was loaded; 0 where it is not.
    #[wstub(or = no_calls)]
    fn calls() -> u64;
}

/// A place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Interface)]
#[repr(C)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Up.
    pub y: f32,
    /// A name of one letter or more.
    pub tag: [u8; 3],
}

/// A box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Interface)]
#[repr(C)]
pub struct Frame {
    /// The corner with the least numbers.
    pub least: Point,
    /// The other.
    pub most: Point,
}

/// A number of a thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Interface)]
#[repr(transparent)]
pub struct Id(pub u32);

/// How to change a number.
#[derive(Clone, Copy, Debug, PartialEq, Interface)]
#[repr(u8)]
pub enum Mode {
    /// Its negative.
    Negate = 1,
    /// Twice as much.
    Double = 4,
}

/// Whether there is a result.
#[derive(Clone, Copy, Debug, PartialEq, Interface)]
#[repr(C)]
pub enum Status {
    /// There is.
    Done,
    /// Nothing was divided by nothing.
    ByZero,
    /// The module could not be loaded.
    NoModule = -1,
}

/// What a division gives.
#[derive(Clone, Copy, Debug, PartialEq, Interface)]
#[repr(C)]
pub struct Quotient {
    /// Whether there is a quotient.
    pub status: Status,
    /// The quotient.
    pub value: i32,
}

impl OrLoadError for Quotient {
    fn or_load_error(_: LoadError) -> Self {
        Quotient {
            status: Status::NoModule,
            value: 0,
        }
    }
}

fn no_sum(_: u64, _: u64) -> u64 {
    u64::MAX
}

fn unmoved(at: Point, _: Option<&Point>) -> Point {
    at
}

fn no_frame(_: Slice<'_, Point>, _: &mut Frame) -> bool {
    false
}

fn no_count(_: Str<'_>, _: u8) -> usize {
    usize::MAX
}

fn no_word(_: Str<'_>) -> Str<'_> {
    Str::new("")
}

fn unchanged(_: SliceMut<'_, i32>, _: Mode) -> usize {
    0
}

fn no_fold(_: u32, _: Callback<'_, u32, u64>) -> u64 {
    0
}

fn no_answer(_: Option<unsafe extern "C" fn(*mut c_void) -> Id>, _: *mut c_void) -> Id {
    Id(0)
}

fn no_hoard(_: usize) -> usize {
    0
}

fn no_calls() -> u64 {
    0
}

/// What a compiler of any sort can do.
#[module(name = "mixed-c", abi = "C")]
pub trait MixedC {
    /// 1.
    #[ustub(or = zero)]
    fn one() -> u8;
}

fn zero() -> u8 {
    0
}

/// What the host's compiler alone can do, by the same module.
#[module(name = "mixed-rust")]
pub trait MixedRust {
    /// "two".
    #[ustub]
    fn two() -> Result<String, LoadError>;
}
