use dlkm_rt::module;

mod fallback {
    fn nothing(_pid: u32) {}
}

#[module]
pub trait Shm {
    #[wstub(or = fallback::nothing)]
    fn shmexit(pid: u32);
}

fn main() {}
