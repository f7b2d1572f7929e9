use super::write::{
    BuildRecord, Declaration, Declared, Described, Functions, OwnBuild, Place, Unmap,
};
use super::*;

pub(crate) const BUILD: BuildRecord = BuildRecord {
    rustc: "1.95.0",
    commit: "59807616e",
    target: "x86_64-unknown-linux-gnu",
    pointer: "64",
    panic: "unwind",
    runtime: "0.1.0 (01234567)",
    sanitizer: "",
    flags: "",
    features: "fxsr sse sse2",
};
static BUILD_TEXT: [u8; BUILD.text_len()] = BUILD.text();
pub(crate) static OWN: OwnBuild = OwnBuild::new(BUILD, &BUILD_TEXT);

#[test]
fn class_and_abi_are_shown_as_images_write_them() {
    assert_eq!(
        [Class::LoadOnly, Class::Unloadable].map(|class| class.to_string()),
        ["load-only", "unloadable"]
    );
    assert_eq!(
        [Abi::Rust, Abi::C].map(|abi| abi.to_string()),
        ["Rust", "C"]
    );
    assert_eq!(
        format!("{:>10}|{:4}|", Class::LoadOnly, Abi::C),
        " load-only|C   |"
    );
}

pub(crate) const SHM_TYPES: &[u8] = b"type=enum size 1 align 1 niche repr(u8): Mode\0\
    variant=Read 1\0variant=Write 4\0\
    type=struct size 16 align 8: ShmError\0\
    field=code at 8: i32\0field=at at 0: u64\0";
pub(crate) const SHM: Declaration = Declaration {
    name: "shm",
    class: Class::Unloadable,
    switch: false,
    abi: Abi::Rust,
    version: "0.1.0",
    functions: Functions::new(
        "shmgetfn(u32, Mode) -> Result<u64, ShmError>shmexitfn(u32)",
        &[
            Place {
                name: 6,
                signature: 44,
                hash: 0x0123_4567_89ab_cdef,
            },
            Place {
                name: 51,
                signature: 58,
                hash: 7,
            },
        ],
    ),
    unmap: Unmap::PROVEN,
};

const DECLARED: Declared = Declared {
    name: "shm",
    version: "0.1.0",
    kind: "misc",
    desc: "a = b, \"quoted\" → more",
    states: "auto static",
    phases: "",
    lines: &["require=interface msg ^1.2", "want=after log"],
    weak: "fonts",
    critical: false,
    depends: "sem  msg",
    idle: "30000",
    interfaces: &[Described {
        declaration: &SHM,
        types: SHM_TYPES,
    }],
    stubs: 0,
};

static TEXT: [u8; DECLARED.text_len(&BUILD)] = DECLARED.text(&BUILD);

/// The interface with these lines, each ended by a NUL.
pub(crate) fn interface(lines: &str) -> InterfaceInfo {
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
    assert_eq!(metadata.desc(), "a = b, \"quoted\" → more");
    assert_eq!(metadata.depends(), ["sem", "msg"]);
    let [required] = metadata.requires() else {
        panic!("{:?}", metadata.requires());
    };
    assert_eq!(required.to_string(), "interface msg ^1.2");
    assert!(required.allows("1.3.0") && !required.allows("2.0.0") && !required.allows("x"));
    let [wanted] = metadata.wants() else {
        panic!("{:?}", metadata.wants());
    };
    assert!(wanted.is_after() && wanted.name() == "log");
    assert_eq!(metadata.weak(), ["fonts"]);
    assert!(metadata.supports(ModuleState::Auto) && !metadata.supports(ModuleState::Loaded));
    assert_eq!(metadata.idle(), Some(std::time::Duration::from_secs(30)));
    assert_eq!(metadata.build(), &Build::of(&OWN));
    assert_eq!(DECLARED.max_stubs(), 2);

    let shm = metadata.interface("shm").unwrap();
    assert_eq!(shm.class(), Class::Unloadable);
    assert_eq!((shm.abi(), shm.version()), (Abi::Rust, "0.1.0"));
    let [get, exit] = shm.exports() else {
        panic!("{shm:?}")
    };
    assert_eq!(get.signature(), "fn(u32, Mode) -> Result<u64, ShmError>");
    assert_eq!(get.hash(), SHM.functions.get(0).hash);
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
    assert_eq!(code.offset(), Some(8));
}

/// A reader with the same build, which skips the last lines, reads the same.
#[test]
fn a_build_that_is_the_readers_own_reads_the_same() {
    let plain = Metadata::parse(&TEXT).unwrap();
    let own = Metadata::parse_for(&TEXT, &OWN).unwrap();
    assert_eq!(own.build(), plain.build());
    assert!(own.build().fields().eq(plain.build().fields()));
    assert_eq!(own.interfaces(), plain.interfaces());
}

/// The linker chooses the order of the tunables' texts, and may fill up with zeros.
#[test]
fn a_module_and_its_tunables_are_compared_with_what_was_read() {
    let tunables: [&[u8]; 3] = [
        b"tunable=a u8: \0default=1\0",
        b"tunable=ab u8: \0default=1\0",
        b"tunable=b text: \0default=a\0",
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let pieces = order.map(|i| tunables[i]).join(&b"\0\0"[..]);
        let metadata = Metadata::parse(&[&pieces, &TEXT[..]].concat()).unwrap();
        let names: Vec<_> = metadata.tunables().iter().map(|one| one.name()).collect();
        assert_eq!(names, ["a", "ab", "b"]);
        assert!(metadata.is_made_of(&TEXT, &tunables));
        assert!(!metadata.is_made_of(&TEXT, &tunables[1..]));
        assert!(!metadata.is_made_of(&TEXT, &[tunables[0]; 3]));
        assert!(!metadata.is_made_of(&TEXT[1..], &tunables));
        let more = [&tunables[..], &tunables[..1]].concat();
        assert!(!metadata.is_made_of(&TEXT, &more));
    }
    for (one, other) in [("a-b", "a_b"), ("a", "a")] {
        let text = format!("tunable={one} u8: \0default=1\0tunable={other} u8: \0default=1\0");
        let error = Metadata::parse(&[text.as_bytes(), &TEXT[..]].concat()).unwrap_err();
        let error = error.to_string();
        assert!(error.contains("two tunables have the name `a"), "{error}");
    }
}

/// The caller's own text reads like the module's.
#[test]
fn a_caller_knows_what_it_was_built_with() {
    let caller = Described {
        declaration: &SHM,
        types: SHM_TYPES,
    };
    let known = InterfaceInfo::of_caller(&caller).unwrap();
    let metadata = Metadata::parse(&TEXT).unwrap();
    assert_eq!(Some(&known), metadata.interface("shm"));
    assert_eq!(known.positions(&caller), Ok(vec![Some(0), Some(1)]));
}

#[test]
fn text_that_does_not_follow_the_format_is_refused_with_the_place() {
    let whole = String::from_utf8(TEXT.to_vec()).unwrap();
    for (from, to, says) in [
        ("format=2", "format=9", "format 9 is unknown"),
        ("name=shm\0", "", "`name` is missing"),
        ("commit=", "no=", "`commit` is missing"),
        ("kind=misc", "kind=misc\0kind=misc", "`kind` appears twice"),
        ("kind=misc", "kind=misc\0rustc=1", "`rustc` appears twice"),
        ("rustc=", "x=rustc=", "`rustc` is missing"),
        (
            "states=",
            "states",
            "`statesauto static` is not `key=value`",
        ),
        ("states=auto", "states=odd", "state `odd` is unknown"),
        ("shm unloadable", "shm odd", "`shm` has no known class"),
        ("unloadable Rust", "unloadable D", "`shm` has no known ABI"),
        ("Rust 0.1.0", "Rust", "`shm` has no version"),
        (
            "interface=shm unloadable Rust 0.1.0\0",
            "",
            "`shmget` comes before any interface",
        ),
        (": fn(u32)\0", "\0", "has no signature"),
        ("export=shmget ", "export=shmget +", "`shmget` has no hash"),
        ("export=shmget ", "export=", "has no hash"),
        ("type=enum ", "type=union ", "`Mode` has no known kind"),
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
            "`Write` of `Mode` is not a number",
        ),
        (
            "type=enum ",
            "type=struct ",
            "`Read` is in `Mode`, which is not an enum",
        ),
        (
            "variant=Read",
            "field=x: u8\0variant=Read",
            "`x` of `Mode` comes before any variant",
        ),
        ("export=", "variant=A\0export=", "`A` comes before any type"),
        (
            "export=",
            "field=a: u8\0export=",
            "`a` comes before any type",
        ),
        ("field=code at ", "field=code at x", "is not a number"),
        (": i32\0", "\0", "has no type"),
    ] {
        let text = whole.replacen(from, to, 1);
        assert_ne!(text, whole, "{from}");
        let error = Metadata::parse(text.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
        let error = Metadata::parse_for(text.as_bytes(), &OWN).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
    assert!(Metadata::parse(b"name=\xff\0").is_err());
}

/// However a text is cut or a byte of it changed, the result is metadata or an error.
#[test]
fn damaged_text_never_panics() {
    for at in 0..TEXT.len() {
        let _ = Metadata::parse(&TEXT[..at]);
        let _ = Metadata::parse_for(&TEXT[..at], &OWN);
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
