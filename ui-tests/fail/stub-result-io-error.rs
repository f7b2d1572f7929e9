use dlkm_rt::module;

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> std::io::Result<u32>;
}

fn main() {}
