use dlkm_rt::module;

#[module(kind = "misc")]
mod shm;

fn main() {}
