use dlkm_rt::module;

unsafe fn nothing(_pid: u32) {}

#[module]
pub trait Shm {
    #[wstub(or = nothing)]
    fn shmexit(pid: u32);

    #[stub(or = self::nothing)]
    fn shmfork(pid: u32);
}

fn main() {}
