use dlkm_rt::module;

#[module]
pub trait Shm {
    #[wstub(or)]
    fn shmexit(pid: u32);

    #[wstub(nothing)]
    fn shmfork(pid: u32);

    #[wstub = nothing]
    fn shmexec(pid: u32);

    #[wstub(or =)]
    fn shmdt(pid: u32);
}

fn nothing(_: u32) {}

fn main() {}
