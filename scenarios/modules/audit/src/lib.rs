//! `audit`: provides unloadable interfaces without a `#[ustub]`.

#[dlkm_rt::module(desc = "counts what it records")]
mod audit {
    use std::sync::atomic::{AtomicU64, Ordering};

    use dlkm_rt::LoadError;

    /// The driver.
    pub(crate) struct Driver;

    static COUNT: AtomicU64 = AtomicU64::new(0);

    #[export]
    impl scenario_api::Audit for Driver {
        fn record() -> u64 {
            COUNT.fetch_add(1, Ordering::Relaxed) + 1
        }

        fn during(body: &mut dyn FnMut()) -> bool {
            body();
            true
        }
    }

    #[export]
    impl scenario_api::AuditSeal for Driver {
        fn seal() -> Result<u64, LoadError> {
            Ok(COUNT.load(Ordering::Relaxed))
        }
    }
}
