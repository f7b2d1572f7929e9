use dlkm_rt::module;

pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[module]
pub trait Shm {
    #[ustub]
    fn open(name: &str) -> Outcome<u32>;
}

fn main() {}
