use std::rc::Rc;

use dlkm_rt::module;

#[module]
pub trait Shm {
    #[ustub(or = other_result)]
    async fn one(key: u32) -> u32;

    #[ustub(or = other_argument)]
    async fn two(key: u32) -> u32;

    #[ustub(or = not_send)]
    async fn three(key: u32) -> u32;

    #[wstub(or = no_future)]
    async fn four(key: u32) -> u32;
}

async fn other_result(key: u32) -> u64 {
    key.into()
}

async fn other_argument(key: u64) -> u32 {
    key as u32
}

async fn not_send(key: u32) -> u32 {
    let key = Rc::new(key);
    std::future::ready(()).await;
    *key
}

fn no_future(key: u32) -> u32 {
    key
}

fn main() {}
