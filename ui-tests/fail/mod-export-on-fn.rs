use dlkm_rt::module;

#[module]
mod driver {
    #[export]
    pub fn shmget(key: u32) -> u32 {
        key
    }
}

fn main() {
    driver::shmget(7);
}
