//! A copy taken out of a `Held` would outlive its module.

use std::rc::Rc;

use dlkm_rt::{Held, Interface, LoadError, module};

#[module]
pub trait Copies {
    #[ustub]
    fn table() -> Result<Held<Box<Table>>, LoadError>;

    #[ustub]
    fn list() -> Result<Held<Vec<Box<dyn Fn()>>>, LoadError>;

    #[ustub]
    fn names() -> Result<Held<&'static [&'static str]>, LoadError>;

    #[ustub]
    fn shared() -> Result<Held<Box<Rc<dyn Fn()>>>, LoadError>;
}

#[derive(Interface)]
pub struct Table {
    pub name: String,
    pub run: fn(),
}

fn main() {}
