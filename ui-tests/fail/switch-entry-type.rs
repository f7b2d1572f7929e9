//! `Entry` is the table's own type.

use dlkm_rt::{Interface, LoadError, switch};

#[derive(Interface)]
pub struct Entry(u32);

#[switch]
pub trait Folder {
    #[stub]
    fn first() -> Result<Entry, LoadError>;
    #[stub]
    fn add(all: Vec<Entry>) -> Result<u32, LoadError>;
    #[stub]
    fn last() -> Result<self::Entry, LoadError>;
}

fn main() {}
