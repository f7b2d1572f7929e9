use dlkm_rt::module;

#[module]
pub trait Shm {
    #[wstub(otherwise = nothing)]
    fn shmexit(pid: u32);

    #[ustub(or = zero, hold = true)]
    fn shmat(pid: u32) -> usize;
}

fn nothing(_pid: u32) {}

fn zero(_pid: u32) -> usize {
    0
}

fn main() {}
