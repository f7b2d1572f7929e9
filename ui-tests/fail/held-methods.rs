//! The results of a held object follow the rules for the results of a stub.

use dlkm_rt::{Held, LoadError, interface, module};

#[interface]
pub trait Factory {
    fn make(&self) -> Box<dyn Fn()>;
    fn name(&self) -> &'static str;
    fn keep(&mut self, callback: Box<dyn Fn()>);
}

#[module]
pub trait Factories {
    #[ustub]
    fn factory() -> Result<Held<Box<dyn Factory>>, LoadError>;

    #[ustub]
    fn maker() -> Result<Held<Box<dyn Fn() -> Box<dyn Fn()>>>, LoadError>;
}

fn main() {}
