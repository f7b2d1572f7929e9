// Each function has a mistake of its own, and each is reported.
use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub(or = "nothing")]
    fn shmget(key: u32) -> u32;

    #[stub]
    fn shmctl(&self, command: impl Fn()) -> Result<u32, LoadError>;

    #[stub]
    #[wstub]
    fn shmdt(id: u32) -> Result<u32, LoadError>;

    fn shmat(id: u32) -> Result<u32, LoadError>;

    #[ustub]
    async fn shmstat<T>((id, _): (u32, T)) -> Result<Self, LoadError>;
}

fn main() {
    let _ = shm::shmget(7);
    let _ = shm::shmat(7);
}
