use dlkm_rt::module;

#[module]
pub trait Shm {
    #[wstub(or = nothing, or = less)]
    fn shmexit(pid: u32);
}

fn nothing(_pid: u32) {}

fn less(_pid: u32) {}

fn main() {}
