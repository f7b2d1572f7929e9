//! `pair`: one module that provides two interfaces.

use dlkm_rt::module;

#[module(kind = "pair", version = "2.0.1", desc = "left and right")]
mod pair {
    use dlkm_rt::LoadError;

    pub(crate) struct Driver;

    #[export]
    impl scenario_api::Left for Driver {
        fn left() -> Result<i32, LoadError> {
            Ok(-1)
        }
    }

    #[export]
    impl scenario_api::Right for Driver {
        fn right() -> Result<i32, LoadError> {
            Ok(1)
        }
    }
}
