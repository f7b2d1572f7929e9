use dlkm_rt::interface;

#[interface]
pub trait Job {
    extern "system" fn run(&self);
}

fn main() {}
