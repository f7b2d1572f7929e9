use dlkm_rt::module;

#[module]
pub trait Shm {
    #[wstub(or = nothing())]
    fn shmexit(pid: u32);

    #[ustub(or = |_| 0)]
    fn shmat(id: u32) -> usize;

    #[ustub(or = nothing::<u32>)]
    fn shmdt(id: u32) -> usize;
}

fn main() {}
