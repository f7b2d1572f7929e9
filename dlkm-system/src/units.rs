//! Times and sizes, with their units.

use std::fmt;
use std::time::Duration;

use dlkm_metadata::Quoted;

/// A time or a size that can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitError {
    text: String,
    kind: Kind,
}

// Not texts: an error may outlive the image whose constants they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Time,
    Size,
}

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = &self.text;
        let (what, form) = match self.kind {
            Kind::Time => (
                "a time",
                "write a whole number and ns, us, ms, s, min, h or d",
            ),
            Kind::Size => (
                "a size",
                "write a whole number and B, kB, MB, GB, TB, KiB, MiB, GiB or TiB",
            ),
        };
        write!(f, "`{}` is not {what}: {form}", Quoted(text))
    }
}

impl std::error::Error for UnitError {}

/// The units of times, in nanoseconds.
const TIMES: [(&str, u64); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("min", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

/// The units of sizes, in bytes.
const SIZES: [(&str, u64); 9] = [
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

/// A time such as `250ms`, `30s`, `5min`: a whole number and a unit. `0` needs no unit.
///
/// # Errors
/// The text is something else, or the time has more than 2⁶⁴ nanoseconds.
pub fn duration(text: &str) -> Result<Duration, UnitError> {
    number(text, &TIMES, 0)
        .map(Duration::from_nanos)
        .ok_or_else(|| UnitError {
            text: text.to_owned(),
            kind: Kind::Time,
        })
}

/// A size in bytes such as `4096`, `64KiB`, `2MB`: a whole number, and a unit if it is not bytes.
///
/// # Errors
/// The text is something else, or the size has more than 2⁶⁴ bytes.
pub fn size(text: &str) -> Result<u64, UnitError> {
    number(text, &SIZES, u64::MAX).ok_or_else(|| UnitError {
        text: text.to_owned(),
        kind: Kind::Size,
    })
}

/// The time in its largest unit without a fraction.
pub(crate) fn write_duration(time: Duration, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let nanos = time.as_nanos();
    let seconds = ("s", 1_000_000_000);
    let whole = |(_, factor): &&(&str, u64)| nanos.is_multiple_of((*factor).into());
    let largest = TIMES.iter().rfind(whole).filter(|_| nanos > 0);
    let (unit, factor) = largest.unwrap_or(&seconds);
    write!(f, "{}{unit}", nanos / u128::from(*factor))
}

/// The size in its largest binary unit without a fraction.
pub(crate) fn write_size(size: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let binary = |(_, factor): &&(&str, u64)| factor.is_power_of_two();
    let whole = |(_, factor): &&(&str, u64)| size.is_multiple_of(*factor) && size > 0;
    let largest = SIZES.iter().filter(binary).rfind(whole);
    let (unit, factor) = largest.unwrap_or(&SIZES[0]);
    write!(f, "{}{unit}", size / factor)
}

/// A number up to `plain` needs no unit.
fn number(text: &str, units: &[(&str, u64)], plain: u64) -> Option<u64> {
    let end = text
        .find(|sign: char| !sign.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let number: u64 = digits.parse().ok()?;
    if unit.is_empty() {
        return Some(number).filter(|number| *number <= plain);
    }
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    number.checked_mul(*factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        for (text, nanos) in [
            ("0", 0),
            ("1ns", 1),
            ("250ms", 250_000_000),
            ("2min", 120_000_000_000),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_nanos(nanos)), "{text}");
        }
        for bad in [
            "",
            "s",
            "30",
            "1.5s",
            "-1s",
            "1 s",
            "1sec",
            "1S",
            "99999999999d",
        ] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sizes_are_bytes_unless_they_say_otherwise() {
        for (text, bytes) in [
            ("0", 0),
            ("4096", 4096),
            ("64KiB", 65536),
            ("2MB", 2_000_000),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for bad in ["", "KiB", "1K", "1kb", "16777216TiB", "0x10"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_error_says_how_to_write_it() {
        let error = duration("30").unwrap_err().to_string();
        assert_eq!(
            error,
            "`30` is not a time: write a whole number and ns, us, ms, s, min, h or d"
        );
    }
}
