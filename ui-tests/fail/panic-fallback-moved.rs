//! The fallback would get arguments that the module's function has consumed.

use dlkm_rt::{Interface, LoadError, module};

#[module(on_panic = fallback)]
pub trait Store {
    #[ustub(or = drop_it)]
    fn keep(name: &str, bytes: Vec<u8>, about: About);

    // The error of the result needs no argument.
    #[ustub]
    fn send(bytes: Vec<u8>) -> Result<(), LoadError>;
}

#[derive(Interface)]
pub struct About {
    pub size: u64,
}

fn drop_it(_: &str, _: Vec<u8>, _: About) {}

fn main() {}
