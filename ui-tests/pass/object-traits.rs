// Traits of all kinds, with each set of auto traits.
#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::{self, Debug, Display};
use std::io::Read;

use dlkm_rt::{Interface, interface};

#[interface]
pub trait Plain {
    fn get(&self) -> u8;
    fn set(&mut self, to: u8);
    fn end(self: Box<Self>) -> String;
    fn typed(self: &Self, mut_too: &mut u8);
    fn provided(&self, text: &str, list: &mut Vec<u8>) -> Option<&'static str> {
        list.extend(text.bytes());
        None
    }
    fn borrowed<'a, 'b>(&'a self, one: &'a str, other: &'b str) -> (&'a str, &'b str);
    fn format(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
    fn call(&self, each: &mut dyn FnMut(&str, &mut [u8]) -> bool, or: for<'x> fn(&'x u8) -> &'x u8);
    unsafe fn trusted(&self);
    extern "C" fn foreign(&self, _: u8);
    fn kept_out<T>(&self, _: T) -> Self
    where
        Self: Sized;
    fn new() -> Self
    where
        Self: Sized;
}

#[interface]
pub trait Empty {}

#[interface]
pub trait Marked: Send + Sync + Unpin + 'static {
    fn get(&self) -> u8;
}

#[interface]
pub trait Derived<'a>:
    Plain + Debug + Display + Read + std::error::Error + Parameters<'a, u8, 3>
{
    fn more(&self) -> &dyn Plain;
}

#[interface]
pub trait Parameters<'a, T: Clone, const N: usize>
where
    T: Debug,
{
    fn get(&self, at: &'a [T; N]) -> Option<&'a T>;
    fn nested<'x>(&'x self, of: &'x [&'a T], call: fn(&[&'a T])) -> &'x mut [&'a T];
}

#[interface]
pub unsafe trait Trusted
where
    Self: Plain + Send,
{
    fn call(&self);
}

#[interface]
pub trait Calling: Fn(u8) -> u8 {
    type Kept
    where
        Self: Sized;
}

// Private types in the methods of a private trait.
struct Hidden;

#[derive(Interface)]
struct Known(u8);

#[interface]
trait Private {
    fn get(&self, known: &Known) -> Known;
}

mod deep {
    #[dlkm_rt::interface]
    pub(super) trait Near: super::Private {
        fn get(&self, known: &super::Known) -> Box<dyn super::Private>;
    }
}

#[derive(Interface)]
pub struct Holder<'a> {
    borrowed: &'a dyn Plain,
    sent: Box<dyn Plain + Send>,
    shared: &'a (dyn Plain + Sync + 'a),
    both: std::sync::Arc<dyn Plain + Send + Sync>,
    higher: Box<dyn for<'x> Parameters<'x, u8, 4>>,
}

fn crosses<T: Interface + ?Sized>() {
    assert_eq!(T::TYPE.size, 0);
}

fn main() {
    crosses::<dyn Plain>();
    crosses::<dyn Empty + Send>();
    crosses::<dyn Marked + Sync>();
    crosses::<dyn Derived<'_> + Send + Sync>();
    crosses::<dyn Parameters<'_, u8, 3>>();
    crosses::<dyn Trusted>();
    crosses::<dyn Calling<Output = u8>>();
    crosses::<dyn Private>();
    crosses::<dyn deep::Near>();
    assert_eq!(Holder::TYPE.variants[0].fields.len(), 5);

    #[interface]
    trait Local {
        fn get(&self);
    }
    crosses::<dyn Local>();
}
