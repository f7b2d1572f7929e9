use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: Key) -> Result<Segment, LoadError>;

    #[wstub(or = nothing)]
    fn shmexit(process: process::Id);
}

fn nothing(_: u32) {}

fn main() {}
