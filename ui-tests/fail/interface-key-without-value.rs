use dlkm_rt::{LoadError, module};

#[module(name)]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

#[module(name =)]
pub trait Sem {
    #[stub]
    fn semget(key: u32) -> Result<u32, LoadError>;
}

#[module("msg")]
pub trait Msg {
    #[stub]
    fn msgget(key: u32) -> Result<u32, LoadError>;
}

fn main() {}
