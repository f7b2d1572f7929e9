//! Files that are not an image, or not the right one. The kernel refuses each before any of its
//! code runs, with a message that names the file, and the process goes on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dlkm_rt::metadata::{Class, Metadata, ModuleState, Phase};
use scenario_bounded::Bounded;

use crate::scenario::{failing, loading, reloading};
use crate::support::{self, in_namespaces, stderr, stdout};

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
    image("heap")
}

fn image(module: &str) -> Vec<u8> {
    fs::read(support::root().join(format!("{module}.so"))).expect("built before")
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

/// What `scenario_api` says about `quota`, its driver does not say.
#[test]
fn the_statements_of_a_modmeta_are_the_metadata() {
    let quota = Metadata::read(&support::root().join("quota.so")).expect("built before");
    assert_eq!((quota.name(), quota.version()), ("quota", "2.1.0"));
    assert_eq!((quota.kind(), quota.desc()), ("fs", "limits what is used"));
    assert_eq!(quota.states(), [ModuleState::Auto, ModuleState::Loaded]);
    assert_eq!(quota.phases(), [Phase::Init, Phase::Auto]);
    let interface = quota.interface("quota").expect("its interface");
    assert_eq!(interface.class(), Class::Unloadable);
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
fn a_list_of_modules_has_a_missing_module_root_and_the_static_modules() {
    let text = stdout(&loading::list().succeed(Path::new("/nonexistent/modules")));
    let entry = "/nonexistent/modules: the module root /nonexistent/modules can't be read: No such";
    assert!(text.contains(entry), "{text}");
    assert!(text.contains("plan: misc 0.1.0 "), "{text}");
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

/// Anything but a file, under the module's name and beside it. Waiting for the other end of the
/// pipe would never end.
#[test]
fn pipes_sockets_and_devices_neither_load_nor_block() {
    type Make = fn(&Path);
    let pipe: Make = |path| {
        let made = Command::new("mkfifo").arg(path).status();
        assert!(made.expect("coreutils").success());
    };
    let socket: Make = |path| drop(std::os::unix::net::UnixListener::bind(path).expect("made"));
    let device: Make = |path| std::os::unix::fs::symlink("/dev/zero", path).expect("made");
    for (make, says) in [
        (pipe, "it is a named pipe"),
        (socket, "it is a socket"),
        (device, "it is a device"),
    ] {
        let root = Root::with("x", b"");
        make(&root.path().join("heap.so"));
        refused(root.path(), &["heap.so", says, "not a regular file"]);
        // A look-up of an interface that no image is named after opens all images.
        let root = Root::with("pair.so", &image("pair"));
        make(&root.path().join("other.so"));
        let output = loading::a_module_may_provide_two_interfaces().run(root.path(), "");
        assert!(output.status.success(), "{}", stderr(&output));
        let output = loading::list().run(root.path(), "");
        let text = stdout(&output);
        assert!(text.contains(says), "{text}");
    }
}

#[test]
fn what_others_can_write_to_is_refused_unless_they_are_trusted() {
    use std::os::unix::fs::{PermissionsExt, chown};

    let root = Root::with("heap.so", &heap());
    let file = root.path().join("heap.so");
    let allowed = || {
        let output = failing::with_other_writers().run(root.path(), "");
        assert!(output.status.success(), "{}", stderr(&output));
    };
    let set = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("ours");
    };
    for (path, usual, mode, bit) in [
        (&*file, 0o644, 0o666, "mode 0666"),
        (root.path(), 0o755, 0o757, "mode 0757"),
        (root.path(), 0o755, 0o1777, "mode 1777"),
    ] {
        set(path, mode);
        let says = path.display().to_string();
        refused(
            root.path(),
            &[
                &says,
                "by everyone",
                bit,
                "`chmod o-w`",
                "allow_other_writers",
            ],
        );
        allowed();
        set(path, usual);
        let output = failing::call_heap().run(root.path(), "");
        assert_eq!(stderr(&output), "", "it loads");
    }
    // Only root can give files away.
    if chown(&file, Some(4711), None).is_ok() {
        refused(root.path(), &["heap.so belongs to user 4711", "`chown 0`"]);
        allowed();
    }
}

/// In a path, the dynamic linker replaces these words.
#[test]
fn a_path_with_the_linkers_words_is_a_path() {
    let root = Root::with("x", b"");
    for name in ["$ORIGIN", "${LIB}", "a$LIB", "$PLATFORM", "$"] {
        let folder = root.path().join(name).join("$LIB");
        fs::create_dir_all(&folder).expect("made");
        fs::write(folder.join("heap.so"), heap()).expect("written");
        let output = failing::call_heap().run(&folder, "");
        assert!(output.status.success(), "{}", stderr(&output));
        assert_eq!(stderr(&output), "", "it loads");
    }
}

#[test]
fn without_proc_the_error_names_it() {
    let root = Root::with("heap.so", &heap());
    let host = failing::without_proc().host(root.path());
    let Some(mut host) = in_namespaces("-m", "mount -t tmpfs none /proc", &host) else {
        return;
    };
    let output = host.output().expect("it starts");
    let text = stderr(&output);
    assert!(output.status.success(), "{text}");
    for part in ["heap.so", "/proc/self/fd", "mount proc(5)"] {
        assert!(text.contains(part), "{text:?} does not say {part:?}");
    }
}

/// There, `/proc` has other numbers for the processes than they have themselves.
#[test]
fn images_and_copies_are_opened_in_a_namespace_of_processes() {
    let root = Root::with("clingy.so", &image("clingy"));
    fs::write(root.path().join("counter.so"), image("counter")).expect("written");
    let host = reloading::a_copy_is_opened().host(root.path());
    let Some(mut host) = in_namespaces("-pf", "true", &host) else {
        return;
    };
    let output = host.output().expect("it starts");
    assert!(output.status.success(), "{}", stderr(&output));
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

/// What a sound image may ask of the dynamic linker, and a module's image must not.
#[test]
fn an_image_that_asks_for_too_much_is_refused() {
    use object::elf;
    use object::endian::{Endianness, U32};
    use object::pod::{from_bytes_mut, slice_from_bytes_mut};
    use object::read::elf::{FileHeader, SectionHeader};

    let patched = |patch: &dyn Fn(&mut [u8])| {
        let mut image = heap();
        patch(&mut image);
        Root::with("heap.so", &image)
    };
    let section = |image: &[u8], name: &str| {
        let header = elf::FileHeader64::<Endianness>::parse(image).expect("an ELF file");
        let endian = header.endian().expect("an ELF file");
        let sections = header.sections(endian, image).expect("with sections");
        let (_, section) = sections
            .section_by_name(endian, name.as_bytes())
            .expect("it has that");
        section.file_range(endian).expect("in the file")
    };

    let machine = patched(&|image| image[18..20].copy_from_slice(&183_u16.to_le_bytes()));
    refused(machine.path(), &["heap.so", "another processor (AArch64)"]);

    let unique = patched(&|image| {
        let (at, _) = section(image, ".dynsym");
        // The first symbol is none.
        image[at as usize + 24 + 4] = elf::STB_GNU_UNIQUE.0 << 4;
    });
    refused(unique.path(), &["heap.so", "-fno-gnu-unique"]);

    let relocated_code = patched(&|image| {
        let (at, size) = section(image, ".dynamic");
        let entries = image[at as usize..][..size as usize].chunks_exact_mut(16);
        let flags = elf::DT_FLAGS.0.to_le_bytes();
        let mut flags = entries.into_iter().filter(|entry| entry[..8] == flags);
        let flags = flags.next().expect("it has flags");
        flags[8] |= elf::DF_TEXTREL.0 as u8;
    });
    refused(relocated_code.path(), &["heap.so", "-fPIC"]);

    let code_on_stacks = patched(&|image| {
        let header: &mut elf::FileHeader64<Endianness> = from_bytes_mut(image).expect("long").0;
        let count = header.e_phnum.get(Endianness::Little);
        let all: &mut [elf::ProgramHeader64<Endianness>] =
            slice_from_bytes_mut(&mut image[64..], count.into())
                .expect("there")
                .0;
        let little = Endianness::Little;
        let mut stacks = all.iter_mut();
        let stack = stacks.find(|one| one.p_type.get(little) == elf::PT_GNU_STACK);
        stack.expect("it has one").p_flags = U32::new(little, elf::ProgramFlags(7));
    });
    refused(code_on_stacks.path(), &["heap.so", "-z noexecstack"]);
}

/// The C library has little room for the thread-local data of a library that must be at one distance
/// in all threads, and the data of an image counts as a whole. What the kernel needs for each thread,
/// 4 kB, is in the host alone.
#[test]
fn an_image_has_little_thread_local_data() {
    let image = heap();
    let number = |at: usize, bytes: usize| {
        let mut number = [0; 8];
        number[..bytes].copy_from_slice(&image[at..at + bytes]);
        u64::from_le_bytes(number) as usize
    };
    let (table, size, count) = (number(32, 8), number(54, 2), number(56, 2));
    const PT_TLS: usize = 7;
    let sizes = (0..count)
        .map(|segment| table + segment * size)
        .filter(|at| number(*at, 4) == PT_TLS)
        .map(|at| number(at + 40, 8));
    let sum: usize = sizes.sum();
    assert!(sum > 0 && sum < 512, "{sum} bytes");
}

/// As sstrip, upx and `eu-strip --strip-sections` leave it.
#[test]
fn an_image_without_a_section_table_is_refused_with_the_reason() {
    let mut image = heap();
    // e_shoff, e_shnum and e_shstrndx of the ELF header.
    for at in [40..48, 60..62, 62..64] {
        image[at].fill(0);
    }
    refused(
        Root::with("heap.so", &image).path(),
        &["heap.so", "without a table of sections", "sstrip"],
    );
}

/// As patchelf leaves an image of rust-lld: the SHT_MOD section is elsewhere, and the distance in it
/// leads nowhere. The section with the text has a name of its own.
#[test]
fn an_image_whose_sections_a_tool_has_moved_loads() {
    const SHT_MOD: u64 = 0x6d6f_6400;
    let whole = heap();
    let number = |image: &[u8], at: usize, bytes: usize| {
        let mut number = [0; 8];
        number[..bytes].copy_from_slice(&image[at..at + bytes]);
        u64::from_le_bytes(number)
    };
    let (table, count) = (
        number(&whole, 40, 8) as usize,
        number(&whole, 60, 2) as usize,
    );
    let section = (0..count)
        .map(|section| table + section * 64)
        .find(|at| number(&whole, at + 4, 4) == SHT_MOD)
        .expect("an image");
    let place = section + 16;
    let address = number(&whole, place, 8);
    // Beyond all segments, before all text, and a little aside.
    for moved in [1 << 40, address.wrapping_neg(), address + 8] {
        let mut image = whole.clone();
        image[place..place + 8].copy_from_slice(&moved.to_le_bytes());
        let output = failing::call_heap().run(Root::with("heap.so", &image).path(), "");
        assert!(output.status.success());
        assert_eq!(stderr(&output), "", "the image loads");
    }
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

/// As `-C prefer-dynamic` and a dependency of crate type `dylib` make it: the name of a library
/// that it links is changed into that of a shared libstd, which the linker would not find.
#[test]
fn an_image_that_links_the_shared_libstd_is_refused() {
    let root = Root::with("heap.so", &patched("libgcc_s.so.1\0", "libstd-0a1.so\0"));
    refused(
        root.path(),
        &[
            "was not built for this host: the image links libstd-0a1.so",
            "remove `-C prefer-dynamic`",
        ],
    );
}

#[test]
fn an_image_that_is_linked_with_a_c_library_of_its_own_is_refused() {
    let image = patched("features=fxsr sse sse2", "features=crt-static -2");
    let root = Root::with("heap.so", &image);
    refused(
        root.path(),
        &["the image is linked statically with the C library"],
    );
}

#[test]
fn a_text_that_forges_lines_is_refused() {
    let root = Root::with("heap.so", &patched("kind=misc", "kind=m\nsc"));
    refused(
        root.path(),
        &["the value of `kind` has the character U+000A"],
    );
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
        ("name=heap", "name heap", "not `key=value`"),
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
