//! `idle = "30s"`: a length of time, as an author writes it.

use syn::{Ident, LitStr};

use crate::errors::Errors;

/// The longest time that makes sense: a year.
const MOST: u64 = 365 * 24 * HOUR;

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// How long a module stays loaded without calls.
pub(crate) struct Idle {
    pub(crate) literal: LitStr,
    pub(crate) millis: u64,
}

impl Idle {
    /// Reports a literal that is not a length of time, and returns `None` for it.
    pub(crate) fn parse(literal: LitStr, errors: &mut Errors) -> Option<Self> {
        match millis(&literal.value()) {
            Ok(millis) => Some(Idle { literal, millis }),
            Err(message) => {
                errors.at(&literal, message);
                None
            }
        }
    }

    /// Reports a module that is never unloaded. Only rustc sees whether the interfaces are
    /// unloadable: `idle_needs_unloadable`.
    pub(crate) fn check(&self, states: Option<&[Ident]>, errors: &mut Errors) {
        let states = states.unwrap_or_default();
        if !states.is_empty() && states.iter().all(|state| state == "static") {
            errors.at(
                &self.literal,
                "a module that can only be static is never unloaded: remove `idle`",
            );
        }
    }
}

fn millis(text: &str) -> Result<u64, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    if number.is_empty() {
        let like = "write a whole number and a unit (`ms`, `s`, `m`, `min` or `h`), as in \"30s\"";
        return Err(format!("\"{text}\" is not a length of time: {like}"));
    }
    let unit = match unit {
        "ms" => 1,
        "s" => SECOND,
        "m" | "min" => MINUTE,
        "h" => HOUR,
        "" => {
            return Err(format!(
                "\"{text}\" has no unit: add `ms`, `s`, `m`, `min` or `h`"
            ));
        }
        unit => {
            let known = "write a whole number followed by `ms`, `s`, `m`, `min` or `h`";
            return Err(format!("unknown unit `{unit}`: {known}"));
        }
    };
    let number: Option<u64> = number.parse().ok();
    match number.and_then(|number| number.checked_mul(unit)) {
        Some(0) => Err(
            "with an idle time of zero, the module would be unloaded between two calls: write a \
             longer time, or remove `idle`"
                .to_owned(),
        ),
        Some(millis) if millis <= MOST => Ok(millis),
        _ => Err(format!(
            "\"{text}\" is longer than a year (\"8760h\"): to keep the module loaded, remove `idle`"
        )),
    }
}
