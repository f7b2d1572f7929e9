//! Writes the lines of a tunable in constants, so that the compiler can put them into a section of
//! an image.

use std::time::Duration;

use crate::const_text::Text;

/// A value of a tunable, as its author declares it.
#[derive(Clone, Copy, Debug)]
pub enum DeclaredValue {
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Integer(i128),
    /// A floating-point number, and how its author writes it: constants can't print one. Empty if
    /// the author has not written a literal.
    Float(f64, &'static str),
    /// A text.
    Text(&'static str),
    /// A word, by its position among the tunable's.
    Choice(usize),
    /// A time.
    Duration(Duration),
    /// A size in bytes.
    Size(u64),
}

/// A tunable, as the macro builds it.
#[derive(Clone, Copy, Debug)]
pub struct DeclaredTunable {
    /// Its name, without the module's.
    pub name: &'static str,
    /// The word for its type.
    pub ty: &'static str,
    /// Whether it can be changed while the module is loaded.
    pub dynamic: bool,
    /// Its description.
    pub desc: &'static str,
    /// The value that it has if nothing sets it.
    pub default: DeclaredValue,
    /// The least value.
    pub min: Option<DeclaredValue>,
    /// The greatest value.
    pub max: Option<DeclaredValue>,
    /// The words that it can be.
    pub choices: &'static [&'static str],
}

impl DeclaredTunable {
    /// The length of the text, in bytes.
    pub const fn text_len(&self) -> usize {
        self.write::<0>().length()
    }

    /// The text; `N` must be [`text_len`](Self::text_len).
    pub const fn text<const N: usize>(&self) -> [u8; N] {
        self.write().buffer()
    }

    const fn write<const N: usize>(&self) -> Text<N> {
        let mut out = Text::new();
        out.put("tunable=");
        out.put(self.name);
        out.put(" ");
        out.put(self.ty);
        if self.dynamic {
            out.put(" dynamic");
        }
        out.put(": ");
        out.put(self.desc);
        out.put("\0");
        let values = [
            ("default=", Some(self.default)),
            ("min=", self.min),
            ("max=", self.max),
        ];
        let mut i = 0;
        while i < values.len() {
            if let (key, Some(value)) = values[i] {
                out.put(key);
                value.write(self.choices, &mut out);
                out.put("\0");
            }
            i += 1;
        }
        let mut i = 0;
        while i < self.choices.len() {
            out.line("choice", self.choices[i]);
            i += 1;
        }
        out
    }
}

/// The units of times, in nanoseconds, from the largest.
const TIMES: [(&str, u128); 7] = [
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("min", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// The units of sizes, in bytes, from the largest.
const SIZES: [(&str, u128); 5] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];

impl DeclaredValue {
    /// Writes it in the form of the system file.
    const fn write<const N: usize>(&self, choices: &[&str], out: &mut Text<N>) {
        match *self {
            DeclaredValue::Bool(true) => out.put("true"),
            DeclaredValue::Bool(false) => out.put("false"),
            DeclaredValue::Integer(value) => out.number(value),
            DeclaredValue::Float(_, literal) => out.put(literal),
            DeclaredValue::Text(text) => out.put(text),
            DeclaredValue::Choice(at) => {
                if at < choices.len() {
                    out.put(choices[at]);
                }
            }
            DeclaredValue::Duration(time) => with_unit(time.as_nanos(), &TIMES, "s", out),
            DeclaredValue::Size(size) => with_unit(size as u128, &SIZES, "B", out),
        }
    }

    /// Whether both are of one ordered type, and this is less.
    pub const fn is_less(&self, other: &DeclaredValue) -> bool {
        match (*self, *other) {
            (DeclaredValue::Integer(a), DeclaredValue::Integer(b)) => a < b,
            (DeclaredValue::Float(a, _), DeclaredValue::Float(b, _)) => a < b,
            (DeclaredValue::Duration(a), DeclaredValue::Duration(b)) => a.as_nanos() < b.as_nanos(),
            (DeclaredValue::Size(a), DeclaredValue::Size(b)) => a < b,
            _ => false,
        }
    }
}

/// A number in its largest unit without a fraction; zero in `zero`.
const fn with_unit<const N: usize>(
    number: u128,
    units: &[(&str, u128)],
    zero: &str,
    out: &mut Text<N>,
) {
    if number == 0 {
        out.put("0");
        out.put(zero);
        return;
    }
    let mut i = 0;
    while i < units.len() {
        let (unit, factor) = units[i];
        if number.is_multiple_of(factor) {
            out.number((number / factor) as i128);
            out.put(unit);
            return;
        }
        i += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTEGER: DeclaredTunable = DeclaredTunable {
        name: "segments",
        ty: "i32",
        dynamic: true,
        desc: "how many",
        default: DeclaredValue::Integer(-4),
        min: Some(DeclaredValue::Integer(-8)),
        max: Some(DeclaredValue::Integer(8)),
        choices: &[],
    };
    const CHOICE: DeclaredTunable = DeclaredTunable {
        name: "mode",
        ty: "choice",
        dynamic: false,
        desc: "",
        default: DeclaredValue::Choice(1),
        min: None,
        max: None,
        choices: &["write-back", "write-through"],
    };

    fn text<const N: usize>(text: [u8; N]) -> String {
        String::from_utf8(text.to_vec()).unwrap()
    }

    #[test]
    fn the_lines_are_those_that_the_reader_expects() {
        const INTEGER_TEXT: [u8; INTEGER.text_len()] = INTEGER.text();
        const CHOICE_TEXT: [u8; CHOICE.text_len()] = CHOICE.text();
        assert_eq!(
            text(INTEGER_TEXT),
            "tunable=segments i32 dynamic: how many\0default=-4\0min=-8\0max=8\0"
        );
        assert_eq!(
            text(CHOICE_TEXT),
            "tunable=mode choice: \0default=write-through\0choice=write-back\0\
             choice=write-through\0"
        );
    }

    #[test]
    fn times_and_sizes_have_their_largest_unit() {
        let shown = |value: DeclaredValue| {
            let mut out = Text::<32>::new();
            value.write(&[], &mut out);
            String::from_utf8(out.bytes().to_vec()).unwrap()
        };
        let time = |nanos| shown(DeclaredValue::Duration(Duration::from_nanos(nanos)));
        let times = [0, 1, 1_500, 90_000_000_000, 7_200_000_000_000].map(time);
        assert_eq!(times, ["0s", "1ns", "1500ns", "90s", "2h"]);
        let sizes = [0, 1, 1025, 65536, 3 << 30].map(|size| shown(DeclaredValue::Size(size)));
        assert_eq!(sizes, ["0B", "1B", "1025B", "64KiB", "3GiB"]);
    }
}
