//! Images that were linked in another way, that a tool has changed after that, or whose file system
//! allows no code.

use std::fs;
use std::io::Write as _;
use std::process::Command;

use object::read::elf::{FileHeader, SectionHeader};
use object::{Endianness, elf};

use crate::scenario::{failing, loading};
use crate::support::{self, in_namespaces, stderr};

/// The C library has room for such data of some objects only, and the thread-local data of an image
/// counts as a whole.
#[test]
fn thread_local_data_at_a_fixed_distance_has_room() {
    let output = loading::load().succeed_with(support::root(), "static-tls");
    assert_eq!(stderr(&output), "", "it loads");
    let image = fs::read(support::root().join("static-tls.so")).expect("built before");
    let little = Endianness::Little;
    let header = elf::FileHeader64::<Endianness>::parse(&*image).expect("an ELF file");
    let sections = header.sections(little, &*image).expect("with sections");
    let (_, dynamic) = sections
        .section_by_name(little, b".dynamic")
        .expect("of a shared object");
    let entries = dynamic.data(little, &*image).expect("in the file");
    let fixed = entries.chunks_exact(16).any(|entry| {
        let [tag, value] = [&entry[..8], &entry[8..]]
            .map(|word| u64::from_le_bytes(word.try_into().expect("8 bytes")));
        tag == elf::DT_FLAGS.0 as u64 && value & elf::DF_STATIC_TLS.0 != 0
    });
    assert!(fixed, "or the test shows nothing");
}

/// patchelf moves sections of an image of rust-lld, and among them the one that leads to the metadata.
#[test]
fn an_image_that_patchelf_has_changed_loads() {
    if Command::new("patchelf").arg("--version").output().is_err() {
        let _ = writeln!(std::io::stderr(), "skipped: there is no `patchelf`");
        return;
    }
    let root = tempfile::tempdir().expect("a temporary folder");
    let file = root.path().join("heap.so");
    for change in [
        &["--set-rpath", "/opt/some/library/folder"][..],
        &["--set-soname", "libof-a-longer-name.so.1"],
        &["--add-needed", "libm.so.6"],
        &["--shrink-rpath"],
    ] {
        fs::copy(support::root().join("heap.so"), &file).expect("built before");
        let mut patchelf = Command::new("patchelf");
        let output = patchelf
            .args(change)
            .arg(&file)
            .output()
            .expect("it starts");
        assert!(output.status.success(), "{}", stderr(&output));
        let output = failing::call_heap().succeed(root.path());
        assert_eq!(stderr(&output), "", "{change:?}: it loads");
    }
}

#[test]
fn a_file_system_without_code_is_named() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let folder = root.path().to_str().expect("a text");
    let image = support::root().join("heap.so");
    let image = image.to_str().expect("a text");
    let mount = format!("mount -t tmpfs -o noexec,mode=755 none {folder} && cp {image} {folder}");
    let host = failing::call_heap().host(root.path());
    let Some(mut host) = in_namespaces("-m", &mount, &host) else {
        return;
    };
    let output = host.output().expect("it starts");
    let text = stderr(&output);
    assert!(output.status.success(), "{text}");
    for part in [
        "the dynamic linker rejected",
        "heap.so",
        "`noexec`",
        "`findmnt -T`",
    ] {
        assert!(text.contains(part), "{text:?} does not say {part:?}");
    }
}
