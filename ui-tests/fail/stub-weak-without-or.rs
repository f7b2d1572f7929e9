use dlkm_rt::module;

#[module]
pub trait Shm {
    #[wstub]
    fn shmexit(pid: u32);

    #[wstub()]
    fn shmfork(pid: u32);
}

fn main() {
    shm::shmexit(1);
}
