#![no_implicit_prelude]
#![deny(warnings)]
#![allow(dead_code)]

use ::dlkm_rt::{Interface, interface};

#[derive(Interface)]
pub struct Entry<'a, T, const N: usize> {
    pub text: &'a str,
    pub items: [T; N],
    pub call: fn(&str) -> bool,
    #[interface(unsafe(opaque))]
    pub opaque: ::std::thread::ThreadId,
}

#[derive(Interface)]
pub enum Kind {
    One,
    Two = 4,
}

#[derive(Interface)]
pub enum Mixed {
    One,
    Two(u8),
}

#[interface]
pub trait Object<T>: ::std::marker::Send {
    fn get(&mut self, entry: &Entry<'_, T, 3>, call: &dyn ::std::ops::Fn(&str)) -> Kind;
    fn end(self: ::std::boxed::Box<Self>);
}

fn crosses<T: Interface + ?::std::marker::Sized>() {
    ::std::assert!(!T::TYPE.name.is_empty());
}

fn main() {
    crosses::<Entry<'_, u8, 4>>();
    crosses::<Kind>();
    crosses::<Mixed>();
    crosses::<dyn Object<u8> + ::std::marker::Send>();
}
