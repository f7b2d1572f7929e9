//! What the chapter "What may cross" says keeps an image mapped, or is not checked. It compiles: if
//! one of these becomes an error, the chapter has to say so.

use std::error::Error;
use std::io::Read;

use dlkm_rt::{Held, Interface, LoadError, module};

/// Two things that a description does not show.
#[derive(Interface)]
pub struct Handle {
    /// Whoever follows it says `unsafe`.
    pub at: *const str,
    /// What the author vouches for.
    #[interface(unsafe(opaque))]
    pub run: Callback,
}

/// Carries code.
pub struct Callback(pub fn());

/// An unloadable interface, whose types leave open what leaves the module.
#[module(name = "escapes")]
pub trait Escapes {
    /// Neither is looked into.
    #[ustub]
    fn pointer_and_opaque() -> Result<Handle, LoadError>;

    /// The errors of its `read` are code of the module, and outlive the reader.
    #[ustub]
    fn reader() -> Result<Held<Box<dyn Read>>, LoadError>;

    /// A downcast leads to a type that was not compared.
    #[ustub]
    fn error() -> Result<(), Held<Box<dyn Error>>>;

    /// The errors of the caller's reader are the caller's code. Behind an `Option`, there is no
    /// shield that makes them anew.
    #[ustub]
    fn read(input: Option<&mut dyn Read>) -> Result<(), LoadError>;
}

/// Its result borrows from the argument, says the type.
#[module(name = "literals")]
pub trait Literals {
    /// A name.
    #[ustub]
    fn name(of: &u8) -> Result<&str, LoadError>;
}

/// The driver.
pub enum Driver {}

#[module]
impl Literals for Driver {
    fn name(_: &u8) -> Result<&str, LoadError> {
        Ok("a text of the module's image")
    }
}

#[test]
fn without_a_module_each_is_an_error() {
    assert!(literals::name(&1).is_err());
    assert!(escapes::pointer_and_opaque().is_err());
    assert!(escapes::reader().is_err());
    let error = escapes::error().expect_err("no kernel is booted");
    assert!(error.downcast_ref::<LoadError>().is_some());
    assert!(escapes::read(Some(&mut std::io::empty())).is_err());
}

#[test]
fn their_images_stay_mapped() {
    for (unmap, function, does) in [
        (
            escapes::dlkm_glue::DECLARATION.unmap,
            "pointer_and_opaque",
            "returns `opaque`, which may contain anything, in `Handle.run`",
        ),
        (
            literals::dlkm_glue::DECLARATION.unmap,
            "name",
            "returns a borrow, `&str`",
        ),
    ] {
        let obstacle = unmap.provider.expect("it stays mapped");
        assert_eq!((obstacle.function, obstacle.does), (function, does));
    }
}
