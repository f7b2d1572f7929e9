use std::sync::Mutex;

use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    async fn ask(call: &(dyn Fn() + Sync)) -> Result<(), LoadError>;
}

static KEPT: Mutex<Option<&(dyn Fn() + Sync)>> = Mutex::new(None);

pub struct Driver;

#[module]
impl Shm for Driver {
    async fn ask(call: &(dyn Fn() + Sync)) -> Result<(), LoadError> {
        *KEPT.lock().unwrap() = Some(call);
        Ok(())
    }
}

fn main() {}
