use super::text::{Declared, Described};
use super::*;
use crate::declaration::{Class, Declaration, StubTable};
use crate::interface::{self, Form, Interface, One, Signatures, Two, Type, Variant, digest, shape};

static HOLD: crate::hold::HoldPlace = crate::hold::HoldPlace::new();

/// What a function returns that fails.
struct ShmError {
    _code: i32,
    _at: u64,
}

// SAFETY: size and alignment are the type's own, fields and parts in one order.
unsafe impl Interface for ShmError {
    const TYPE: Type = Type {
        digest: digest("ShmError code at"),
        variants: &[Variant {
            name: "",
            value: None,
            fields: &[
                interface::Field {
                    name: "code",
                    offset: Some(std::mem::offset_of!(ShmError, _code)),
                    fixed: true,
                },
                interface::Field {
                    name: "at",
                    offset: Some(std::mem::offset_of!(ShmError, _at)),
                    fixed: true,
                },
            ],
        }],
        ..Type::of::<Self>("ShmError", Form::Struct)
    };
    type Args = ();
    type Parts = Two<One<i32>, One<u64>>;
}

/// A number that is one of few.
#[repr(u8)]
enum Mode {
    _Read = 1,
    _Write = 4,
}

// SAFETY: as above.
unsafe impl Interface for Mode {
    const TYPE: Type = Type {
        digest: digest("Mode Read Write"),
        repr: "repr(u8)",
        variants: &[
            Variant {
                name: "Read",
                value: Some(1),
                fields: &[],
            },
            Variant {
                name: "Write",
                value: Some(4),
                fields: &[],
            },
        ],
        ..Type::of::<Self>("Mode", Form::Enum)
    };
    type Args = ();
    type Parts = ();
}

const SIGNATURES: Signatures = Signatures {
    shapes: &[
        shape::<u32>(),
        shape::<Mode>(),
        shape::<Result<u64, ShmError>>(),
        shape::<()>(),
    ],
    functions: &[
        (
            "shmget",
            "fn(u32, Mode) -> Result<u64, ShmError>",
            "",
            &[0, 1, 2],
        ),
        ("shmexit", "fn(u32)", "", &[0, 3]),
    ],
};
pub(super) const SHM_TYPES: &[u8] = &SIGNATURES.types::<{ SIGNATURES.types_length() }>();
pub(super) const SHM: Declaration = Declaration {
    name: "shm",
    class: Class::Unloadable,
    abi: Abi::Rust,
    version: "0.1.0",
    functions: &SIGNATURES.declared::<2>("fn"),
};

const DECLARED: Declared = Declared {
    name: "shm",
    version: "0.1.0",
    kind: "misc",
    desc: "a = b, \"quoted\"\nand more",
    states: "auto static",
    depends: "sem  msg",
    idle: "30000",
    interfaces: &[Described {
        declaration: &SHM,
        types: SHM_TYPES,
    }],
};

static TEXT: [u8; DECLARED.text_len()] = DECLARED.text();

/// The interface with these lines, each ended by a NUL.
pub(super) fn interface(lines: &str) -> InterfaceInfo {
    let whole = String::from_utf8(TEXT.to_vec()).unwrap();
    let (begin, rest) = whole.split_once("export=").unwrap();
    let (_, end) = rest.split_once("rustc=").unwrap();
    let text = format!("{begin}{lines}rustc={end}");
    let metadata = Metadata::parse(text.as_bytes()).unwrap();
    metadata.interface("shm").unwrap().clone()
}

#[test]
fn what_is_written_while_compiling_is_read_back() {
    let metadata = Metadata::parse(&TEXT).unwrap();
    assert_eq!(metadata.name(), "shm");
    assert_eq!(metadata.desc(), "a = b, \"quoted\"\nand more");
    assert_eq!(metadata.depends(), ["sem", "msg"]);
    assert!(metadata.supports("auto") && !metadata.supports("loaded"));
    assert_eq!(metadata.idle(), Some(std::time::Duration::from_secs(30)));
    assert_eq!(metadata.build(), &Build::ours());
    assert_eq!(DECLARED.max_stubs(), 2);

    let shm = metadata.interface("shm").unwrap();
    assert_eq!(shm.class(), Class::Unloadable);
    assert_eq!((shm.abi(), shm.version()), (Abi::Rust, "0.1.0"));
    let [get, exit] = shm.exports() else {
        panic!("{shm:?}")
    };
    assert_eq!(get.signature(), "fn(u32, Mode) -> Result<u64, ShmError>");
    assert_eq!(get.hash(), SHM.functions[0].hash);
    assert_eq!((exit.name(), exit.signature()), ("shmexit", "fn(u32)"));

    let [mode, error] = shm.types() else {
        panic!("{shm:?}")
    };
    assert_eq!((mode.kind(), mode.name()), (TypeKind::Enum, "Mode"));
    assert_eq!((mode.size(), mode.align()), (Some(1), Some(1)));
    assert!(mode.niche() && !error.niche());
    assert_eq!((mode.repr(), error.repr()), ("repr(u8)", ""));
    let write = &mode.variants()[1];
    assert_eq!((write.name(), write.value()), ("Write", Some(4)));
    assert_eq!((error.kind(), error.name()), (TypeKind::Struct, "ShmError"));
    let code = &error.fields()[0];
    assert_eq!((code.name(), code.ty()), ("code", "i32"));
    assert_eq!(code.offset(), SHM_ERROR_CODE);
}

const SHM_ERROR_CODE: Option<usize> = Some(std::mem::offset_of!(ShmError, _code));

/// The caller's own text is what the module's would be.
#[test]
fn a_caller_knows_what_it_was_built_with() {
    let stubs = StubTable {
        declaration: SHM,
        types: SHM_TYPES,
        hold: &HOLD,
        stubs: &[],
    };
    let known = InterfaceInfo::of_stubs(&stubs).unwrap();
    let metadata = Metadata::parse(&TEXT).unwrap();
    assert_eq!(Some(&known), metadata.interface("shm"));
    assert_eq!(known.positions(&stubs), Ok(vec![Some(0), Some(1)]));
}

#[test]
fn text_that_does_not_follow_the_format_is_refused_with_the_place() {
    let whole = String::from_utf8(TEXT.to_vec()).unwrap();
    for (from, to, says) in [
        ("format=2", "format=9", "format 9 is unknown"),
        ("name=shm\0", "", "`name` is missing"),
        ("commit=", "no=", "`commit` is missing"),
        (
            "kind=misc",
            "kind=misc\0kind=misc",
            "`kind` stands there twice",
        ),
        (
            "kind=misc",
            "kind=misc\0rustc=1",
            "`rustc` stands there twice",
        ),
        ("rustc=", "x=rustc=", "`rustc` is missing"),
        ("states=", "states", "`statesauto static` is no `key=value`"),
        ("shm unloadable", "shm odd", "`shm` has no known class"),
        ("unloadable Rust", "unloadable D", "`shm` has no known ABI"),
        ("Rust 0.1.0", "Rust", "`shm` has no version"),
        (
            "interface=shm unloadable Rust 0.1.0\0",
            "",
            "`shmget` stands before any interface",
        ),
        (": fn(u32)\0", "\0", "has no signature"),
        ("export=shmget ", "export=shmget +", "`shmget` has no hash"),
        ("export=shmget ", "export=", "has no hash"),
        ("type=enum ", "type=union ", "`Mode` is of no known kind"),
        (": Mode\0", ": \0", "has no name"),
        (": Mode\0", "\0", "has no name"),
        (
            "size 1 align 1",
            "size 1",
            "`Mode` has no size and alignment",
        ),
        ("size 1 ", "size -1 ", "`Mode` has no size and alignment"),
        (
            "variant=Write 4",
            "variant=Write four",
            "`Write` of `Mode` has no number",
        ),
        (
            "type=enum ",
            "type=struct ",
            "`Read` stands in `Mode`, which is no enum",
        ),
        (
            "variant=Read",
            "field=x: u8\0variant=Read",
            "`x` of `Mode` stands before any variant",
        ),
        (
            "export=",
            "variant=A\0export=",
            "`A` stands before any type",
        ),
        (
            "export=",
            "field=a: u8\0export=",
            "`a` stands before any type",
        ),
        ("field=code at ", "field=code at x", "has no place"),
        (": i32\0", "\0", "has no type"),
    ] {
        let text = whole.replacen(from, to, 1);
        assert_ne!(text, whole, "{from}");
        let error = Metadata::parse(text.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
    assert!(Metadata::parse(b"name=\xff\0").is_err());
}

/// However a text is cut or a byte of it changed, the result is metadata or an error.
#[test]
fn damaged_text_never_panics() {
    for at in 0..TEXT.len() {
        let _ = Metadata::parse(&TEXT[..at]);
        for byte in [0, b' ', b':', b'=', b'9', 0xff] {
            let mut text = TEXT;
            text[at] = byte;
            if let Ok(metadata) = Metadata::parse(&text)
                && let (Some(shm), [one, ..]) = (metadata.interface("shm"), metadata.interfaces())
            {
                let _ = shm.differences(one);
                let ours = Metadata::parse(&TEXT).unwrap();
                let _ = ours.interfaces()[0].differences(one);
            }
        }
    }
}

#[test]
fn idle_may_be_left_out_and_is_a_number() {
    let text = String::from_utf8(TEXT.to_vec()).unwrap();
    let with = |line: &str| Metadata::parse(text.replace("idle=30000\0", line).as_bytes());
    assert_eq!(with("").unwrap().idle(), None);
    for bad in ["", "0", "-1", "30s", "99999999999999999999"] {
        let error = with(&format!("idle={bad}\0")).unwrap_err();
        assert!(
            error.to_string().contains(&format!("idle `{bad}`")),
            "{error}"
        );
    }
}
