//! Which modules are loaded, and what happens if one can't be loaded.
#![cfg(not(feature = "static"))]

mod support;

use std::fs;
use std::path::Path;

use dlkm_rt::metadata::Metadata;
use support::tools::{ALL, compress};
use support::{Folder, bare_dcat, dcat, modules, run, run_dcat};

/// The lines of a trace that report a load.
fn loaded(trace: &str) -> Vec<&str> {
    trace
        .lines()
        .filter(|line| line.contains(": loaded "))
        .collect()
}

/// A module root with some of the modules.
fn root_with(formats: &[&str]) -> Folder {
    let folder = Folder::new();
    for format in formats {
        let image = modules::image(format);
        let name = image.file_name().expect("a file");
        fs::copy(&image, folder.path().join(name)).expect("a copy");
    }
    folder
}

/// The image with other metadata.
fn changed(image: &Path, from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = fs::read(image).expect("a copy");
    let mut count = 0;
    for at in 0..bytes.len() - from.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
            count += 1;
        }
    }
    assert!(count > 0, "it is in the metadata");
    bytes
}

#[test]
fn only_the_module_needed_is_loaded() {
    for tool in ALL {
        let ran = run(
            dcat().args(["--trace", "--format", tool]),
            &compress(tool, &[], b"content"),
        );
        assert_eq!((ran.code(), &ran.stdout[..]), (0, &b"content"[..]));
        let loads = loaded(&ran.stderr);
        assert_eq!(loads.len(), 1, "{}", ran.stderr);
        assert!(loads[0].contains(&format!("loaded {tool} ")), "{loads:?}");
        let image = modules::image(tool);
        assert!(
            loads[0].contains(image.to_str().expect("UTF-8")),
            "{loads:?}"
        );
    }
}

/// They get the reader and the writer of their caller.
#[test]
fn no_image_has_to_stay_mapped() {
    for format in ALL {
        let metadata = Metadata::read(&modules::image(format)).expect("it was built");
        assert_eq!(metadata.stays_mapped(), None, "{format}");
    }
}

#[test]
fn a_failed_load_is_traced_once() {
    let root = root_with(&["xz"]);
    // Its metadata can be read, and so there is an entry, but no kernel loads a module of this build.
    let image = changed(&root.at("xz.so"), b"\0rustc=1.", b"\0rustc=9.");
    fs::write(root.at("xz.so"), image).expect("a file");
    let folder = Folder::new();
    let xz = folder.file("a", &compress("xz", &[], b"a"));
    let mut command = bare_dcat();
    command.arg("--trace").arg("--module-root").arg(root.path());
    let ran = run(command.args([&xz, &xz]), b"");
    ran.failure(&[&xz, "can't load module `xz`", "xz.so"]);
    let traced = ran.stderr.lines().filter(|line| line.contains("trace: "));
    assert_eq!(traced.count(), 1, "{}", ran.stderr);
}

#[test]
fn a_module_is_loaded_once() {
    let folder = Folder::new();
    let gz = folder.file("a", &compress("gzip", &[], b"a"));
    let xz = folder.file("b", &compress("xz", &[], b"b"));
    let ran = run_dcat(&["--trace", &gz, &xz, &gz, &gz, &xz]);
    assert_eq!((ran.code(), &ran.stdout[..]), (0, &b"abaab"[..]));
    let loads = loaded(&ran.stderr);
    assert_eq!(loads.len(), 2, "{}", ran.stderr);
    assert!(
        loads[0].contains("gzip") && loads[1].contains("xz"),
        "{loads:?}"
    );
}

#[test]
fn no_module_is_loaded_if_no_decoder_is_needed() {
    let ran = run(dcat().arg("--trace"), b"This is not compressed.");
    ran.failure(&["unknown format"]);
    assert!(loaded(&ran.stderr).is_empty(), "{}", ran.stderr);
    assert!(loaded(&run_dcat(&["--trace", "--modules"]).stderr).is_empty());
}

#[test]
fn a_missing_module_root_is_an_error() {
    let packed = compress("gzip", &[], b"content");
    let ran = run(
        bare_dcat().args(["--module-root", "/no/such/folder"]),
        &packed,
    );
    ran.failure(&[
        "can't list the modules that provide `codec`: the module root /no/such/folder can't be read",
    ]);
    assert!(ran.stdout.is_empty());
    let mut list = bare_dcat();
    list.args(["--modules", "--module-root", "/no/such/folder"]);
    run(&mut list, b"").failure(&[
        "the module root /no/such/folder can't be read",
        "cargo dlkm build --root /no/such/folder",
    ]);
}

#[test]
fn a_module_root_without_modules_is_an_error() {
    let folder = Folder::new();
    let root = folder.path().to_str().expect("a text");
    let mut list = bare_dcat();
    list.args(["--modules", "--module-root", root]);
    run(&mut list, b"").failure(&[
        &format!("there are no modules in {root}"),
        &format!("cargo dlkm build --root {root}"),
    ]);
}

#[test]
fn the_module_root_is_beside_the_program() {
    let folder = root_with(&["lz4"]);
    let bin = Folder::new();
    let program = bin.at("dcat");
    fs::copy(bare_dcat().get_program(), &program).expect("a copy");
    let packed = compress("lz4", &[], b"content");
    run(&mut std::process::Command::new(&program), &packed).failure(&["modules"]);
    fs::rename(folder.path(), bin.at("modules")).expect("the same file system");
    let ran = run(&mut std::process::Command::new(&program), &packed);
    assert_eq!(ran.success(), b"content");
}

#[test]
fn a_missing_module_fails_only_its_files() {
    let root = root_with(&["gzip", "bzip2"]);
    let folder = Folder::new();
    let gz = folder.file("a", &compress("gzip", &[], b"a"));
    let xz = folder.file("b", &compress("xz", &[], b"b"));
    let bz = folder.file("c", &compress("bzip2", &[], b"c"));
    let ran = run(
        bare_dcat()
            .arg("--module-root")
            .arg(root.path())
            .args([&gz, &xz, &bz]),
        b"",
    );
    ran.failure(&[&xz, "unknown format", "there is bzip2, gzip;"]);
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    assert_eq!(ran.stdout, b"ac");
    let mut command = bare_dcat();
    command.arg("--module-root").arg(root.path());
    let ran = run(command.args(["--format", "xz", &xz]), b"");
    assert_eq!(ran.code(), 2);
    let words = "--format: no module provides `codec` for `xz`; there is ";
    assert!(ran.stderr.contains(words), "{}", ran.stderr);
}

#[test]
fn without_any_module_the_error_says_how_to_build_them() {
    let root = root_with(&[]);
    let packed = compress("gzip", &[], b"content");
    let mut command = bare_dcat();
    command.arg("--module-root").arg(root.path());
    let root = root.path().to_str().expect("UTF-8");
    run(&mut command, &packed).failure(&[
        "none is installed and in use",
        &format!("there are no modules in {root}; `cargo dlkm build --root {root}`"),
    ]);
}

#[test]
fn a_module_that_is_not_used_is_named() {
    let root = root_with(&["gzip", "xz"]);
    let system = "version 1\nmodule xz unused\nmodule gzip auto\n";
    fs::write(root.at("system"), system).expect("a file");
    let mut command = bare_dcat();
    command.arg("--module-root").arg(root.path());
    run(&mut command, &compress("xz", &[], b"content")).failure(&[
        "unknown format",
        "there is gzip;",
        "; `xz` is there, but `unused`",
    ]);
}

#[test]
fn a_key_of_two_modules_is_an_error_and_a_file_of_both_is_not() {
    let root = root_with(&["gzip"]);
    // A module under another name is a module of its own. This one has the same keys and magic number.
    let other = changed(&root.at("gzip.so"), b"\0name=gzip\0", b"\0name=gziq\0");
    fs::write(root.at("gziq.so"), other).expect("a file");
    let packed = compress("gzip", &[], b"content");
    let dcat = || {
        let mut command = bare_dcat();
        command.arg("--module-root").arg(root.path());
        command
    };
    assert_eq!(run(&mut dcat(), &packed).success(), b"content");
    run(dcat().args(["--format", "gz"]), &packed).failure(&[
        "several modules provide `codec` for `gz`: gzip, gziq",
        "`unused`",
    ]);
    fs::write(
        root.at("system"),
        "version 1\nmodule gziq unused\nmodule gzip auto\n",
    )
    .expect("a file");
    let ran = run(dcat().args(["--format", "gz"]), &packed);
    assert_eq!(ran.success(), b"content");
}

#[test]
fn a_broken_module_fails_only_its_files() {
    let root = root_with(&["gzip"]);
    fs::write(root.at("xz.so"), b"This is no shared object.").expect("a file");
    let folder = Folder::new();
    let gz = folder.file("a", &compress("gzip", &[], b"a"));
    let xz = folder.file("b", &compress("xz", &[], b"b"));
    let mut command = bare_dcat();
    command.arg("--module-root").arg(root.path());
    let ran = run(command.args([&xz, &gz]), b"");
    ran.failure(&[&xz, "can't load module `xz`", "xz.so"]);
    assert_eq!(ran.stdout, b"a");
    let mut command = bare_dcat();
    command.arg("--module-root").arg(root.path());
    let ran = run(command.arg("--modules"), b"");
    let list = String::from_utf8(ran.stdout).expect("UTF-8");
    assert!(
        list.contains("gzip") && list.contains("can't load module `xz`"),
        "{list}"
    );
}

#[test]
fn a_truncated_image_is_an_error() {
    let root = root_with(&["gzip"]);
    let image = root.at("gzip.so");
    let whole = fs::read(&image).expect("a copy");
    let packed = compress("gzip", &[], b"a");
    for len in [0, 1, 64, 1000, whole.len() / 2, whole.len() - 1] {
        fs::write(&image, &whole[..len]).expect("a file");
        let mut command = bare_dcat();
        command.arg("--module-root").arg(root.path());
        run(&mut command, &packed).failure(&["can't load module `gzip`"]);
    }
}

#[test]
fn the_list_shows_all_modules_with_their_images() {
    let ran = run_dcat(&["--modules"]);
    let list = String::from_utf8(ran.success()).expect("UTF-8");
    for format in ALL {
        let image = modules::image(format);
        let image = image.to_str().expect("UTF-8");
        let line = list
            .lines()
            .find(|line| line.split_whitespace().next() == Some(format))
            .unwrap_or_else(|| panic!("no {format} in {list}"));
        let extensions = match format {
            "gzip" => " gz tgz ",
            "zstd" => " zst tzst ",
            "bzip2" => " bz2 tbz2 ",
            "xz" => " xz txz lzma ",
            "brotli" => " br ",
            other => other,
        };
        let version = env!("CARGO_PKG_VERSION");
        for word in [version, "codec", "decoder", extensions, image] {
            assert!(line.contains(word), "no {word} in {line}");
        }
    }
    assert!(!list.contains("can't load"), "{list}");
}
