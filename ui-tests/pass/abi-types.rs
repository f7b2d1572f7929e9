//! Each type that may cross in an interface of ABI C.
#![deny(warnings)]
#![forbid(improper_ctypes, improper_ctypes_definitions)]

use std::ffi::c_void;
use std::marker::PhantomData;
use std::num::NonZero;
use std::ptr::NonNull;

use dlkm_rt::c::{Callback, Slice, SliceMut, Str};
use dlkm_rt::{Interface, LoadError, OrLoadError, module};

type Alias = u32;

#[derive(Clone, Copy, Interface)]
#[repr(C)]
pub struct Pair<T> {
    pub left: T,
    pub right: T,
}

#[derive(Clone, Copy, Interface)]
#[repr(C, align(32))]
pub struct Node<'a> {
    pub next: Option<&'a Node<'a>>,
    pub bytes: [u8; 3],
    pub on: bool,
    pub mark: PhantomData<&'a u8>,
}

#[derive(Clone, Copy, Interface)]
#[repr(transparent)]
pub struct Meter(pub f64);

#[derive(Clone, Copy, Debug, PartialEq, Interface)]
#[repr(i16)]
pub enum Answer {
    Yes = 1,
    No = -1,
    Nobody,
}

impl OrLoadError for Answer {
    fn or_load_error(_: LoadError) -> Self {
        Answer::Nobody
    }
}

#[module(abi = "C")]
pub trait Types {
    #[stub]
    fn numbers(a: u8, b: i16, c: Alias, d: i64, e: usize, f: f32, g: f64, h: bool) -> Answer;

    #[stub(or = unchanged)]
    fn structs(a: Pair<u32>, b: &Pair<Meter>, c: &mut Node<'_>) -> Pair<u32>;

    #[ustub(or = no_pointers)]
    fn pointers(
        a: Option<&u8>,
        b: Option<&mut u16>,
        c: *const c_void,
        d: *mut Node<'static>,
        e: Option<NonNull<u8>>,
        f: Option<NonZero<u32>>,
        g: &[u64; 4],
    ) -> Option<NonZero<u64>>;

    #[ustub(or = nothing)]
    fn borrowed<'a>(a: Str<'a>, b: Slice<'_, Pair<u8>>, c: SliceMut<'_, Answer>) -> Str<'a>;

    #[ustub(or = not_called)]
    fn callbacks(
        a: Callback<'_, &u32, u8>,
        b: unsafe extern "C" fn(*mut c_void, Pair<u8>) -> Answer,
        c: Option<unsafe extern "C" fn()>,
    );

    #[wstub(or = zero)]
    fn weak(_: Meter) -> u64;
}

fn unchanged(a: Pair<u32>, _: &Pair<Meter>, _: &mut Node<'_>) -> Pair<u32> {
    a
}

fn no_pointers(
    _: Option<&u8>,
    _: Option<&mut u16>,
    _: *const c_void,
    _: *mut Node<'static>,
    _: Option<NonNull<u8>>,
    _: Option<NonZero<u32>>,
    _: &[u64; 4],
) -> Option<NonZero<u64>> {
    None
}

fn nothing<'a>(a: Str<'a>, _: Slice<'_, Pair<u8>>, _: SliceMut<'_, Answer>) -> Str<'a> {
    a
}

fn not_called(
    mut a: Callback<'_, &u32, u8>,
    _: unsafe extern "C" fn(*mut c_void, Pair<u8>) -> Answer,
    _: Option<unsafe extern "C" fn()>,
) {
    assert_eq!(a.call(&3), 6);
}

fn zero(_: Meter) -> u64 {
    0
}

unsafe extern "C" fn answer(_: *mut c_void, _: Pair<u8>) -> Answer {
    Answer::Yes
}

fn main() {
    let nobody = types::numbers(1, 2, 3, 4, 5, 6.0, 7.0, true);
    assert_eq!((nobody, Answer::No as i16), (Answer::Nobody, -1));
    let borrowed = types::borrowed("text".into(), Slice::new(&[]), SliceMut::new(&mut []));
    assert_eq!(borrowed.to_str(), Ok("text"));
    types::callbacks(Callback::new(&mut |number: &u32| 2 * *number as u8), answer, None);
    assert_eq!(types::weak(Meter(1.0)), 0);
    let (pair, meters) = (
        Pair { left: 1, right: 2 },
        Pair {
            left: Meter(0.0),
            right: Meter(0.0),
        },
    );
    let mut node = Node {
        next: None,
        bytes: [0; 3],
        on: false,
        mark: PhantomData,
    };
    assert_eq!(types::structs(pair, &meters, &mut node).right, 2);
    let mut word = 1;
    let none = types::pointers(
        None,
        Some(&mut word),
        std::ptr::null(),
        std::ptr::null_mut(),
        None,
        None,
        &[0; 4],
    );
    assert_eq!(none, None);
}
