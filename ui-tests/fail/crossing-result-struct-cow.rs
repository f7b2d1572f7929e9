use std::borrow::Cow;

use dlkm_rt::{Interface, LoadError, module};

#[derive(Interface)]
pub struct Report {
    pub title: Cow<'static, str>,
}

#[module]
pub trait Shm {
    #[ustub]
    fn report() -> Result<Report, LoadError>;
}

fn main() {}
