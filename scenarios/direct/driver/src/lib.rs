//! A module with three interfaces, none of which has its name.
#![forbid(unsafe_code)]
#![deny(warnings)]

/// The module.
#[dlkm_rt::module(load = init)]
pub mod arithmetic {
    use std::sync::atomic::{AtomicBool, Ordering};

    use dlkm_rt::{HookError, LoadArg, LoadError};
    // The interface's macro is imported and renamed together with the trait.
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
        // Relaxed: only calls after the load read it, and the boot or the slot orders those.
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

        // The driver may be declared with less than the interface demands of it.
        fn first<'text>(text: &'text str, blank: &str) -> &'text str {
            text.split(blank).next().unwrap_or(text)
        }

        fn ready() -> Result<bool, LoadError> {
            // Relaxed: the boot or the slot orders the load hook before this call.
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
