use dlkm_rt::module;

pub trait Reset {
    fn reset();
}

#[module]
mod driver {
    pub struct Driver;

    #[export]
    impl super::Reset for Driver {
        fn reset() {}
    }
}

fn main() {}
