use dlkm_rt::module;

#[module]
pub trait Shm {
    #[stub]
    fn shmat(id: u32) -> Option<usize>;

    #[ustub]
    fn shmdt(id: u32) -> bool;
}

fn main() {}
