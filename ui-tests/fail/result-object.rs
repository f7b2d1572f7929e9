//! The book's chapter "What may cross" shows what is said to this.

use dlkm_rt::{LoadError, interface, module};

#[interface]
pub trait Matcher {
    fn find(&mut self, line: &str) -> Option<usize>;
}

#[module(name = "search")]
pub trait Search {
    #[ustub]
    fn matcher(pattern: &str) -> Result<Box<dyn Matcher>, LoadError>;
}

fn main() {}
