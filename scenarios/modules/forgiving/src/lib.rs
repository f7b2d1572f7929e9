//! `forgiving`: panics on wrong arguments.

use dlkm_rt::{LoadError, module};

/// The driver.
pub struct Driver;

#[module]
impl scenario_api::Forgiving for Driver {
    fn divide(a: u64, b: u64) -> Result<u64, LoadError> {
        Ok(a / b)
    }

    fn append(text: &mut String, length: usize, letter: char) -> usize {
        text.push_str("so far so good");
        assert!(length < 100, "{length} is too long");
        text.extend(std::iter::repeat_n(letter, length));
        text.len()
    }

    fn byte(bytes: &[u8], at: usize) -> u8 {
        bytes[at]
    }
}
