use dlkm_rt::module;

#[module]
pub trait Shm {
    #[ustub(or = not_attached)]
    fn shmat(id: u32) -> Option<usize>;

    #[stub(or = refused)]
    fn shmctl(id: u32, command: u8) -> bool;
}

fn not_attached(_id: u32) {}

fn refused(_id: u32) -> bool {
    false
}

fn main() {}
