//! Stubs take over the attributes that tell callers how to use them.
#![deny(warnings, missing_docs, nonstandard_style)]

use dlkm_rt::{Interface, Kernel, LoadError, ModuleRoot, module};

/// The interface.
#[module]
pub trait Attributes {
    /// Documented.
    ///
    /// # Errors
    /// No module.
    #[doc(alias = "utilised")]
    #[must_use = "it counts"]
    #[stub(or = zero)]
    fn used() -> u8;

    #[doc = "Documented."]
    #[deprecated(since = "1.0.0", note = "call `used`")]
    #[stub(or = zero)]
    fn old() -> u8;

    /// Named as in C.
    #[allow(non_snake_case)]
    #[dlkm_rt::stub]
    fn oldStyle(someArgument: u8) -> Result<u8, LoadError>;

    /// Takes a deprecated type.
    #[allow(deprecated)]
    #[stub]
    fn takes(old: Old) -> Result<Old, LoadError>;

    #[doc(hidden)]
    #[stub]
    fn hidden() -> Result<u8, LoadError>;
}

fn zero() -> u8 {
    0
}

/// A deprecated type.
#[deprecated]
#[derive(Interface)]
pub struct Old;

/// Allowed for the whole interface.
#[allow(non_snake_case, deprecated)]
#[doc(hidden)]
#[module(name = "c-style")]
pub trait CStyle {
    /// Does something.
    #[stub]
    fn doSomething(someArgument: u8, old: Old) -> Result<u8, LoadError>;
}

/// A deprecated interface.
#[deprecated]
#[module]
pub trait Gone {
    /// Does nothing.
    #[stub(or = zero)]
    fn zero() -> u8;
}

/// The driver.
pub struct Driver;

#[module]
impl Attributes for Driver {
    fn used() -> u8 {
        1
    }

    fn old() -> u8 {
        2
    }

    fn oldStyle(some_argument: u8) -> Result<u8, LoadError> {
        Ok(some_argument)
    }

    #[allow(deprecated)]
    fn takes(old: Old) -> Result<Old, LoadError> {
        Ok(old)
    }

    fn hidden() -> Result<u8, LoadError> {
        Ok(3)
    }
}

#[module]
impl CStyle for Driver {
    #[allow(deprecated)]
    fn doSomething(some_argument: u8, _: Old) -> Result<u8, LoadError> {
        Ok(some_argument)
    }
}

fn main() {
    Kernel::boot(ModuleRoot::none()).unwrap();
    assert_eq!(attributes::used(), 1);
    #[expect(unused_must_use)]
    {
        attributes::used();
    }
    #[expect(deprecated)]
    {
        assert_eq!(attributes::old(), 2);
        assert!(attributes::takes(Old).is_ok());
        assert_eq!(c_style::doSomething(4, Old).unwrap(), 4);
    }
    #[expect(deprecated)]
    {
        assert_eq!(gone::zero(), 0);
    }
    assert_eq!(attributes::oldStyle(5).unwrap(), 5);
    assert_eq!(attributes::hidden().unwrap(), 3);
}
