//! `heap`: returns and takes blocks on the host's heap.

use dlkm_rt::{LoadError, module};

/// The driver.
pub struct Driver;

#[module]
impl scenario_api::Heap for Driver {
    fn bytes(length: usize) -> Result<Vec<u8>, LoadError> {
        Ok((0..length).map(|i| i as u8).collect())
    }

    fn greeting(name: &str) -> Result<String, LoadError> {
        Ok(format!("hello, {name}"))
    }

    fn swallow(mut bytes: Vec<u8>, mut text: String) -> Result<usize, LoadError> {
        bytes.extend([0; 100_000]);
        text.push('!');
        text.shrink_to_fit();
        Ok(bytes.len() + text.len())
    }
}
