//! Interfaces with and without `abi = "C"`, and their modules.
#![deny(warnings, missing_docs)]
#![deny(unsafe_op_in_unsafe_fn, unreachable_pub)]

/// The interfaces.
pub mod api {
    use dlkm_rt::{LoadError, module};

    /// Of C.
    #[module(name = "of-c", abi = "C")]
    pub trait OfC {
        /// One.
        #[ustub(or = zero)]
        fn one() -> u8;

        /// Two, if the module is there.
        #[wstub(or = super::api::zero)]
        fn two() -> u8;

        /// A stub's own name as that of a fallback.
        #[stub(or = three)]
        fn three() -> u8;
    }

    /// Of Rust.
    #[module(name = "of-rust")]
    pub trait OfRust {
        /// A text.
        #[stub]
        fn text() -> Result<String, LoadError>;
    }

    fn zero() -> u8 {
        0
    }

    fn three() -> u8 {
        33
    }
}

/// Provides both.
#[dlkm_rt::module]
pub mod both {
    use dlkm_rt::LoadError;

    /// The driver.
    pub struct Driver;

    #[export]
    impl crate::api::OfC for Driver {
        fn one() -> u8 {
            1
        }

        fn two() -> u8 {
            2
        }

        fn three() -> u8 {
            3
        }
    }

    #[export]
    impl crate::api::OfRust for Driver {
        fn text() -> Result<String, LoadError> {
            Ok("text".to_owned())
        }
    }
}

fn main() {
    assert_eq!(api::of_c::two(), 0, "no kernel is booted");
    // SAFETY: there is no folder.
    let root = unsafe { dlkm_rt::ModuleRoot::trusted("/nonexistent") };
    dlkm_rt::Kernel::boot(root).expect("static modules");
    assert_eq!(api::of_c::one(), 1);
    assert_eq!(api::of_c::two(), 2);
    assert_eq!(api::of_c::three(), 3);
    assert_eq!(api::of_rust::text().expect("static"), "text");
}
