use std::hash::{DefaultHasher, Hash, Hasher};

use super::*;
use crate::tests::interface as parse_interface;

/// The interface with these lines; the hash of each function is one of all of them.
fn interface(lines: &str) -> InterfaceInfo {
    let mut hasher = DefaultHasher::new();
    lines.hash(&mut hasher);
    let hash = hasher.finish();
    let lines: String = lines
        .lines()
        .map(|line| match line.trim().split_once(": fn") {
            Some((export, rest)) if export.starts_with("export=") => {
                format!("{export} {hash:016x}: fn{rest}\0")
            }
            _ => format!("{}\0", line.trim()),
        })
        .collect();
    parse_interface(&lines)
}

/// What `reasons` says about these differences.
fn reasons(old: &str, new: &str) -> Vec<String> {
    interface(old).differences(&interface(new)).reasons()
}

/// Each row: the old types, the new types, and the reasons. The function's signature is
/// `fn(T)` on both sides.
#[test]
fn a_type_that_differs() {
    const TRAIT: &str = "type=trait: dyn T\n";
    let rows: &[(&str, &str, &[&str])] = &[
        // Structs.
        (
            "type=struct size 4 align 4: T\nfield=code at 0: i32",
            "type=struct size 8 align 8: T\nfield=code at 0: i64",
            &["T.code: i32 at 0 → i64 at 0 (f)"],
        ),
        (
            "type=struct size 4 align 4: T\nfield=code at 0: i32",
            "type=struct size 32 align 8: T\nfield=code at 24: i32\nfield=detail at 0: String",
            &["T.detail is added (f)"],
        ),
        (
            "type=struct size 8 align 4: T\nfield=a at 0: u32\nfield=b at 4: u32",
            "type=struct size 4 align 4: T\nfield=b at 0: u32",
            &["T.a is removed (f)"],
        ),
        (
            "type=struct size 4 align 4: T\nfield=code at 0: i32",
            "type=struct size 4 align 4: T\nfield=number at 0: i32",
            &["T.code is renamed to number (f)"],
        ),
        (
            "type=struct size 4 align 4: T\nfield=code at 0: i32",
            "type=struct size 4 align 4: T\nfield=number at 0: u32",
            &["T.code is removed (f)", "T.number is added (f)"],
        ),
        (
            "type=struct size 8 align 4: T\nfield=a at 0: u32\nfield=b at 4: u32",
            "type=struct size 8 align 4: T\nfield=b at 0: u32\nfield=a at 4: u32",
            &["T: fields in another order: a, b → b, a (f)"],
        ),
        (
            "type=struct: T\nfield=first: u8\nfield=a: u8\nfield=b: u8\nfield=last: u8",
            "type=struct: T\nfield=first: u8\nfield=b: u8\nfield=a: u8\nfield=last: u8",
            &["T: fields in another order: a, b → b, a (f)"],
        ),
        (
            "type=struct size 8 align 4: T\nfield=a at 0: u32\nfield=b at 4: u32",
            "type=struct size 8 align 4: T\nfield=a at 4: u32\nfield=b at 0: u32",
            &["T.a: at 0 → at 4 (f)", "T.b: at 4 → at 0 (f)"],
        ),
        (
            "type=struct size 8 align 4: T\nfield=0 at 0: u32\nfield=1 at 4: u32",
            "type=struct size 8 align 4: T\nfield=0 at 0: u32\nfield=1 at 4: i32",
            &["T.1: u32 at 4 → i32 at 4 (f)"],
        ),
        (
            "type=struct size 4 align 4: T\nfield=0 at 0: u32",
            "type=struct size 8 align 4: T\nfield=0 at 0: u32\nfield=1 at 4: u32",
            &["T.1 is added (f)"],
        ),
        (
            "type=struct size 4 align 4: T\nfield=a at 0: u32",
            "type=struct size 4 align 4 repr(C): T\nfield=a at 0: u32",
            &["T: no repr → repr(C) (f)"],
        ),
        (
            "type=struct size 4 align 4: T\nfield=a at 0: u32",
            "type=struct size 8 align 4: T\nfield=a at 0: u32",
            &["T: size 4 → 8 (f)"],
        ),
        (
            "type=struct size 8 align 4: T",
            "type=struct size 8 align 8: T",
            &["T: alignment 4 → 8 (f)"],
        ),
        (
            "type=struct size 1 align 1 niche: T\nfield=a at 0: bool",
            "type=struct size 1 align 1: T\nfield=a at 0: bool",
            &["T: `Option` of it takes no more room → more room (f)"],
        ),
        // Enums.
        (
            "type=enum size 1 align 1: T\nvariant=A 0",
            "type=enum size 1 align 1: T\nvariant=A 0\nvariant=Extra 1",
            &["T: variant Extra is added (f)"],
        ),
        (
            "type=enum: T\nvariant=A 0\nvariant=B 1\nvariant=C 2",
            "type=enum: T\nvariant=A 0\nvariant=C 1",
            &["T: variant B is removed (f)"],
        ),
        (
            "type=enum: T\nvariant=A 0\nvariant=C 5",
            "type=enum: T\nvariant=A 0\nvariant=B 1\nvariant=C 6",
            &["T: variant B is added (f)", "T::C: value 5 → 6 (f)"],
        ),
        (
            "type=enum: T\nvariant=Low 0\nvariant=High 1",
            "type=enum: T\nvariant=Low 0\nvariant=Top 1",
            &["T: variant High is renamed to Top (f)"],
        ),
        (
            "type=enum: T\nvariant=Low 0\nvariant=High 1",
            "type=enum: T\nvariant=Low 0\nvariant=High 2",
            &["T::High: value 1 → 2 (f)"],
        ),
        (
            "type=enum: T\nvariant=Low\nvariant=High",
            "type=enum: T\nvariant=Low -1\nvariant=High 0",
            &["T::Low: value none → -1 (f)", "T::High: value none → 0 (f)"],
        ),
        (
            "type=enum: T\nvariant=Low 0\nvariant=High 1",
            "type=enum: T\nvariant=High 0\nvariant=Low 1",
            &["T: variants in another order: Low, High → High, Low (f)"],
        ),
        (
            "type=enum: T\nvariant=Other 0\nfield=0: u8",
            "type=enum: T\nvariant=Other 0\nfield=0: u16",
            &["T::Other.0: u8 → u16 (f)"],
        ),
        (
            "type=enum: T\nvariant=Other\nfield=at: u8",
            "type=enum: T\nvariant=Other\nfield=at: u8\nfield=why: String",
            &["T::Other.why is added (f)"],
        ),
        (
            "type=enum: T\nvariant=Other\nfield=at: u8",
            "type=enum: T\nvariant=Other\nfield=place: u8",
            &["T::Other.at is renamed to place (f)"],
        ),
        (
            "type=enum size 1 align 1 repr(u8): T\nvariant=A 0",
            "type=enum size 2 align 2 repr(u16): T\nvariant=A 0",
            &["T: repr(u8) → repr(u16) (f)"],
        ),
        (
            "type=struct size 1 align 1: T\nfield=0 at 0: u8",
            "type=enum size 1 align 1: T\nvariant=A 0",
            &["T: struct → enum (f)"],
        ),
        // Types within types.
        (
            "type=struct: T\nfield=inner: Vec<Inner>\ntype=struct: Inner\nfield=a: u8",
            "type=struct: T\nfield=inner: Vec<Inner>\ntype=struct: Inner\nfield=a: u16",
            &["Inner.a: u8 → u16 (f)"],
        ),
        (
            "type=struct size 8 align 4: T\nfield=inner at 0: Inner\nfield=b at 4: u32\n\
             type=struct size 4 align 4: Inner\nfield=a at 0: u32",
            "type=struct size 16 align 8: T\nfield=inner at 0: Inner\nfield=b at 8: u32\n\
             type=struct size 8 align 8: Inner\nfield=a at 0: u64",
            &["Inner.a: u32 at 0 → u64 at 0 (f)"],
        ),
        (
            "type=struct: T\nfield=inner: Inner\ntype=struct: Inner",
            "type=struct: T\nfield=inner: Content\ntype=struct: Content",
            &["T.inner: Inner → Content (f)"],
        ),
        (
            "type=struct: T\nfield=next: Option<Box<T>>\nfield=a: u8",
            "type=struct: T\nfield=next: Option<Box<T>>\nfield=a: u16",
            &["T.a: u8 → u16 (f)"],
        ),
        (
            "type=struct: T\nfield=pair: (Frame<u8>, Frame<u16>)\n\
             type=struct: Frame<u8>\nfield=a: u8\ntype=struct: Frame<u16>\nfield=a: u16",
            "type=struct: T\nfield=pair: (Frame<u8>, Frame<u16>)\n\
             type=struct: Frame<u8>\nfield=a: u8\ntype=struct: Frame<u16>\nfield=a: u32",
            &["Frame<u16>.a: u16 → u32 (f)"],
        ),
        (
            "type=struct: T\nfield=pair: (E, E)\n\
             type=struct: E\nfield=a: u8\ntype=struct: E\nfield=b: u16",
            "type=struct: T\nfield=pair: (E, E)\n\
             type=struct: E\nfield=a: u8\ntype=struct: E\nfield=b: u32",
            &["E.b: u16 → u32 (f)"],
        ),
        (
            "type=struct: T\nfield=pair: (E, E)\n\
             type=struct: E\nfield=a: u8\ntype=struct: E\nfield=a: u8",
            "type=struct: T\nfield=pair: (E, E)\ntype=struct: E\nfield=a: u8",
            &["E: types of that name: 2 → 1 (f)"],
        ),
        // A type that the signature names only by an alias.
        (
            "type=struct: T\nfield=0: u8\ntype=struct: E\nfield=a: u8",
            "type=struct: T\nfield=0: u8\ntype=struct: E\nfield=a: u16",
            &["E.a: u8 → u16 (f)"],
        ),
        // Traits.
        (
            &format!("{TRAIT}field=put: fn(&mut self, u8)"),
            &format!("{TRAIT}field=put: fn(&mut self, u16)"),
            &["T::put: fn(&mut self, u8) → fn(&mut self, u16) (f)"],
        ),
        (
            &format!("{TRAIT}field=put: fn(&self)"),
            &format!("{TRAIT}field=put: fn(&self)\nfield=flush: fn(&self)"),
            &["T::flush is added (f)"],
        ),
        (
            &format!("{TRAIT}field=put: fn(&self, u8)\nfield=flush: fn(&self)"),
            &format!("{TRAIT}field=flush: fn(&self)\nfield=put: fn(&self, u8)"),
            &["T: methods in another order: put, flush → flush, put (f)"],
        ),
        (
            &format!("{TRAIT}field=Debug: dyn Debug\nfield=put: fn(&self)"),
            &format!("{TRAIT}field=put: fn(&self)\nfield=end: unsafe fn(&self)"),
            &["T: supertrait Debug is removed (f)", "T::end is added (f)"],
        ),
        (
            &format!("{TRAIT}field=G: dyn G<u8>"),
            &format!("{TRAIT}field=G: dyn G<u8>\nfield=G: dyn G<u16>"),
            &["T: supertrait G<u16> is added (f)"],
        ),
        (
            &format!("{TRAIT}field=G: dyn G<u8>\nfield=G: dyn G<u16>\nfield=A: dyn A"),
            &format!("{TRAIT}field=A: dyn A\nfield=G: dyn G<u16>"),
            &[
                "T: supertrait G<u16> is removed (f)",
                "T: methods in another order: G, G, A → A, G (f)",
                "T: supertrait G: dyn G<u8> → dyn G<u16> (f)",
            ],
        ),
        (
            "type=trait + Send: (dyn T + Send)\nfield=put: fn(self: Box<Self>)",
            "type=trait + Send: (dyn T + Send)\nfield=put: fn(self: Box<Self>) -> u8",
            &["T::put: fn(self: Box<Self>) → fn(self: Box<Self>) -> u8 (f)"],
        ),
    ];
    for (old, new, expected) in rows {
        let side = |types: &str| {
            let argument = match types.split_once(": (dyn T + Send)") {
                Some(_) => "&mut (dyn T + Send)",
                None if types.contains("dyn T") => "&mut dyn T",
                None => "T",
            };
            format!("export=f: fn({argument})\n{types}")
        };
        assert_eq!(
            reasons(&side(old), &side(new)),
            *expected,
            "{old}\n→\n{new}"
        );
    }
}

#[test]
fn a_signature_that_differs() {
    let rows: &[(&str, &str, &[&str])] = &[
        (
            "fn(u32, usize)",
            "fn(u32, u32)",
            &["f: argument 2: usize → u32"],
        ),
        ("fn()", "fn() -> u8", &["f: result: () → u8"]),
        (
            "fn(u8) -> Result<Vec<u8>, A>",
            "fn(i8) -> Result<Vec<u8>, B>",
            &[
                "f: argument 1: u8 → i8",
                "f: result: Result<Vec<u8>, A> → Result<Vec<u8>, B>",
            ],
        ),
        (
            "fn(u32, Option<(u8, u8)>)",
            "fn(u32)",
            &["f: arguments (u32, Option<(u8, u8)>) → (u32)"],
        ),
        (
            "fn(&mut dyn FnMut(u8, u8) -> u8, [u8; 2])",
            "fn(&mut dyn FnMut(u8, u8) -> u16, [u8; 3])",
            &[
                "f: argument 1: &mut dyn FnMut(u8, u8) -> u8 → &mut dyn FnMut(u8, u8) -> u16",
                "f: argument 2: [u8; 2] → [u8; 3]",
            ],
        ),
        (
            "fn(fn() -> u8) -> fn(u8)",
            "fn(fn() -> u8) -> fn(u16)",
            &["f: result: fn(u8) → fn(u16)"],
        ),
        ("fn) -> (", "fn(", &["f: fn) -> ( → fn("]),
    ];
    for (old, new, expected) in rows {
        let side = |signature: &str| format!("export=f: {signature}");
        assert_eq!(reasons(&side(old), &side(new)), *expected);
    }
    assert_eq!(
        signature::differences("f", "fn(u8)", "extern \"C\" fn(u8)"),
        ["f: fn → extern \"C\" fn"]
    );
    assert_eq!(
        signature::differences("f", "fn(u8)", "async fn(u8)"),
        ["f: fn → async fn"]
    );
}

/// Each difference appears once, with the functions it affects; if a signature differs, the
/// other differences appear too.
#[test]
fn each_difference_once() {
    let old = "export=a: fn(T)\nexport=b: fn(&T)\nexport=c: fn(u8, T)\nexport=d: fn(Vec<T>)\n\
               type=struct: T\nfield=x: u8\nfield=y: u8";
    let new = "export=a: fn(T)\nexport=b: fn(&T)\nexport=c: fn(u16, T)\nexport=d: fn(Vec<T>)\n\
               type=struct: T\nfield=x: u16\nfield=y: u8";
    let differences = interface(old).differences(&interface(new));
    let [field, argument] = differences.changed() else {
        panic!("{differences:?}")
    };
    assert_eq!(field.text(), "T.x: u8 → u16");
    assert_eq!(field.functions(), ["a", "b", "c", "d"]);
    assert_eq!(field.to_string(), "T.x: u8 → u16 (a, b, c and 1 more)");
    assert_eq!(argument.to_string(), "c: argument 1: u8 → u16");
    assert!(argument.in_signature() && !field.in_signature());
}

#[test]
fn functions_that_come_and_go() {
    let mut old = interface("export=a: fn()\nexport=b: fn()");
    let mut new = interface("export=b: fn()\nexport=c: fn()");
    new.exports[0].hash = old.exports[1].hash;
    let differences = old.differences(&new);
    assert_eq!(differences.added()[0].name(), "c");
    assert_eq!(differences.removed()[0].name(), "a");
    assert!(differences.changed().is_empty() && differences.breaks());
    assert_eq!(differences.reasons(), ["`a` is missing"]);

    old.exports.remove(0);
    assert!(!old.differences(&new).breaks());
    new.class = Class::Unloadable;
    assert!(!old.differences(&new).breaks());
    new.abi = Abi::C;
    assert_eq!(old.differences(&new).reasons(), ["ABI: Rust → C"]);
}

/// A module's text is not trusted: whatever it contains, comparing it ends.
#[test]
fn odd_texts_do_not_panic() {
    let odd = [
        "export=f: fn",
        "export=f: fn(((",
        "export=f: fn)))",
        "export=f: fn(T",
        "export=f: fn(ä, →) -> ü",
        "export=f: fn(T)\ntype=struct: T\nfield=: T",
        "export=f: fn(T)\ntype=enum: T\nvariant=\nvariant=\nfield=: (",
        "export=f: fn((dyn T + Send))\ntype=trait: (\ntype=trait + Send: (dyn T + Send)",
        "export=f: fn(T)\nexport=f: fn(U)",
    ];
    for old in odd {
        for new in odd {
            let _ = reasons(old, new);
        }
    }
}

#[test]
fn what_does_not_show_is_said_to() {
    let old = crate::tests::interface("export=f 0000000000000001: fn(u8)\0");
    let mut new = old.clone();
    new.exports[0].hash = 2;
    let differences = old.differences(&new);
    assert!(differences.breaks());
    let text = differences.changed()[0].text();
    assert_eq!(
        text,
        "f differs in a way that its description does not show"
    );
}
