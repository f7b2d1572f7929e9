//! The module that is linked into the program, and the same function without a module.

/// The function. A compiler finds no formula for a loop that calls it.
#[inline]
pub fn inlined(a: u64, b: u64) -> u64 {
    (a ^ 0x1234_5678).wrapping_mul(3).wrapping_add(b)
}

/// The same, never inlined.
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
