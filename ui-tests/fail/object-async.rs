use dlkm_rt::interface;

#[interface]
pub trait Job {
    async fn run(&self);
}

fn main() {}
