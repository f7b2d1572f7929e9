use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn longer<'a, 'b: 'a>(one: &'a str, two: &'b str) -> Result<&'a str, LoadError>;
}

fn main() {}
