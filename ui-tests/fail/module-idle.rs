use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn shmat(key: u32) -> Result<u32, LoadError>;
}

pub struct Driver;

#[module(idle = "30 s", states = [resident])]
impl Shm for Driver {
    fn shmat(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

#[module(idle = "0ms")]
mod zero {}

#[module(idle = "8761h")]
mod too_long {}

#[module(idle = "99999999999999999999s")]
mod too_long_to_count {}

#[module(idle = "30")]
mod without_unit {}

#[module(idle = "-5s")]
mod without_number {}

#[module(idle = "1.5s")]
mod not_whole {}

#[module(idle = 30)]
mod not_text {}

#[module(idle = "30s", idle = "1min")]
mod twice {}

#[module(idle = "30s", states = [static])]
mod only_static {}

fn main() {}
