// A function with borrowed arguments: no description covers it.
use dlkm_rt::{LoadError, module};

pub type Longest = for<'x> fn(&'x str, &'x str) -> &'x str;

#[module]
pub trait Shm {
    #[stub]
    fn sort(by: Longest) -> Result<(), LoadError>;
}

fn main() {}
