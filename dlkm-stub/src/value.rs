//! The values that functions return where the real library can't be loaded.

use crate::error::Error;

/// The value of an untyped fallback: an integer in decimal or hexadecimal digits, `NULL`,
/// or `void`.
pub(crate) fn parse(function: &str, text: &str) -> Result<i64, Error> {
    let trimmed = text.trim();
    if matches!(trimmed, "NULL" | "void") {
        return Ok(0);
    }
    let (sign, digits) = match trimmed.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, trimmed),
    };
    let parsed = match digits.strip_prefix("0x") {
        Some(hex) => i128::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    let value = parsed.ok().filter(|_| !digits.contains(['+', '-']));
    // As many bits as a register has, signed or unsigned.
    value
        .map(|value: i128| sign * value)
        .filter(|value| (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(value))
        .map(|value| value as i64)
        .ok_or_else(|| Error::Value {
            function: function.to_owned(),
            value: text.to_owned(),
        })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn integers_of_64_bits() {
        for (text, value) in [
            ("0", 0),
            ("-1", -1),
            ("NULL", 0),
            ("0x10", 16),
            ("-0x10", -16),
            ("18446744073709551615", -1),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(parse("f", text).unwrap(), value, "{text}");
        }
        for text in [
            "",
            "-",
            "--1",
            "-+1",
            "0x-1",
            "18446744073709551616",
            "-9223372036854775809",
            "one",
            "1.5",
        ] {
            let error = parse("f", text).unwrap_err();
            assert!(error.to_string().contains(&format!("`{text}`")), "{error}");
        }
    }
}
