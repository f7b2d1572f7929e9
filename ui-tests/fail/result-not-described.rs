//! The book's chapter "What may cross" shows what is said to this.

use dlkm_rt::{LoadError, module};

pub struct Hit {
    pub line: u64,
}

#[module(name = "search")]
pub trait Search {
    #[ustub]
    fn find(pattern: &str, text: &str) -> Result<Vec<Hit>, LoadError>;
}

fn main() {}
