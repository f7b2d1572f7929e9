//! Files and folders that claim to be large, and texts that are made to do harm. The kernel meets them
//! with a bounded memory and in a bounded time.

#[path = "../../../../dlkm-config/src/tests/image.rs"]
mod small;

use std::fmt::Write;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use object::read::elf::{FileHeader, SectionHeader};
use object::{Endianness, elf};
use scenario_bounded::Bounded;

use crate::scenario::{failing, loading};
use crate::support::{self, Scenario, stderr, stdout};

/// 4 GB of address space, and a minute of a processor, however many others use it. What was quadratic
/// takes several, and the same in linear time a few seconds.
const LIMITS: &str = "ulimit -v 4000000 && ulimit -t 60 && exec \"$0\" \"$@\"";

/// Runs the scenario within the limits.
#[track_caller]
fn run(scenario: Scenario, root: &Path, argument: &str) -> Output {
    let host = scenario.host(root);
    let mut limited = Command::new("sh");
    limited.args(["-c", LIMITS]);
    limited.arg(host.get_program()).args(host.get_args());
    let output = limited.env_remove("RUST_BACKTRACE").arg(argument).bounded();
    assert!(
        output.status.success(),
        "{}\n{}",
        output.status,
        stderr(&output)
    );
    output
}

fn image(module: &str) -> Vec<u8> {
    fs::read(support::root().join(format!("{module}.so"))).expect("built before")
}

/// Where an image has its metadata, the header of that section and the fields of the SHT_MOD section;
/// and the metadata's length.
struct Places {
    text: usize,
    text_header: usize,
    fields: usize,
    length: usize,
}

fn places(image: &[u8]) -> Places {
    const SHT_MOD: u32 = 0x6d6f_6400;
    let little = Endianness::Little;
    let header = elf::FileHeader64::<Endianness>::parse(image).expect("an ELF file");
    let sections = header.sections(little, image).expect("with sections");
    let (index, text) = sections
        .section_by_name(little, b"dlkm_modinfo")
        .expect("an image");
    let mut all = sections.iter();
    let fields = all
        .find(|one| one.sh_type(little).0 == SHT_MOD)
        .expect("an image");
    let fields = fields.sh_offset(little) as usize;
    let length = image[fields + 24..fields + 32].try_into().expect("8 bytes");
    Places {
        text: text.sh_offset(little) as usize,
        text_header: header.e_shoff.get(little) as usize + 64 * index.0,
        fields,
        length: u64::from_le_bytes(length) as usize,
    }
}

fn text(image: &[u8]) -> String {
    let Places { text, length, .. } = places(image);
    let text = image[text..text + length].to_owned();
    String::from_utf8(text).expect("a text")
}

fn put(image: &mut [u8], at: usize, number: usize) {
    image[at..at + 8].copy_from_slice(&(number as u64).to_le_bytes());
}

/// The image with another text, which is at the end of the file. The distance in the SHT_MOD section
/// leads nowhere, so that the section's name counts, as in an image that a tool has changed.
fn with_text(mut image: Vec<u8>, text: &str) -> Vec<u8> {
    let places = places(&image);
    image.resize(image.len().next_multiple_of(8), 0);
    let at = image.len();
    put(&mut image, places.text_header + 24, at);
    put(&mut image, places.text_header + 32, text.len());
    put(&mut image, places.fields + 16, 1 << 40);
    put(&mut image, places.fields + 24, text.len());
    image.extend_from_slice(text.as_bytes());
    image
}

/// Replaces the value of a key.
fn with_value(text: &str, key: &str, value: &str) -> String {
    let lines = text
        .split_inclusive('\0')
        .map(|line| match line.split_once('=') {
            Some((own, _)) if own == key => format!("{key}={value}\0"),
            _ => line.to_owned(),
        });
    let changed: String = lines.collect();
    assert_ne!(changed, text);
    changed
}

#[test]
fn an_image_that_claims_gigabytes_of_metadata_is_refused() {
    const GIGABYTES: usize = 8 << 30;
    let mut image = image("heap");
    let Places { fields, .. } = places(&image);
    let end = image.len().next_multiple_of(4096);
    let root = tempfile::tempdir().expect("a temporary folder");
    let file = root.path().join("heap.so");
    let write = |image: &[u8]| {
        fs::write(&file, image).expect("written");
        let opened = File::options().write(true).open(&file).expect("ours");
        opened
            .set_len((end + GIGABYTES) as u64)
            .expect("a sparse file");
    };
    write(&image);
    assert_eq!(
        stderr(&run(failing::call_heap(), root.path(), "")),
        "",
        "its length does no harm"
    );
    put(&mut image, fields + 24, GIGABYTES);
    // As the text is in a segment, and as a tool may leave it.
    for distance in [None, Some(end)] {
        if let Some(distance) = distance {
            put(&mut image, fields + 16, distance);
        }
        write(&image);
        let text = stderr(&run(failing::call_heap(), root.path(), ""));
        let says = "heap.so: the module's metadata can't be read: it has more than 1048576 bytes";
        assert!(text.contains(says), "{text}");
        let text = stdout(&run(loading::list(), root.path(), ""));
        assert!(text.contains("it has more than 1048576 bytes"), "{text}");
    }
}

#[test]
fn keys_that_a_host_does_not_know_are_skipped_soon() {
    let mut keys = String::new();
    for number in 0.. {
        write!(keys, "k{number}=\0").expect("written");
        if keys.len() > 309_000 {
            break;
        }
    }
    let image = image("heap");
    let text = text(&image).replacen("rustc=", &(keys + "rustc="), 1);
    let root = tempfile::tempdir().expect("a temporary folder");
    fs::write(root.path().join("heap.so"), with_text(image, &text)).expect("written");
    let listed = stdout(&run(loading::list(), root.path(), ""));
    assert!(listed.contains("heap: misc 0.1.0 unloaded"), "{listed}");
    // The text in memory is another one.
    let text = stderr(&run(failing::call_heap(), root.path(), ""));
    assert!(
        text.contains("does not contain what its metadata says"),
        "{text}"
    );
}

#[test]
fn a_description_forges_no_line_of_a_list() {
    let image = image("heap");
    let own = text(&image);
    let root = tempfile::tempdir().expect("a temporary folder");
    for sign in ['\n', '\r', '\u{85}', '\u{2028}'] {
        let desc = format!("fine{sign}calc: misc 0.1.0 loaded");
        let text = with_value(&own, "desc", &desc);
        fs::write(root.path().join("heap.so"), with_text(image.clone(), &text)).expect("written");
        let text = stderr(&run(failing::call_heap(), root.path(), ""));
        let says = format!(
            "the value of `desc` has the character U+{:04X}",
            u32::from(sign)
        );
        assert!(text.contains(&says), "{text}");
        let text = stdout(&run(loading::list(), root.path(), ""));
        assert!(
            text.contains(&says) && !text.contains("calc: misc"),
            "{text}"
        );
    }
}

/// Each depends on the next one.
#[test]
fn a_long_chain_of_modules_is_an_error() {
    const LENGTH: usize = 10_000;
    let own = text(&image("bare"));
    let root = tempfile::tempdir().expect("a temporary folder");
    for number in 0..LENGTH {
        let text = with_value(&own, "name", &format!("link-{number}"));
        let text = with_value(&text, "depends", &format!("link-{}", (number + 1) % LENGTH));
        let file = root.path().join(format!("link-{number}.so"));
        fs::write(file, small::image(text.as_bytes())).expect("written");
    }
    let text = stderr(&run(loading::load(), root.path(), "link-0"));
    for part in ["can't load module `link-0`", "`link-1`", "more than 64"] {
        assert!(text.contains(part), "{text:?} does not say {part:?}");
    }
    assert!(text.len() < 10_000, "{text}");
    let text = stdout(&run(loading::list(), root.path(), ""));
    assert!(text.lines().count() > LENGTH, "all are listed");
    assert!(
        text.contains("link-9999: misc"),
        "none of them is wrong by itself"
    );
}

/// A look-up by an interface opens all files, and a list of the modules does so again.
#[test]
fn a_hundred_thousand_images_are_searched_soon() {
    let text = text(&image("heap"));
    let root = tempfile::tempdir().expect("a temporary folder");
    let other = root.path().join("other");
    fs::write(&other, small::image(text.as_bytes())).expect("written");
    for number in 0..100_000 {
        symlink(&other, root.path().join(format!("{number}.so"))).expect("made");
    }
    fs::write(root.path().join("pair.so"), image("pair")).expect("written");
    run(
        loading::a_module_may_provide_two_interfaces(),
        root.path(),
        "",
    );
}
