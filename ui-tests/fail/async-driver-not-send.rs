use std::rc::Rc;

use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    async fn shmget(key: u32) -> Result<u32, LoadError>;
}

pub struct Driver;

#[module]
impl Shm for Driver {
    async fn shmget(key: u32) -> Result<u32, LoadError> {
        let key = Rc::new(key);
        std::future::ready(()).await;
        Ok(*key)
    }
}

fn main() {}
