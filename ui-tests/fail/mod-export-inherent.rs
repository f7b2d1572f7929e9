use dlkm_rt::module;

#[module]
mod driver {
    pub struct Driver;

    #[export]
    impl Driver {
        pub fn shmget(key: u32) -> u32 {
            key
        }
    }
}

fn main() {
    driver::Driver::shmget(7);
}
