//! Texts that are made to be hard to read.

use std::fmt::Write;
use std::time::{Duration, Instant};

use crate::interface::InterfaceInfo;
use crate::metadata::Metadata;
use crate::{BadMetadata, limits};

const HEAD: &str = "format=2\0name=a\0version=0.1.0\0kind=misc\0desc=\0states=auto\0depends=\0\
    rustc=1\0commit=\0target=\0pointer=\0panic=\0runtime=\0sanitizer=\0flags=\0features=\0\
    interface=a load-only C 0.1.0\0";

/// A text with as many lines as there is room for, or as many as `most`.
fn filled(begin: &str, most: usize, line: impl Fn(usize) -> String) -> String {
    let mut text = format!("{HEAD}{begin}");
    for at in 0..most {
        let line = line(at);
        if text.len() + line.len() > limits::METADATA as usize {
            break;
        }
        text.push_str(&line);
    }
    text
}

fn said(text: &str) -> String {
    Metadata::parse(text.as_bytes()).unwrap_err().to_string()
}

/// What was quadratic took minutes for such texts, in code without optimisation.
fn soon<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    assert!(
        start.elapsed() < Duration::from_secs(120),
        "{what} took {:?}",
        start.elapsed()
    );
    result
}

#[test]
fn each_limit_holds_and_is_named() {
    for (begin, most, of, line) in [
        (
            "",
            limits::INTERFACES - 1,
            "the module has more than 256 interfaces",
            "interface={} load-only C 0.1.0\0",
        ),
        (
            "",
            limits::FUNCTIONS,
            "a has more than 4096 functions",
            "export=f{} 0123456789abcdef: fn()\0",
        ),
        (
            "",
            limits::TYPES,
            "a has more than 1024 types",
            "type=struct: T{}\0",
        ),
        (
            "type=enum: E\0",
            limits::MEMBERS,
            "E has more than 4096 variants",
            "variant=V{}\0",
        ),
        (
            "type=enum: E\0variant=V\0",
            limits::MEMBERS,
            "E has more than 4096 fields",
            "field={}: u8\0",
        ),
        (
            "type=struct: S\0",
            limits::MEMBERS,
            "S has more than 4096 fields",
            "field={}: u8\0",
        ),
    ] {
        let line = |at: usize| line.replace("{}", &at.to_string());
        let full = filled(begin, most, line);
        assert!(Metadata::parse(full.as_bytes()).is_ok(), "{of}");
        let error = said(&(full + &line(most)));
        assert_eq!(error, format!("{of}, the limit"));
    }
    for line in ["interface={} load-only C 1\0", "type=struct: {}\0"] {
        let named = |length| format!("{HEAD}{}", line.replace("{}", &"n".repeat(length)));
        assert!(Metadata::parse(named(limits::IDENTIFIER).as_bytes()).is_ok());
        let error = said(&named(limits::IDENTIFIER + 1));
        assert!(
            error.ends_with("n…` has more than 512 bytes, the limit"),
            "{error}"
        );
    }
    let depends = |most| HEAD.replace("depends=", &format!("depends={}", "b ".repeat(most)));
    assert!(Metadata::parse(depends(limits::DEPENDS).as_bytes()).is_ok());
    let error = said(&depends(limits::DEPENDS + 1));
    assert_eq!(error, "`depends` has more than 256 modules, the limit");

    let room = limits::METADATA as usize - HEAD.len();
    let whole = format!("{HEAD}x={}\0", "y".repeat(room - 3));
    assert!(Metadata::parse(whole.as_bytes()).is_ok());
    let error = said(&whole.replace("x=", "xx="));
    assert_eq!(error, "the metadata has more than 1048576 bytes, the limit");
}

#[test]
fn the_largest_texts_are_read_soon() {
    for (what, begin, line) in [
        ("unknown keys", "", "k{}=\0"),
        ("equal unknown keys", "", "k=\0"),
        ("no keys", "", "\0"),
        ("variants", "type=enum: E\0", "variant=V{}\0"),
        (
            "nested types",
            "type=struct: S\0",
            "field={}: &&&&&&&&&&&&&&&&&&&&&&&&\0",
        ),
    ] {
        let text = filled(begin, usize::MAX, |at| line.replace("{}", &at.to_string()));
        // Beyond a limit or not: it ends.
        let _ = soon(what, || Metadata::parse(text.as_bytes()));
    }
    let states = "auto ".repeat(200_000);
    let text = HEAD.replace("auto", &states);
    let metadata = soon("states", || Metadata::parse(text.as_bytes())).unwrap();
    assert_eq!(metadata.states().len(), 1);
    let one_line = format!("{HEAD}{}", "x".repeat(1_000_000));
    assert!(said(&one_line).len() < 1000);
}

#[test]
fn a_character_that_does_not_show_as_itself_is_refused_by_line() {
    for (from, to, says) in [
        (
            "desc=",
            "desc=fine\nbuilt by: us",
            "the value of `desc` has the character U+000A",
        ),
        (
            "desc=",
            "desc=\u{1b}[2J",
            "the value of `desc` has the character U+001B",
        ),
        (
            "version=",
            "version=\u{202e}",
            "the value of `version` has the character U+202E",
        ),
        (
            "interface=a",
            "interface=a\rb",
            "the value of `interface` has the character U+000D",
        ),
        (
            "format=2",
            "format\u{1}=2",
            "the value of `format` has the character U+0001",
        ),
    ] {
        let text = HEAD.replace(from, to);
        assert_ne!(text, HEAD);
        let error = said(&text);
        assert!(error.starts_with(says), "{error}");
    }
}

/// The caller's interface, which is trusted, and a module's of the same name.
fn interface(text: &str) -> Result<InterfaceInfo, BadMetadata> {
    Metadata::parse(text.as_bytes()).map(|read| read.interfaces()[0].clone())
}

#[test]
fn the_largest_interfaces_are_compared_soon() {
    let exports = |most, hash: u64, argument: &str| {
        let mut all = String::new();
        for at in 0..most {
            write!(all, "export=f{at} {hash:016x}: fn({argument})\0").unwrap();
        }
        all
    };
    for (what, functions, argument, ty, field) in [
        (
            "types that all functions use",
            3000,
            "T0",
            "type=struct: T{}\0field=0: T{+}\0",
            "field={}: u8\0",
        ),
        (
            "equal names",
            3000,
            "T",
            "type=struct: T\0",
            "field={}: T\0",
        ),
        (
            "long signatures",
            1000,
            "T1, T2, T3, T4, T5, T6, T7, T8, T9",
            "type=struct: T{}\0",
            "field={}: u8\0",
        ),
        (
            "one function",
            1,
            "T0",
            "type=struct: T{}\0field=0: T{+}\0",
            "field={}: TTTTTTTTTTTTTTT\0",
        ),
    ] {
        let text = |hash, odd: &str| {
            let mut begin = exports(functions, hash, argument);
            for at in 0..limits::TYPES {
                let next = (at + 1).to_string();
                begin += &ty.replace("{}", &at.to_string()).replace("{+}", &next);
            }
            filled(&begin, limits::MEMBERS - 1, |at| {
                field
                    .replace("{}", &(at + 1).to_string())
                    .replace(": ", &format!("{odd}: "))
            })
        };
        let (old, new) = (text(1, ""), text(2, "x"));
        let (old, new) = (interface(&old).unwrap(), interface(&new).unwrap());
        let differences = soon(what, || old.differences(&new));
        assert!(differences.breaks(), "{what}");
    }
}
