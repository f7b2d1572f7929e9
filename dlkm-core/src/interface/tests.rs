use dlkm_metadata::write::{Declaration, Described, Functions, Unmap};
use dlkm_metadata::{Abi, Class, InterfaceInfo, TypeKind};

use super::*;

/// The error of a function.
struct ShmError {
    _code: i32,
    _at: u64,
}

impl Lifetimes for ShmError {
    type Before<R: List> = R;
}

// SAFETY: size and alignment are the type's own, and fields and parts are in the same order.
unsafe impl Interface for ShmError {
    const TYPE: Type = Type {
        digest: digest("ShmError code at"),
        variants: &[Variant {
            name: "",
            value: None,
            fields: &[
                Field {
                    name: "code",
                    offset: Some(std::mem::offset_of!(ShmError, _code)),
                    lifetimes: "",
                    written: Written::Fixed,
                    fixed: true,
                },
                Field {
                    name: "at",
                    offset: Some(std::mem::offset_of!(ShmError, _at)),
                    lifetimes: "",
                    written: Written::Fixed,
                    fixed: true,
                },
            ],
        }],
        ..Type::of::<Self>("ShmError", Form::Struct)
    };
    type Args = ();
    type Parts = Two<One<i32>, One<u64>>;
}

/// An enum with a `repr`.
#[repr(u8)]
enum Mode {
    _Read = 1,
    _Write = 4,
}

impl Lifetimes for Mode {
    type Before<R: List> = R;
}

// SAFETY: size and alignment are the type's own, and it has no fields.
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
const SHM: Declaration = Declaration {
    name: "shm",
    class: Class::Unloadable,
    switch: false,
    abi: Abi::Rust,
    version: "0.1.0",
    functions: Functions::new(
        utf8(const { &SIGNATURES.text::<{ SIGNATURES.text_length() }>() }),
        const { &SIGNATURES.declared::<2>("fn") },
    ),
    unmap: Unmap::PROVEN,
};

#[test]
fn what_is_described_while_compiling_is_read_back() {
    let shm = InterfaceInfo::of_caller(&Described {
        declaration: &SHM,
        types: &SIGNATURES.types::<{ SIGNATURES.types_length() }>(),
    });
    let shm = shm.unwrap();
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
    assert_eq!(code.offset(), Some(std::mem::offset_of!(ShmError, _code)));
}
