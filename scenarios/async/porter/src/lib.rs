//! `porter`: an async function of a load-only module.

use dlkm_rt::{LoadError, module};

/// The driver.
pub struct Driver;

#[module]
impl scenario_async_api::Porter for Driver {
    async fn carry(parcel: &str) -> Result<String, LoadError> {
        std::future::ready(()).await;
        Ok(format!("{parcel}, for good"))
    }
}
