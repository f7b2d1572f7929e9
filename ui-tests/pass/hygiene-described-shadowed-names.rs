// Every name that generated code could use means something else here.
#![deny(warnings)]
#![allow(dead_code, non_camel_case_types, unused_macros)]

mod std {}
mod core {}
mod interface {}
mod dlkm {}

pub struct Result;
pub struct Option;
pub struct Some;
pub struct None;
pub struct Box;
pub struct String;
#[derive(dlkm_rt::Interface)]
pub struct str(pub i64);
#[derive(dlkm_rt::Interface)]
pub struct u8(pub i64);
#[derive(dlkm_rt::Interface)]
pub struct usize;
pub struct u64;
pub struct u128;
pub struct i128;
pub struct bool;
pub trait Sized {}
pub trait Send {}
pub trait Sync {}
pub trait Copy {}
pub trait Fn {}
#[derive(dlkm_rt::Interface)]
pub struct Interface;
#[derive(dlkm_rt::Interface)]
pub struct Type;
#[derive(dlkm_rt::Interface)]
pub struct Form;
#[derive(dlkm_rt::Interface)]
pub struct Variant;
#[derive(dlkm_rt::Interface)]
pub struct Field;
#[derive(dlkm_rt::Interface)]
pub struct Parts;
#[derive(dlkm_rt::Interface)]
pub struct Part;
#[derive(dlkm_rt::Interface)]
pub struct One;
#[derive(dlkm_rt::Interface)]
pub struct Two;
#[derive(dlkm_rt::Interface)]
pub struct Key;

macro_rules! concat {
    ($($any:tt)*) => {
        compile_error!("not this one")
    };
}
macro_rules! line {
    ($($any:tt)*) => {
        compile_error!("not this one")
    };
}
macro_rules! column {
    ($($any:tt)*) => {
        compile_error!("not this one")
    };
}
macro_rules! module_path {
    ($($any:tt)*) => {
        compile_error!("not this one")
    };
}
macro_rules! offset_of {
    ($($any:tt)*) => {
        compile_error!("not this one")
    };
}

#[derive(dlkm_rt::Interface)]
pub struct All<T, const N: ::std::primitive::usize> {
    pub text: str,
    pub numbers: (u8, usize),
    pub names: (Interface, Type, Form, Variant, Field),
    pub lists: (Parts, Part, One, Two, Key),
    pub item: T,
    pub call: fn(u8, str) -> usize,
}

#[derive(dlkm_rt::Interface)]
pub enum Values {
    Some,
    None = 2,
    Type,
    Key,
}

#[dlkm_rt::interface]
pub trait Object<T> {
    fn get(&self, text: str, call: fn(&u8) -> T) -> Type;
    fn end(&mut self);
}

fn crosses<T: dlkm_rt::Interface + ?::std::marker::Sized>() {
    assert!(!T::TYPE.name.is_empty());
}

fn main() {
    crosses::<All<u8, 4>>();
    crosses::<Values>();
    crosses::<dyn Object<u8>>();
}
