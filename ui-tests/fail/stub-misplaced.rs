use dlkm_rt::{LoadError, stub, ustub, wstub};

#[stub]
fn shmget(key: u32) -> Result<u32, LoadError> {
    Ok(key)
}

pub trait Shm {
    #[ustub]
    fn shmat(id: u32) -> Result<usize, LoadError>;
}

#[wstub(or = nothing)]
struct Shmexit;

fn main() {
    let _ = shmget(7);
}
