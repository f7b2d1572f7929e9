use dlkm_rt::{Interface, LoadError, module};

#[derive(Interface)]
pub struct Name(pub std::borrow::Cow<'static, str>);

#[module]
pub trait Shm {
    #[stub]
    fn greet(name: &Name) -> Result<(), LoadError>;
}

fn main() {}
