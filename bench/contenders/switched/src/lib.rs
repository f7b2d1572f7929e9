//! The module in the switch tables.

/// The driver.
#[dlkm_rt::module(name = "switched", keys = ["plus", "add", "sum"])]
mod module {
    /// The driver of both tables.
    pub struct Driver;

    #[export]
    impl bench_api::Adder for Driver {
        fn add(a: u64, b: u64) -> u64 {
            a.wrapping_add(b)
        }
    }

    #[export]
    impl bench_api::Holder for Driver {
        fn add(a: u64, b: u64) -> u64 {
            a.wrapping_add(b)
        }
    }
}
