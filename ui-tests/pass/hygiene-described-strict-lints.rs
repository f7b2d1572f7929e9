//! A crate with strict lints, which allows nothing.
#![forbid(unsafe_code, missing_docs, deprecated, unused_imports)]
#![deny(
    warnings,
    unreachable_pub,
    unused,
    nonstandard_style,
    rust_2018_idioms,
    let_underscore,
    keyword_idents,
    future_incompatible,
    missing_debug_implementations,
    missing_copy_implementations,
    single_use_lifetimes,
    unused_qualifications,
    unused_results,
    unused_lifetimes,
    unused_extern_crates,
    trivial_casts,
    trivial_numeric_casts,
    elided_lifetimes_in_paths,
    unit_bindings,
    absolute_paths_not_starting_with_crate,
    macro_use_extern_crate,
    meta_variable_misuse,
    unsafe_op_in_unsafe_fn,
    explicit_outlives_requirements,
    redundant_lifetimes,
    ambiguous_negative_literals,
    non_ascii_idents,
    variant_size_differences
)]

use dlkm_rt::interface::{Closure, Function};
use dlkm_rt::{Interface, interface};

/// An entry.
#[derive(Debug, Clone, Copy, Interface)]
pub struct Entry<'a, T, const N: usize, const M: u128> {
    /// Its text.
    pub text: &'a str,
    /// Its items.
    pub items: [T; N],
    /// Its callback.
    pub call: fn(&str) -> bool,
    hidden: Hidden,
}

#[derive(Debug, Clone, Copy, Interface)]
struct Hidden(u8);

/// A kind.
#[derive(Debug, Clone, Copy, Interface)]
#[repr(i128)]
pub enum Kind {
    /// One.
    One,
    /// Two.
    Two = 4,
}

/// An object.
#[interface]
pub trait Object<T>: std::fmt::Debug {
    /// Gets.
    fn get<'a>(&'a mut self, entry: &Entry<'a, T, 3, 4>, call: &(dyn Fn(&str) + Send)) -> &'a T;
    /// Ends.
    fn end(self: Box<Self>) -> Kind;
}

fn crosses<T: Interface + ?Sized>() {
    assert!(!T::TYPE.name.is_empty());
}

fn main() {
    let entry = Entry::<'_, u8, 1, 4> {
        text: "",
        items: [0],
        call: |_| true,
        hidden: Hidden(1),
    };
    assert_eq!(entry.hidden.0, 1);
    assert_eq!([Kind::One as u8, Kind::Two as u8], [0, 4]);
    crosses::<Entry<'_, u8, 4, 4>>();
    crosses::<Kind>();
    crosses::<dyn Object<u8>>();
    crosses::<Function<0, (), ()>>();
    crosses::<Closure<0, (), ()>>();
}
