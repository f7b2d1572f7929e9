use dlkm_rt::{Interface, LoadError, module};

pub type Same<'a> = (&'a str, &'a str);

#[derive(Interface)]
pub struct View<'a> {
    pub texts: Same<'a>,
}

#[module]
pub trait Shm {
    #[stub]
    fn view(view: View<'_>) -> Result<(), LoadError>;
}

fn main() {}
