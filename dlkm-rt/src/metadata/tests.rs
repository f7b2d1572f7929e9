use super::text::Declared;
use super::*;
use crate::declaration::Function;

const SHM: Declaration = Declaration {
    name: "shm",
    class: Class::Unloadable,
    functions: &[
        Function {
            name: "shmget",
            signature: "fn(u32, usize) -> u64",
        },
        Function {
            name: "shmexit",
            signature: "fn(u32)",
        },
    ],
};

const DECLARED: Declared = Declared {
    name: "shm",
    version: "0.1.0",
    kind: "misc",
    desc: "a = b, \"quoted\"\nand more",
    states: "auto static",
    depends: "sem  msg",
    interfaces: &[&SHM],
};

static TEXT: [u8; DECLARED.text_len()] = DECLARED.text();

#[test]
fn what_is_written_while_compiling_is_read_back() {
    let metadata = Metadata::parse(&TEXT).unwrap();
    assert_eq!(metadata.name(), "shm");
    assert_eq!(metadata.desc(), "a = b, \"quoted\"\nand more");
    assert_eq!(metadata.depends(), ["sem", "msg"]);
    assert!(metadata.supports("auto") && !metadata.supports("loaded"));
    let shm = metadata.interface("shm").unwrap();
    assert_eq!(shm.class(), Class::Unloadable);
    assert_eq!(shm.exports()[0].signature(), "fn(u32, usize) -> u64");
    assert_eq!(shm.positions(&SHM), Ok(vec![0, 1]));
    assert_eq!(metadata.build(), &Build::ours());
    assert_eq!(DECLARED.max_stubs(), 2);
}

#[test]
fn each_function_that_differs_is_named() {
    let text = String::from_utf8(TEXT.to_vec()).unwrap();
    let text = text.replace("shmget fn(u32, usize)", "shmget fn(u32, u32)");
    let text = text.replace("export=shmexit fn(u32)\0", "");
    let metadata = Metadata::parse(text.as_bytes()).unwrap();
    let differences = metadata
        .interface("shm")
        .unwrap()
        .positions(&SHM)
        .unwrap_err();
    assert_eq!(
        differences,
        [
            "`shmget` is `fn(u32, u32) -> u64`, not `fn(u32, usize) -> u64`",
            "`shmexit` is missing",
        ]
    );
}

#[test]
fn text_that_does_not_follow_the_format_is_refused_with_the_place() {
    let whole = String::from_utf8(TEXT.to_vec()).unwrap();
    for (from, to, says) in [
        ("format=1", "format=9", "format 9 is unknown"),
        ("name=shm\0", "", "`name` is missing"),
        (
            "kind=misc",
            "kind=misc\0kind=misc",
            "`kind` stands there twice",
        ),
        ("states=", "states", "`statesauto static` is no `key=value`"),
        ("shm unloadable", "shm odd", "`shm` has no known class"),
        (
            "interface=shm unloadable\0",
            "",
            "`shmget` stands before any interface",
        ),
        (
            "export=shmexit fn(u32)",
            "export=shmexit",
            "`shmexit` has no signature",
        ),
    ] {
        let text = whole.replacen(from, to, 1);
        assert_ne!(text, whole, "{from}");
        let error = Metadata::parse(text.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
    assert!(Metadata::parse(b"name=\xff\0").is_err());
}

#[test]
fn differences_of_the_build_are_named_one_by_one() {
    let ours = Build::ours();
    let theirs = Build {
        rustc: "1.80.0".to_owned(),
        panic: "abort".to_owned(),
        ..ours.clone()
    };
    let differences = theirs.differences(&ours);
    assert_eq!(differences.len(), 2);
    assert!(differences[0].starts_with("rustc: image 1.80.0, host "));
    assert_eq!(differences[1], "panic strategy: image abort, host unwind");
    assert!(ours.differences(&ours).is_empty());
}
