//! Files that are not an image, or not the right one. The kernel refuses each before any of its
//! code runs, with a message that names the file, and the process goes on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dlkm_rt::metadata::Metadata;
use scenario_bounded::Bounded;

use crate::scenario::{failing, loading};
use crate::support::{self, stderr, stdout};

/// A module root of its own with one file in it.
struct Root(tempfile::TempDir);

impl Root {
    fn with(name: &str, content: &[u8]) -> Self {
        let root = tempfile::tempdir().expect("a temporary folder");
        fs::write(root.path().join(name), content).expect("the file is written");
        Root(root)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

fn heap() -> Vec<u8> {
    fs::read(support::root().join("heap.so")).expect("built before")
}

/// Runs the scenario that calls `heap::bytes` twice; the error must contain `parts`.
#[track_caller]
fn refused(root: &Path, parts: &[&str]) {
    let output = failing::call_heap().run(root, "");
    let text = stderr(&output);
    assert!(output.status.success(), "{}\n{text}", output.status);
    for part in ["can't load module `heap` for `heap::bytes`"]
        .iter()
        .chain(parts)
    {
        assert!(text.contains(part), "{text:?} does not say {part:?}");
    }
}

#[test]
fn a_sound_image_is_not_refused() {
    let root = Root::with("heap.so", &heap());
    let output = failing::call_heap().run(root.path(), "");
    assert!(output.status.success());
    assert_eq!(stderr(&output), "", "a sound image loads");
}

#[test]
fn a_missing_module_root_is_reported() {
    refused(
        Path::new("/nonexistent/modules"),
        &[
            "module root /nonexistent/modules",
            " --root /nonexistent/modules` creates it",
        ],
    );
    let root = Root::with("file", b"");
    refused(
        &root.path().join("file"),
        &["module root", "Not a directory", "name a folder"],
    );
}

#[test]
fn a_missing_image_is_reported() {
    let root = Root::with("other.txt", b"");
    refused(
        root.path(),
        &["there is no image", "heap.so", "cargo dlkm build"],
    );
}

#[test]
fn an_empty_file_is_refused() {
    refused(
        Root::with("heap.so", b"").path(),
        &["heap.so", "the file is empty"],
    );
}

#[test]
fn a_file_that_is_not_elf_is_refused() {
    refused(
        Root::with("heap.so", b"#!/bin/sh\necho\n").path(),
        &["heap.so", "not an ELF image"],
    );
    let mut wide = heap();
    wide[4] = 1; // ELFCLASS32
    refused(
        Root::with("heap.so", &wide).path(),
        &["heap.so", "not an ELF image"],
    );
}

#[test]
fn a_folder_and_a_broken_link_are_refused() {
    let root = Root::with("x", b"");
    fs::create_dir(root.path().join("heap.so")).expect("made");
    refused(root.path(), &["heap.so", "not a regular file"]);
    let root = Root::with("x", b"");
    std::os::unix::fs::symlink("nowhere", root.path().join("heap.so")).expect("made");
    refused(root.path(), &["heap.so", "No such file"]);
}

/// All lengths up to all but the last byte, in steps.
#[test]
fn a_truncated_image_is_refused() {
    let whole = heap();
    let step = whole.len() / 97 + 1;
    let near_end = [1, 2, 64].map(|missing| whole.len() - missing);
    for length in (1..whole.len())
        .step_by(step)
        .chain([3, 4, 16, 63, 64])
        .chain(near_end)
    {
        refused(Root::with("heap.so", &whole[..length]).path(), &["heap.so"]);
    }
}

/// The image's tables are whole, but they point past its end: a read of that mapping would end
/// in SIGBUS.
#[test]
fn a_segment_past_the_end_is_refused() {
    let mut image = heap();
    let number = |image: &[u8], at: usize, bytes: usize| {
        let mut number = [0; 8];
        number[..bytes].copy_from_slice(&image[at..at + bytes]);
        u64::from_le_bytes(number) as usize
    };
    // e_phoff, e_phentsize and e_phnum of the ELF header.
    let (table, size, count) = (
        number(&image, 32, 8),
        number(&image, 54, 2),
        number(&image, 56, 2),
    );
    const PT_LOAD: usize = 1;
    let last = (0..count)
        .map(|i| table + i * size)
        .rfind(|at| number(&image, *at, 4) == PT_LOAD)
        .expect("a segment to load");
    let past = (image.len() as u64 * 2).to_le_bytes();
    for field in [32, 40] {
        // p_filesz, p_memsz
        image[last + field..last + field + 8].copy_from_slice(&past);
    }
    let root = Root::with("heap.so", &image);
    refused(root.path(), &["heap.so", "a segment reaches past its end"]);
}

#[test]
fn a_shared_object_without_metadata_is_refused() {
    let root = Root::with("empty.c", b"int answer(void) { return 42; }\n");
    let made = Command::new("cc")
        .args(["-shared", "-fPIC", "-o", "heap.so", "empty.c"])
        .current_dir(root.path())
        .status();
    assert!(
        made.expect("a C compiler: install the package gcc")
            .success()
    );
    refused(root.path(), &["heap.so", "SHT_MOD", "#[module]"]);
}

#[test]
fn the_image_of_another_module_is_refused() {
    let other = fs::read(support::root().join("pair.so")).expect("built before");
    refused(
        Root::with("heap.so", &other).path(),
        &["heap.so", "image of module `pair`"],
    );
}

/// Replaces each occurrence of a text in the metadata by another of the same length.
fn patched(from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut image = heap();
    let places: Vec<_> = (0..image.len() - from.len())
        .filter(|at| image[*at..].starts_with(from.as_bytes()))
        .collect();
    assert!(!places.is_empty(), "the image contains {from}");
    for at in places {
        image[at..at + to.len()].copy_from_slice(to.as_bytes());
    }
    image
}

#[test]
fn the_dynamic_linkers_error_is_passed_on() {
    let image = patched("libgcc_s.so.1", "libnot_s.so.1");
    refused(
        Root::with("heap.so", &image).path(),
        &[
            "the dynamic linker rejected",
            "heap.so",
            "libnot_s.so.1: cannot open",
        ],
    );
}

#[test]
fn another_compiler_or_build_is_refused() {
    for (from, to, says) in [
        ("rustc=1.", "rustc=0.", "rustc: image 0."),
        (
            "panic=unwind",
            "panic=abort_",
            "panic strategy: image abort_, host unwind",
        ),
        (
            "pointer=64",
            "pointer=32",
            "pointer width: image 32, host 64",
        ),
        ("runtime=0.", "runtime=9.", "dlkm-rt: image 9."),
        ("target=x86_64", "target=x86_32", "target: image x86_32"),
    ] {
        refused(
            Root::with("heap.so", &patched(from, to)).path(),
            &["not built for this host", says],
        );
    }
}

#[test]
fn damaged_metadata_is_refused() {
    for (from, to, says) in [
        ("format=2\0name", "format=9\0name", "format 9 is unknown"),
        ("states=auto", "status=auto", "`states` is missing"),
        (
            "interface=heap load-only",
            "interface=heap load_only",
            "no known class",
        ),
        ("name=heap", "name\u{1}heap", "not `key=value`"),
    ] {
        refused(
            Root::with("heap.so", &patched(from, to)).path(),
            &["heap.so", says],
        );
    }
}

/// The hash decides; the texts say why.
#[test]
fn another_type_in_a_signature_is_refused() {
    let metadata = Metadata::read(&support::root().join("heap.so")).expect("built before");
    let bytes = &metadata.interfaces()[0].exports()[0];
    let image = patched(
        &format!("export=bytes {:016x}: fn(usize)", bytes.hash()),
        &format!("export=bytes {:016x}: fn(isize)", !bytes.hash()),
    );
    refused(
        Root::with("heap.so", &image).path(),
        &["interface `heap`", "bytes: argument 1: usize → isize;"],
    );
}

/// A call into the image could end in SIGILL.
#[test]
fn an_image_for_another_processor_is_refused() {
    let metadata = Metadata::read(&support::root().join("heap.so")).expect("built before");
    let features: Vec<_> = metadata.build().features().collect();
    let features = features.join(" ");
    // No processor has both.
    let others = format!("{:<width$}", "kl tbm", width = features.len());
    let image = patched(
        &format!("features={features}"),
        &format!("features={others}"),
    );
    refused(
        Root::with("heap.so", &image).path(),
        &[
            "not built for this host",
            "tbm, which this processor does not have",
        ],
    );
}

#[test]
fn an_image_without_the_interface_is_refused() {
    let image = patched("interface=heap load-only", "interface=heaq load-only");
    let root = Root::with("heap.so", &image);
    let output = failing::call_heap().run(root.path(), "loads by name");
    let text = stderr(&output);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("does not provide interface `heap`"), "{text}");
}

#[test]
fn a_relative_module_root_is_found_from_the_working_folder() {
    let root = Root::with("heap.so", &heap());
    for (folder, relative) in [(root.path(), "."), (root.path(), ""), (Path::new("/"), ".")] {
        let mut host = failing::call_heap().host(Path::new(relative));
        let output = host.current_dir(folder).bounded();
        let text = stderr(&output);
        let found = folder == root.path() && !relative.is_empty();
        assert!(output.status.success(), "{text}");
        assert_eq!(text.is_empty(), found, "{relative:?}: {text}");
    }
}

#[test]
fn another_version_of_the_interface_is_refused() {
    let root: PathBuf = support::build("old", &["counter-old"]);
    let output = failing::call_counter().run(&root, "");
    let text = stderr(&output);
    assert!(output.status.success(), "{text}");
    for part in [
        "can't load module `counter` for `counter::count`",
        "another version of interface `counter`",
        ": during: arguments (&mut dyn FnMut()) → ();",
    ] {
        assert!(text.contains(part), "{text:?} does not say {part:?}");
    }
}

#[test]
fn an_image_without_new_functions_serves_the_others() {
    let root: PathBuf = support::build("first", &["counter-first"]);
    let output = failing::call_first_counter().run(&root, "");
    let text = stderr(&output);
    assert!(output.status.success(), "{text}");
    for part in [
        "module `counter` has no `counter::keep`",
        "an earlier state of version 0.1.0 of interface `counter`",
    ] {
        assert!(text.contains(part), "{text:?} does not say {part:?}");
    }
}

#[test]
fn several_images_of_an_interface_are_refused() {
    let pair = fs::read(support::root().join("pair.so")).expect("built before");
    let root = Root::with("pair.so", &pair);
    fs::write(root.path().join("copy.so"), &pair).expect("written");
    let output = loading::list().run(root.path(), "");
    let text = stdout(&output);
    assert!(text.contains("copy: can't load module `copy`"), "{text}");
    assert!(text.contains("image of module `pair`"), "{text}");

    let output = failing::call_left().run(root.path(), "");
    let text = stderr(&output);
    assert!(output.status.success(), "{text}");
    for part in [
        "`left::left`",
        "several modules provide interface `left`",
        "copy.so",
        "pair.so",
    ] {
        assert!(text.contains(part), "{text:?} does not say {part:?}");
    }
}
