//! Types for interfaces with `abi = "C"`: text, slices and callbacks with a layout that is the
//! same for every compiler.
//!
//! ```standalone_crate
//! use dlkm_rt::c::{Callback, Slice, SliceMut, Str};
//! use dlkm_rt::module;
//!
//! #[module(name = "bytes", abi = "C")]
//! pub trait Bytes {
//!     /// How often `letter` occurs in `text`.
//!     #[stub(or = none)]
//!     fn count(text: Str<'_>, letter: u8) -> usize;
//!
//!     /// Copies as much as fits; returns the number of bytes.
//!     #[stub(or = nothing)]
//!     fn copy(from: Slice<'_, u8>, to: SliceMut<'_, u8>) -> usize;
//!
//!     /// Calls `found` with the index of each zero.
//!     #[stub(or = silence)]
//!     fn zeros(within: Slice<'_, u8>, found: Callback<'_, usize, ()>);
//! }
//!
//! fn none(_: Str<'_>, _: u8) -> usize {
//!     0
//! }
//!
//! fn nothing(_: Slice<'_, u8>, _: SliceMut<'_, u8>) -> usize {
//!     0
//! }
//!
//! fn silence(_: Slice<'_, u8>, _: Callback<'_, usize, ()>) {}
//!
//! fn main() {
//!     // A caller; no kernel is booted here, so the fallbacks answer.
//!     let mut buffer = [0; 4];
//!     assert_eq!(bytes::count("text".into(), b't'), 0);
//!     assert_eq!(bytes::copy(Slice::from(b"text"), SliceMut::from(&mut buffer)), 0);
//!     let mut places = Vec::new();
//!     bytes::zeros((&buffer).into(), Callback::new(&mut |place| places.push(place)));
//! }
//! ```

use std::ffi::c_void;
use std::fmt;
use std::marker::PhantomData;
use std::str::Utf8Error;

use dlkm_macros::Interface;

/// A borrowed text with its length, as `&str` is in Rust. C code may have made it, so it is checked
/// for UTF-8 when it is read.
///
/// # Invariants
/// 1. If `length` is not 0, `data` points to that many bytes, which live and don't change during
///    `'a`. `new` makes it from a `&'a str`; the author of a C module promises the same.
#[derive(Clone, Copy, Interface)]
#[interface(crate = crate)]
#[repr(C)]
pub struct Str<'a> {
    data: *const u8,
    length: usize,
    borrow: PhantomData<&'a u8>,
}

// SAFETY: by `Str` invariant 1 it gives the same access as `&[u8]`, which is `Send`.
unsafe impl Send for Str<'_> {}
// SAFETY: by `Str` invariant 1 it gives the same access as `&[u8]`, which is `Sync`.
unsafe impl Sync for Str<'_> {}

impl<'a> Str<'a> {
    /// Borrows a text.
    pub const fn new(text: &'a str) -> Self {
        Str {
            data: text.as_ptr(),
            length: text.len(),
            borrow: PhantomData,
        }
    }

    /// The text, if it is valid.
    ///
    /// # Errors
    /// The bytes are not UTF-8.
    pub fn to_str(self) -> Result<&'a str, Utf8Error> {
        std::str::from_utf8(self.bytes())
    }

    /// The bytes, which need not be UTF-8.
    pub fn bytes(self) -> &'a [u8] {
        // SAFETY: `Str` invariant 1 is what `slice` needs.
        unsafe { slice(self.data, self.length) }
    }
}

impl<'a> From<&'a str> for Str<'a> {
    fn from(text: &'a str) -> Self {
        Str::new(text)
    }
}

impl<'a> From<&'a String> for Str<'a> {
    fn from(text: &'a String) -> Self {
        Str::new(text)
    }
}

impl<'a> TryFrom<Str<'a>> for &'a str {
    type Error = Utf8Error;

    fn try_from(text: Str<'a>) -> Result<Self, Utf8Error> {
        text.to_str()
    }
}

impl fmt::Debug for Str<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        String::from_utf8_lossy(self.bytes()).fmt(f)
    }
}

/// A borrowed slice, as `&[T]` is in Rust.
///
/// # Invariants
/// 1. If `length` is not 0, `data` points to that many values, which live and don't change during
///    `'a`. `new` makes it from a `&'a [T]`; the author of a C module promises the same.
#[derive(Interface)]
#[interface(crate = crate)]
#[repr(C)]
pub struct Slice<'a, T> {
    data: *const T,
    length: usize,
    borrow: PhantomData<&'a T>,
}

// SAFETY: by `Slice` invariant 1 it gives the same access as `&[T]`, which is `Send` if `T: Sync`.
unsafe impl<T: Sync> Send for Slice<'_, T> {}
// SAFETY: by `Slice` invariant 1 it gives the same access as `&[T]`, which is `Sync` if `T: Sync`.
unsafe impl<T: Sync> Sync for Slice<'_, T> {}

impl<T> Clone for Slice<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Slice<'_, T> {}

impl<'a, T> Slice<'a, T> {
    /// Borrows a slice.
    pub const fn new(values: &'a [T]) -> Self {
        Slice {
            data: values.as_ptr(),
            length: values.len(),
            borrow: PhantomData,
        }
    }

    /// The slice.
    pub fn as_slice(self) -> &'a [T] {
        // SAFETY: `Slice` invariant 1 is what `slice` needs.
        unsafe { slice(self.data, self.length) }
    }
}

impl<'a, T> From<&'a [T]> for Slice<'a, T> {
    fn from(values: &'a [T]) -> Self {
        Slice::new(values)
    }
}

impl<'a, T> From<&'a Vec<T>> for Slice<'a, T> {
    fn from(values: &'a Vec<T>) -> Self {
        Slice::new(values)
    }
}

impl<'a, T, const N: usize> From<&'a [T; N]> for Slice<'a, T> {
    fn from(values: &'a [T; N]) -> Self {
        Slice::new(values)
    }
}

impl<'a, T> From<Slice<'a, T>> for &'a [T] {
    fn from(values: Slice<'a, T>) -> Self {
        values.as_slice()
    }
}

impl<T: fmt::Debug> fmt::Debug for Slice<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

/// A mutably borrowed slice, as `&mut [T]` is in Rust.
///
/// # Invariants
/// 1. If `length` is not 0, `data` points to that many values, which live during `'a`, and only
///    this gives access to them. `new` makes it from a `&'a mut [T]`; the author of a C module
///    promises the same.
#[derive(Interface)]
#[interface(crate = crate)]
#[repr(C)]
pub struct SliceMut<'a, T> {
    data: *mut T,
    length: usize,
    borrow: PhantomData<&'a mut T>,
}

// SAFETY: by `SliceMut` invariant 1 it gives the same access as `&mut [T]`, which is `Send` if
// `T: Send`.
unsafe impl<T: Send> Send for SliceMut<'_, T> {}
// SAFETY: by `SliceMut` invariant 1 it gives the same access as `&mut [T]`, which is `Sync` if
// `T: Sync`.
unsafe impl<T: Sync> Sync for SliceMut<'_, T> {}

impl<'a, T> SliceMut<'a, T> {
    /// Borrows a slice mutably.
    pub const fn new(values: &'a mut [T]) -> Self {
        SliceMut {
            data: values.as_mut_ptr(),
            length: values.len(),
            borrow: PhantomData,
        }
    }

    /// The slice.
    pub fn as_slice(&self) -> &[T] {
        // SAFETY: by `SliceMut` invariant 1 the values are there, and nothing changes them while
        // `self` is borrowed.
        unsafe { slice(self.data, self.length) }
    }

    /// The slice, mutable as long as `self` is borrowed.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        SliceMut { ..*self }.into_slice()
    }

    /// The slice, for the whole borrow.
    pub fn into_slice(self) -> &'a mut [T] {
        if self.length == 0 {
            return &mut [];
        }
        // SAFETY: `length` is not 0, so by `SliceMut` invariant 1 the values are there, and only
        // `self` gave access to them, which is consumed (or borrowed, by `as_mut_slice`).
        unsafe { std::slice::from_raw_parts_mut(self.data, self.length) }
    }
}

impl<'a, T> From<&'a mut [T]> for SliceMut<'a, T> {
    fn from(values: &'a mut [T]) -> Self {
        SliceMut::new(values)
    }
}

impl<'a, T> From<&'a mut Vec<T>> for SliceMut<'a, T> {
    fn from(values: &'a mut Vec<T>) -> Self {
        SliceMut::new(values)
    }
}

impl<'a, T, const N: usize> From<&'a mut [T; N]> for SliceMut<'a, T> {
    fn from(values: &'a mut [T; N]) -> Self {
        SliceMut::new(values)
    }
}

impl<'a, T> From<SliceMut<'a, T>> for &'a mut [T] {
    fn from(values: SliceMut<'a, T>) -> Self {
        values.into_slice()
    }
}

impl<T: fmt::Debug> fmt::Debug for SliceMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

/// Makes a slice. In C, the pointer of an empty slice may be null.
///
/// # Safety
/// If `length` is not 0, `data` must point to that many values, which live and don't change during
/// `'a`.
unsafe fn slice<'a, T>(data: *const T, length: usize) -> &'a [T] {
    if length == 0 {
        return &[];
    }
    // SAFETY: `length` is not 0, and the caller promises the values, see
    // https://doc.rust-lang.org/std/slice/fn.from_raw_parts.html#safety.
    unsafe { std::slice::from_raw_parts(data, length) }
}

/// A closure of the caller, borrowed for the call: a function and its first argument. C code calls
/// `callback.call(callback.context, argument)`.
///
/// A panic of the closure passes through the module and reaches the caller, unless the C compiler
/// was told to omit unwind tables: then the panic ends the process.
///
/// # Invariants
/// 1. During `'a`, `call` may be called with `context`, by one caller at a time. Either `new` made
///    both from a closure that is borrowed for `'a`, or the author of a C module promises it.
#[derive(Interface)]
#[interface(crate = crate)]
#[repr(C)]
pub struct Callback<'a, A, R> {
    call: unsafe extern "C" fn(*mut c_void, A) -> R,
    context: *mut c_void,
    borrow: PhantomData<&'a ()>,
}

type Plain<A, R> = unsafe extern "C" fn(*mut c_void, A) -> R;
type Unwinding<A, R> = unsafe extern "C-unwind" fn(*mut c_void, A) -> R;

impl<'a, A, R> Callback<'a, A, R> {
    /// Makes a callback that calls `closure`.
    pub fn new<F: FnMut(A) -> R>(closure: &'a mut F) -> Self {
        unsafe extern "C-unwind" fn call<A, R, F: FnMut(A) -> R>(
            context: *mut c_void,
            arg: A,
        ) -> R {
            // SAFETY: `new` made `context` from `closure`, whose borrow `'a` still lasts. A
            // `Callback` can't be copied and calls need `&mut`, so no other borrow is live.
            let closure = unsafe { &mut *context.cast::<F>() };
            closure(arg)
        }
        let call: Unwinding<A, R> = call::<A, R, F>;
        Callback {
            // SAFETY: the two types differ only in whether the function may unwind. It is called
            // by `Callback::call`, which converts it back, or by C code, for which an unwinding
            // function has the same type.
            call: unsafe { std::mem::transmute::<Unwinding<A, R>, Plain<A, R>>(call) },
            context: std::ptr::from_mut(closure).cast(),
            borrow: PhantomData,
        }
    }

    /// Calls the closure.
    pub fn call(&mut self, arg: A) -> R {
        // SAFETY: the two types differ only in whether the function may unwind, and a function
        // that does not unwind may be called as one that may.
        let call = unsafe { std::mem::transmute::<Plain<A, R>, Unwinding<A, R>>(self.call) };
        // SAFETY: `Callback` invariant 1, and `&mut self` makes this the only call.
        unsafe { call(self.context, arg) }
    }
}

impl<A, R> fmt::Debug for Callback<'_, A, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interface::Interface;

    #[test]
    fn texts_are_checked_when_they_are_read() {
        let text = Str::from("grün");
        assert_eq!(text.to_str(), Ok("grün"));
        assert_eq!(format!("{text:?}"), "\"grün\"");
        let half = Str { length: 3, ..text };
        assert!(half.to_str().is_err());
        assert_eq!(half.bytes(), b"gr\xc3");
    }

    #[test]
    fn null_is_empty() {
        let null = Str {
            data: std::ptr::null(),
            length: 0,
            borrow: PhantomData,
        };
        assert_eq!(null.to_str(), Ok(""));
        let none: &mut [u64] = SliceMut {
            data: std::ptr::null_mut(),
            length: 0,
            borrow: PhantomData,
        }
        .into();
        assert_eq!(none, []);
    }

    #[test]
    fn slices_there_and_back() {
        let mut values = vec![1, 2, 3];
        assert_eq!(Slice::from(&values).as_slice(), [1, 2, 3]);
        let mut slice = SliceMut::from(&mut values);
        slice.as_mut_slice()[0] = 7;
        slice.as_mut_slice()[1] = 8;
        assert_eq!(slice.as_slice(), [7, 8, 3]);
        assert_eq!(values, [7, 8, 3]);
    }

    #[test]
    fn a_callback_calls_the_closure() {
        let mut sum = 0;
        let mut add = |more: u32| {
            sum += more;
            sum
        };
        let mut callback = Callback::new(&mut add);
        assert_eq!((callback.call(2), callback.call(3)), (2, 5));
    }

    #[test]
    fn they_are_stable() {
        const {
            assert!(<Str<'_> as Interface>::TYPE.stable);
            assert!(<Slice<'_, u8> as Interface>::TYPE.stable);
            assert!(<SliceMut<'_, u8> as Interface>::TYPE.stable);
            assert!(<Callback<'_, u8, ()> as Interface>::TYPE.stable);
        }
    }
}
