//! Headers of metadata that is made to do harm.

use dlkm_metadata::{InterfaceInfo, Metadata, limits};

use super::{HeaderError, c_header};

fn interfaces(lines: &str) -> Vec<InterfaceInfo> {
    let text = format!(
        "format=2\0name=a\0version=0.1.0\0kind=misc\0desc=\0states=auto\0depends=\0{lines}rustc=1\0\
         commit=\0target=\0pointer=\0panic=\0runtime=\0sanitizer=\0flags=\0features=\0"
    );
    let metadata = Metadata::parse(text.as_bytes()).expect("follows the format");
    metadata.interfaces().to_vec()
}

/// The text without comments and strings.
fn code(header: &str) -> String {
    let mut code = String::new();
    let mut rest = header;
    while let Some(at) = rest.find(['"', '/']) {
        let (before, after) = rest.split_at(at);
        code.push_str(before);
        rest = if let Some(comment) = after.strip_prefix("/*") {
            comment.split_once("*/").expect("ends").1
        } else if let Some(text) = after.strip_prefix('"') {
            let mut escaped = false;
            let end = text.find(|sign| {
                let ends = sign == '"' && !escaped;
                escaped = sign == '\\' && !escaped;
                ends
            });
            &text[end.expect("ends") + 1..]
        } else {
            &after[1..]
        };
    }
    code + rest
}

#[test]
fn no_name_adds_code() {
    for lines in [
        "interface=a load-only C */evil();/*\0export=f 0123456789abcdef: fn()\0",
        "interface=a\",evil(),\" load-only C 1\0export=f 0123456789abcdef: fn()\0",
        "interface=a;evil(); load-only C 1\0export=f 0123456789abcdef: fn()\0",
        "interface=a load-only C 1\0export=f(void);evil();int 0123456789abcdef: fn()\0",
        "interface=a load-only C 1\0type=struct size 1 align 1: S\0field=x;evil();int y at 0: u8\0",
        "interface=a load-only C 1\0type=enum size 1 align 1 repr(u8): E\0variant=A};evil();enum{B 1\0",
        "interface=a load-only C 1\0type=struct size 1 align 1 repr(C): S{}evil();\0",
        "interface=a load-only C 1\0type=struct size 1 align 1: S\0field=x at 0: [u8; evil()]\0",
        "interface=a load-only C 1\0type=struct size 1 align 1: S\0field=x at 0: u8\0field=\\\"??/\"evil(); at 0: u8\0",
    ] {
        match c_header(&interfaces(lines)) {
            Ok(header) => {
                let code = code(&header);
                assert!(!code.contains("evil("), "{lines:?}:\n{header}");
            }
            Err(error) => assert!(
                matches!(error, HeaderError::Type { .. }),
                "{lines:?}: {error}"
            ),
        }
    }
}

#[test]
fn two_items_of_one_name_in_c_are_reported() {
    for (lines, name) in [
        ("type=struct: S<u8>\0type=struct: S_u8\0", "`a_S_u8`"),
        ("type=struct: f\0export=f 0123456789abcdef: fn()\0", "`a_f`"),
        ("type=enum: E\0variant=A\0type=struct: E_A\0", "`a_E_A`"),
        (
            "type=struct: S\0field=int: u8\0field=int_: u8\0",
            "`S.int_`",
        ),
    ] {
        let error = c_header(&interfaces(&format!("interface=a load-only C 1\0{lines}")));
        let text = error.unwrap_err().to_string();
        assert!(text.contains(name), "{text}");
    }
}

#[test]
fn deep_types_and_long_chains_of_types_do_not_overflow_the_stack() {
    for deep in [
        "&".repeat(100_000) + "u8",
        "Option<".repeat(100_000) + "u8" + &">".repeat(100_000),
        format!("[u8; {}1]", "1+".repeat(100_000)),
        format!("[u8; {}1]", "return ".repeat(50_000)),
    ] {
        let lines = format!("interface=a load-only C 1\0type=struct: S\0field=x: {deep}\0");
        let error = c_header(&interfaces(&lines)).unwrap_err();
        assert!(matches!(error, HeaderError::Nested { .. }), "{error}");
        assert!(error.to_string().len() < 1000);
        let lines = format!("interface=a load-only C 1\0export=f 0123456789abcdef: fn({deep})\0");
        let error = c_header(&interfaces(&lines)).unwrap_err();
        assert!(matches!(error, HeaderError::Nested { .. }), "{error}");
    }
    let mut chain = "interface=a load-only C 1\0".to_owned();
    for at in 0..limits::TYPES {
        let next = (at + 1) % limits::TYPES;
        chain += &format!("type=struct size 1 align 1: T{at}\0field=x at 0: T{next}\0");
    }
    assert!(c_header(&interfaces(&chain)).is_ok());
}
