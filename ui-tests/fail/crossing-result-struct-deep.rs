// Three levels down.
use dlkm_rt::{Interface, LoadError, module};

#[derive(Interface)]
pub struct Report {
    pub pages: Vec<Page>,
}

#[derive(Interface)]
pub struct Page {
    pub lines: [Line; 2],
}

#[derive(Interface)]
pub enum Line {
    Text(String),
    Drawn { by: Option<fn(u8)> },
}

#[module]
pub trait Shm {
    #[ustub]
    fn report() -> Result<Report, LoadError>;
}

fn main() {}
