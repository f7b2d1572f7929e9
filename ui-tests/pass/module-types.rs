// Any type may provide an interface.
#![deny(warnings)]

use dlkm_rt::{Kernel, LoadError, ModuleRoot, module};

macro_rules! interface {
    ($name:ident) => {
        #[module]
        pub trait $name {
            #[stub]
            fn number() -> Result<u8, LoadError>;
        }
    };
}

interface!(A);
interface!(B);
interface!(C);
interface!(D);
interface!(E);
interface!(F);
interface!(G);
interface!(H);

pub struct Generic<T>(pub T);
pub struct Borrows<'a>(pub &'a str);
pub enum Enum {}
mod elsewhere {
    pub struct Driver;
}

// One type may provide several.
#[module]
impl A for Enum {
    fn number() -> Result<u8, LoadError> {
        Ok(1)
    }
}

#[module]
impl B for Enum {
    fn number() -> Result<u8, LoadError> {
        Ok(2)
    }
}

#[module]
impl C for Generic<Option<u8>> {
    fn number() -> Result<u8, LoadError> {
        Ok(3)
    }
}

#[module]
impl D for Borrows<'_> {
    fn number() -> Result<u8, LoadError> {
        Ok(4)
    }
}

#[module]
impl E for () {
    fn number() -> Result<u8, LoadError> {
        Ok(5)
    }
}

#[module]
impl self::F for self::elsewhere::Driver {
    fn number() -> Result<u8, LoadError> {
        Ok(6)
    }
}

#[module]
impl crate::G for (u8, [Enum; 2], &'static str) {
    fn number() -> Result<u8, LoadError> {
        Ok(7)
    }
}

#[module]
impl H for dyn std::any::Any {
    fn number() -> Result<u8, LoadError> {
        Ok(8)
    }
}

fn main() {
    Kernel::boot(ModuleRoot::none()).unwrap();
    assert_eq!(a::number().unwrap(), 1);
    assert_eq!(b::number().unwrap(), 2);
    assert_eq!(c::number().unwrap(), 3);
    assert_eq!(d::number().unwrap(), 4);
    assert_eq!(e::number().unwrap(), 5);
    assert_eq!(f::number().unwrap(), 6);
    assert_eq!(g::number().unwrap(), 7);
    assert_eq!(h::number().unwrap(), 8);
}
