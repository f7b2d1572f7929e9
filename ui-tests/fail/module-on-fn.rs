use dlkm_rt::module;

#[module(name = "shm")]
fn shmget(key: u32) -> u32 {
    key
}

fn main() {
    shmget(7);
}
