//! A module of three interfaces, under another name than theirs.
#![forbid(unsafe_code)]
#![deny(warnings)]

/// The module.
#[dlkm_rt::module(load = init)]
pub mod arithmetic {
    use std::sync::atomic::{AtomicBool, Ordering};

    use dlkm_rt::{HookError, LoadArg, LoadError};
    // A macro is imported and renamed with the trait.
    use scenario_direct_api::Numbers as Sums;
    use scenario_direct_api::*;

    /// The driver.
    pub struct Driver;

    static READY: AtomicBool = AtomicBool::new(false);

    fn init(arg: &LoadArg) -> Result<(), HookError> {
        if std::env::var_os("DIRECT_FAIL").is_some() {
            return Err("no abacus".into());
        }
        println!("{}: load", arg.module());
        // Relaxed: read by who was told that the load has ended.
        READY.store(true, Ordering::Relaxed);
        Ok(())
    }

    #[export]
    impl Sums for Driver {
        fn add(a: u64, b: u64) -> Result<u64, LoadError> {
            Ok(a.checked_add(b).expect("too large"))
        }

        fn mix(mut a: u64, b: u64) -> u64 {
            a ^= 0x1234_5678;
            a.wrapping_mul(3).wrapping_add(b)
        }

        // Less is allowed to a driver than the interface asks of it.
        fn first<'text>(text: &'text str, blank: &str) -> &'text str {
            text.split(blank).next().unwrap_or(text)
        }

        fn ready() -> Result<bool, LoadError> {
            // Relaxed: as above.
            Ok(READY.load(Ordering::Relaxed))
        }

        fn r#type() -> Result<(), LoadError> {
            Ok(())
        }
    }

    #[export]
    impl Guarded for Driver {
        #[allow(unconditional_panic)]
        #[track_caller]
        fn divide(a: u64, b: u64) -> u64 {
            a / b
        }
    }

    #[export]
    impl scenario_direct_api::Raw for Driver {
        fn larger(a: i32, b: i32) -> i32 {
            assert!(a != b, "equal");
            a.max(b)
        }
    }
}
