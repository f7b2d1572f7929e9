//! `idle = "30s"`: a length of time, as an author writes it.

use syn::{Ident, LitStr};

use crate::errors::Errors;

/// Longer than this nobody means to wait: a year.
const MOST: u64 = 365 * 24 * HOUR;

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// How long a module stays that nobody calls.
pub(crate) struct Idle {
    pub(crate) literal: LitStr,
    pub(crate) millis: u64,
}

impl Idle {
    /// Reports what is no such length of time, and goes on without.
    pub(crate) fn parse(literal: LitStr, errors: &mut Errors) -> Option<Self> {
        match millis(&literal.value()) {
            Ok(millis) => Some(Idle { literal, millis }),
            Err(message) => {
                errors.at(&literal, message);
                None
            }
        }
    }

    /// Reports where it can't mean anything. Whether the interfaces are unloadable only rustc
    /// sees: `idle_needs_unloadable`.
    pub(crate) fn check(&self, states: Option<&[Ident]>, errors: &mut Errors) {
        let states = states.unwrap_or_default();
        if !states.is_empty() && states.iter().all(|state| state == "static") {
            errors.at(
                &self.literal,
                "a module that can only be static is never unloaded: leave `idle` out",
            );
        }
    }
}

fn millis(text: &str) -> Result<u64, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    if number.is_empty() {
        let like = "`idle` is a number and a unit, as in \"30s\": `ms`, `s`, `m` or `min`, `h`";
        return Err(format!("{like}; not \"{text}\""));
    }
    let unit = match unit {
        "ms" => 1,
        "s" => SECOND,
        "m" | "min" => MINUTE,
        "h" => HOUR,
        "" => {
            return Err(format!(
                "\"{text}\" has no unit: `ms`, `s`, `m` or `min`, `h`"
            ));
        }
        unit => {
            let known = "units are `ms`, `s`, `m` or `min`, `h`, after a whole number";
            return Err(format!("unknown unit `{unit}`; {known}"));
        }
    };
    let number: Option<u64> = number.parse().ok();
    match number.and_then(|number| number.checked_mul(unit)) {
        Some(0) => Err(
            "a module that is idle for no time at all would go between two calls: leave `idle` \
             out, or give it some time"
                .to_owned(),
        ),
        Some(millis) if millis <= MOST => Ok(millis),
        _ => Err(format!(
            "\"{text}\" is more than a year (\"8760h\"): leave `idle` out, and the module stays"
        )),
    }
}
