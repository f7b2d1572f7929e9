//! The module that is linked into the host.

/// The module.
#[dlkm_rt::module]
pub mod linked {
    /// The driver.
    pub struct Driver;

    #[export]
    impl bench_api::Linked for Driver {
        fn add(a: u64, b: u64) -> u64 {
            a.wrapping_add(b)
        }
    }

    #[export]
    impl bench_api::LinkedUnloadable for Driver {
        fn add(a: u64, b: u64) -> u64 {
            a.wrapping_add(b)
        }
    }
}
