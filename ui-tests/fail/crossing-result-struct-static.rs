use dlkm_rt::{Interface, LoadError, module};

#[derive(Interface)]
pub struct Report {
    pub number: u8,
    pub title: &'static str,
}

#[module]
pub trait Shm {
    #[ustub]
    fn report() -> Result<Report, LoadError>;
}

fn main() {}
