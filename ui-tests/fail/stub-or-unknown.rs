use dlkm_rt::module;

#[module]
pub trait Shm {
    #[wstub(or = nothing)]
    fn shmexit(pid: u32);

    #[stub(or = nobody)]
    fn shmfork(pid: u32);
}

fn main() {}
