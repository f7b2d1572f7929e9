use dlkm_rt::module;

#[module]
pub trait Shm {}

fn main() {}
