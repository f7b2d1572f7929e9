use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn name(of: &'a str, or: &'b str) -> Result<&'a str, LoadError>;
}

fn main() {
    let _ = shm::name("seven", "eight");
}
