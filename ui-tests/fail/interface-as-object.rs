// A trait is called by name, or through `dyn`; not both.
use dlkm_rt::{Held, LoadError, interface, module};

#[module]
#[interface]
pub trait Below {
    #[ustub]
    fn open(name: &str) -> Result<Held<Box<dyn Below>>, LoadError>;
    fn get(&self) -> u32;
}

#[interface]
#[module]
pub trait Above {
    #[ustub]
    fn open(name: &str) -> Result<Held<Box<dyn Above>>, LoadError>;
}

fn main() {
    let _ = below::open("");
    let _ = above::open("");
}
