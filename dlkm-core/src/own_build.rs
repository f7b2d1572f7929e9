//! How this copy of the runtime was built, as `build.rs` recorded it.

use std::mem::offset_of;

use dlkm_metadata::write::{BuildRecord, OwnBuild, Text};

/// For the metadata of modules that are built with this copy.
pub const BUILD: BuildRecord = BuildRecord {
    rustc: env!("DLKM_RUSTC"),
    commit: env!("DLKM_COMMIT"),
    target: env!("DLKM_TARGET"),
    pointer: env!("DLKM_POINTER"),
    panic: if cfg!(panic = "abort") {
        "abort"
    } else {
        "unwind"
    },
    runtime: env!("DLKM_RUNTIME"),
    sanitizer: env!("DLKM_SANITIZER"),
    flags: FLAGS,
    features: env!("DLKM_FEATURES"),
};

/// A struct whose fields the compiler puts in this order, unless an option shuffles them.
struct Sample {
    a: u32,
    b: u32,
    c: u32,
    d: u32,
    e: u32,
    f: u32,
    g: u32,
    h: u32,
}

/// The places of the fields. If they are shuffled, they depend on the option's seed as all types of
/// an author do.
const ORDER: [usize; 8] = [
    offset_of!(Sample, a),
    offset_of!(Sample, b),
    offset_of!(Sample, c),
    offset_of!(Sample, d),
    offset_of!(Sample, e),
    offset_of!(Sample, f),
    offset_of!(Sample, g),
    offset_of!(Sample, h),
];

/// The layout options that `build.rs` found, and the order of the sample if it is shuffled: an
/// option may come in a way that `build.rs` does not see, such as a compiler's wrapper.
const FLAGS: &str = match str::from_utf8(FLAGS_TEXT.bytes()) {
    Ok(flags) => flags,
    Err(_) => panic!("made of texts and digits"),
};
const FLAGS_TEXT: &Text<{ flags::<0>().length() }> = &flags();

const fn flags<const N: usize>() -> Text<N> {
    let mut out = Text::new();
    out.put(env!("DLKM_FLAGS"));
    let mut shuffled = false;
    let mut i = 0;
    while i < ORDER.len() {
        shuffled |= ORDER[i] != i * size_of::<u32>();
        i += 1;
    }
    if shuffled {
        if out.length() > 0 {
            out.put(" ");
        }
        out.put("order=");
        let mut i = 0;
        while i < ORDER.len() {
            out.number((ORDER[i] / size_of::<u32>()) as i128);
            i += 1;
        }
    }
    out
}

/// The same as text.
pub static TEXT: [u8; BUILD.text_len()] = BUILD.text();

/// For the kernel, which compares it with an image's.
pub static OWN: OwnBuild = OwnBuild::new(BUILD, &TEXT);
