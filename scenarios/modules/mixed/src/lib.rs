//! `mixed`: an interface of ABI C, and one of ABI Rust.

/// The module.
#[dlkm_rt::module]
pub mod mixed {
    use dlkm_rt::LoadError;

    /// The driver.
    pub struct Driver;

    #[export]
    impl scenario_api::MixedC for Driver {
        fn one() -> u8 {
            1
        }
    }

    #[export]
    impl scenario_api::MixedRust for Driver {
        fn two() -> Result<String, LoadError> {
            Ok("two".to_owned())
        }
    }
}
