use dlkm_rt::module;

#[module]
pub trait Shm {
    #[stub]
    fn shminit(pid: u32);

    #[ustub]
    fn shmfork(pid: u32);

    #[stub()]
    fn shmexec(pid: u32);
}

fn main() {
    shm::shmfork(1);
}
