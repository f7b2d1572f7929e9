//! The module that is linked in, and the same as plain functions.

/// The function: one that a compiler does not find a formula for when it is called in a loop.
#[inline]
pub fn inlined(a: u64, b: u64) -> u64 {
    (a ^ 0x1234_5678).wrapping_mul(3).wrapping_add(b)
}

/// The same, to be called.
#[inline(never)]
pub fn called(a: u64, b: u64) -> u64 {
    inlined(a, b)
}

/// The module.
#[dlkm_rt::module]
pub mod direct {
    /// The driver.
    pub struct Driver;

    #[export]
    impl static_api::Direct for Driver {
        fn mix(a: u64, b: u64) -> u64 {
            super::inlined(a, b)
        }

        fn weak_mix(a: u64, b: u64) -> u64 {
            super::inlined(a, b)
        }
    }

    #[export]
    impl static_api::DirectUnloadable for Driver {
        fn mix(a: u64, b: u64) -> u64 {
            super::inlined(a, b)
        }
    }

    #[export]
    impl static_api::Slotted for Driver {
        fn mix(a: u64, b: u64) -> u64 {
            super::inlined(a, b)
        }

        fn weak_mix(a: u64, b: u64) -> u64 {
            super::inlined(a, b)
        }
    }

    #[export]
    impl static_api::SlottedUnloadable for Driver {
        fn mix(a: u64, b: u64) -> u64 {
            super::inlined(a, b)
        }
    }
}
