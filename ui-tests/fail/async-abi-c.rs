use dlkm_rt::module;

#[module(abi = "C")]
pub trait Shm {
    #[stub(or = none)]
    async fn shmget(key: u32) -> u32;
}

async fn none(_: u32) -> u32 {
    0
}

fn main() {}
