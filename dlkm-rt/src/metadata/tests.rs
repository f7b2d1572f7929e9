use super::text::{Declared, Described};
use super::*;
use crate::declaration::{Class, Declaration, Function, StubTable};
use crate::interface::{self, Description, Form, Interface, One, Two, Type, Variant, digest};

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

const fn describe<const EXPORTS: usize, const TYPES: usize>() -> Description<2, EXPORTS, TYPES> {
    let mut out = Description::new();
    out.function("shmget", "fn");
    out.argument::<u32>();
    out.argument::<Mode>();
    out.result::<Result<u64, ShmError>>();
    out.function("shmexit", "fn");
    out.argument::<u32>();
    out.result::<()>();
    out
}

const SIZES: Description<2, 0, 0> = describe();
const DESCRIPTION: Description<2, { SIZES.exports_length() }, { SIZES.types_length() }> =
    describe();
const SHM_TEXT: &[u8] = &DESCRIPTION.text::<{ SIZES.exports_length() + SIZES.types_length() }>();
const SHM: Declaration = Declaration {
    name: "shm",
    class: Class::Unloadable,
    abi: Abi::Rust,
    version: "0.1.0",
    functions: DESCRIPTION.functions(),
};

const DECLARED: Declared = Declared {
    name: "shm",
    version: "0.1.0",
    kind: "misc",
    desc: "a = b, \"quoted\"\nand more",
    states: "auto static",
    depends: "sem  msg",
    interfaces: &[Described {
        declaration: &SHM,
        text: SHM_TEXT,
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
        text: SHM_TEXT,
        stubs: &[],
    };
    let known = InterfaceInfo::of_stubs(&stubs).unwrap();
    let metadata = Metadata::parse(&TEXT).unwrap();
    assert_eq!(Some(&known), metadata.interface("shm"));
    assert_eq!(known.positions(&stubs), Ok(vec![Some(0), Some(1)]));
}

/// A caller with these functions, and a module with those; a digit at the end of a name
/// makes a function of that name with another hash. What is said of the two.
fn fit(caller: (&'static str, &str), module: (&str, &str)) -> Result<Vec<Option<usize>>, String> {
    let functions = |names: &str| -> Vec<(String, u64)> {
        let digits = |name: &&str| name.ends_with(|sign: char| sign.is_ascii_digit());
        names
            .split_whitespace()
            .map(|name| {
                let plain = name.trim_end_matches(|sign: char| sign.is_ascii_digit());
                (plain.to_owned(), u64::from(digits(&name)))
            })
            .collect()
    };
    let text = |names: &str| -> String {
        let types = ["u32", "u64"];
        functions(names)
            .iter()
            .map(|(name, hash)| {
                format!("export={name} {hash:016x}: fn({})\0", types[*hash as usize])
            })
            .collect()
    };
    let declared: Vec<_> = functions(caller.1)
        .into_iter()
        .map(|(name, hash)| Function {
            name: name.leak(),
            hash,
        })
        .collect();
    let stubs = StubTable {
        declaration: Declaration {
            version: caller.0,
            functions: declared.leak(),
            ..SHM
        },
        text: text(caller.1).leak().as_bytes(),
        stubs: &[],
    };
    let mut provided = interface(&text(module.1));
    provided.version = module.0.to_owned();
    provided
        .positions(&stubs)
        .map_err(|reasons| reasons.join("; "))
}

/// The rule at load: see `fit`.
#[test]
fn which_modules_fit_a_caller() {
    let missing = |text: &str| Err(text.to_owned());
    let rows = [
        (
            ("1.0.0", "a b"),
            ("1.0.0", "a b"),
            Ok(vec![Some(0), Some(1)]),
        ),
        // By name, not by place; more than the caller knows is fine.
        (
            ("1.0.0", "a b"),
            ("1.0.0", "c b a"),
            Ok(vec![Some(2), Some(1)]),
        ),
        (("1.0.0", "a b"), ("0.9.0", "b"), Ok(vec![None, Some(0)])),
        (("1.10.0", "a b"), ("1.9.0", "a"), Ok(vec![Some(0), None])),
        (("1.0.0", "a b"), ("1.0.0", "a"), Ok(vec![Some(0), None])),
        (("1.0.0", "a b"), ("1.0.0", ""), Ok(vec![None, None])),
        // Not how the caller's begins, so it was taken away.
        (("1.0.0", "a b"), ("1.0.0", "b"), missing("`a` is missing")),
        (
            ("1.0.0", "a b"),
            ("1.0.0", "a c"),
            missing("`b` is missing"),
        ),
        (("1.0.0", "a b"), ("1.1.0", "a"), missing("`b` is missing")),
        (
            ("1.0.0", "a b"),
            ("2.0.0", "c"),
            missing("`a` is missing; `b` is missing"),
        ),
        // A pre-release counts as its release.
        (
            ("1.0.0", "a b"),
            ("1.0.0-rc.1", "a"),
            Ok(vec![Some(0), None]),
        ),
        (
            ("1.0.1", "a b"),
            ("1.0.0-rc.1+x.y", "a"),
            Ok(vec![Some(0), None]),
        ),
        // A version that can't be read is none that came before.
        (("1.0.0", "a b"), ("0.9", "a"), missing("`b` is missing")),
        (("1.0.0", "a b"), ("", "a"), missing("`b` is missing")),
        (
            ("1.0.0", "a b"),
            ("0.9.0.1", "a"),
            missing("`b` is missing"),
        ),
        // What is there must fit, however old it is.
        (
            ("1.0.0", "a b"),
            ("0.9.0", "a1"),
            missing("a: argument 1: u32 → u64"),
        ),
        (
            ("1.0.0", "a b"),
            ("1.0.0", "b1"),
            missing("`a` is missing; b: argument 1: u32 → u64"),
        ),
    ];
    for (caller, module, expected) in rows {
        assert_eq!(fit(caller, module), expected, "{caller:?} {module:?}");
    }
}

#[test]
fn a_module_of_another_abi_does_not_fit() {
    let stubs = StubTable {
        declaration: SHM,
        text: SHM_TEXT,
        stubs: &[],
    };
    let mut shm = Metadata::parse(&TEXT).unwrap().interfaces()[0].clone();
    shm.abi = Abi::C;
    assert_eq!(shm.positions(&stubs), Err(vec!["ABI: Rust → C".to_owned()]));
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

/// A build in which some fields are not as ours.
fn build(changes: &[(&str, &str)]) -> Build {
    let ours = build::OURS;
    let value = |key: &str| {
        let changed = changes.iter().find(|(known, _)| *known == key);
        let (_, value) = changed.or(ours.iter().find(|(known, _)| *known == key))?;
        Some((*value).to_owned())
    };
    Build::parse(|key| value(key).ok_or_else(|| BadMetadata(key.to_owned()))).unwrap()
}

#[test]
fn differences_of_the_build_are_named_one_by_one() {
    let ours = Build::ours();
    assert_eq!(build(&[]), ours);
    assert!(ours.differences(&ours).is_empty());
    assert!(ours.c_differences(&ours).is_empty());
    let rustc = ours.rustc();
    // What the value is in the image, what is said, and whether it matters for ABI C.
    for (key, value, says, c) in [
        (
            "rustc",
            "1.80.0",
            format!("rustc: image 1.80.0, host {rustc}"),
            false,
        ),
        (
            "commit",
            "0123abc",
            format!("rustc commit: image 0123abc, host {}", ours.commit()),
            false,
        ),
        (
            "target",
            "x86_64-x",
            format!("target: image x86_64-x, host {}", ours.target()),
            true,
        ),
        (
            "pointer",
            "32",
            "pointer width: image 32, host 64".to_owned(),
            true,
        ),
        (
            "panic",
            "abort",
            "panic strategy: image abort, host unwind".to_owned(),
            false,
        ),
        (
            "runtime",
            "9.0.0",
            format!("dlkm-rt: image 9.0.0, host {}", ours.runtime()),
            false,
        ),
        (
            "sanitizer",
            "address",
            "sanitizer: image address, host none".to_owned(),
            false,
        ),
        (
            "flags",
            "randomize-layout",
            "layout options: image randomize-layout, host none".to_owned(),
            false,
        ),
    ] {
        let theirs = build(&[(key, value)]);
        assert_eq!(theirs.differences(&ours), [&*says]);
        let expected = if c { vec![says] } else { Vec::new() };
        assert_eq!(theirs.c_differences(&ours), expected);
    }
    let theirs = build(&[("rustc", "1.80.0"), ("panic", "abort")]);
    assert_eq!(theirs.differences(&ours).len(), 2);
}

#[test]
fn target_features_need_not_be_equal() {
    let host = build(&[("features", "fxsr sse sse2")]);
    let image = |features| build(&[("features", features)]);
    // Whatever the processor has, or can't be asked for.
    assert!(image("sse2 made-up").differences(&host).is_empty());
    assert!(host.differences(&image("sse2 sse3")).is_empty());
    // No processor of today has both: AMD dropped tbm, and Intel never had it.
    let lacking = image("sse2 tbm kl").differences(&host);
    assert!(!lacking.is_empty());
    for text in &lacking {
        assert!(text.starts_with("the image uses "), "{text}");
        assert!(text.ends_with(", which this processor has not"), "{text}");
    }
    assert_eq!(image("sse2 tbm kl").c_differences(&host), lacking);
    // Those that decide how arguments travel.
    assert_eq!(
        image("sse2 soft-float").differences(&host),
        ["target feature soft-float: image with, host without"]
    );
    assert_eq!(
        image("sse").c_differences(&host),
        ["target feature sse2: image without, host with"]
    );
}
