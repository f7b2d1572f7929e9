//! How many addresses the dynamic linker must write for a stub before a program starts: counted, so
//! that a program with thousands of stubs starts as one with ten.

use std::fs;

use object::read::elf::ElfFile64;
use object::{Object as _, RelocationFlags, elf};

const STUBS: f64 = 200.0;

/// The relocations of a program.
fn relocations(program: &str) -> f64 {
    let data = fs::read(program).expect("cargo has built it");
    let file: ElfFile64<'_> = ElfFile64::parse(&*data).expect("an ELF file");
    let all = file.dynamic_relocations().expect("a dynamic section");
    let relative = RelocationFlags::Elf {
        r_type: elf::R_X86_64_RELATIVE,
    };
    all.filter(|(_, one)| one.flags() == relative).count() as f64
}

#[test]
fn a_stub_needs_one_relocation() {
    let none = relocations(env!("CARGO_BIN_EXE_none"));
    assert!(none > 100.0, "{none}: are they in another section?");
    for (kind, program, most) in [
        ("strong", env!("CARGO_BIN_EXE_strong"), 1.03),
        ("unloadable", env!("CARGO_BIN_EXE_unloadable"), 1.03),
        // A program with weak stubs has some fourteen more for what asks for all of them.
        ("weak", env!("CARGO_BIN_EXE_weak"), 1.09),
    ] {
        let each = (relocations(program) - none) / STUBS;
        assert!(each <= most, "{kind}: {each} a stub");
    }
}
