use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn describe(one: &str, two: &str) -> Result<&str, LoadError>;

    #[stub]
    fn name<'a>(of: &'a str, or: &str) -> Result<Option<Segment<'_>>, LoadError>;
}

pub struct Segment<'a>(pub &'a str);

pub struct Driver;

#[module]
impl Shm for Driver {
    fn describe<'a>(one: &'a str, two: &'a str) -> Result<&'a str, LoadError> {
        Ok([one, two][0])
    }

    fn name<'a>(of: &'a str, _: &str) -> Result<Option<Segment<'a>>, LoadError> {
        Ok(Some(Segment(of)))
    }
}

fn main() {
    let _ = shm::describe("one", "two");
}
