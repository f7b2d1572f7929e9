//! What a build leaves in the module root.

mod common;

use std::fs;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::process::Command;

use common::{Sandbox, dependencies, driver, names, stderr};
use dlkm_tools::Error;

#[test]
fn an_identical_image_is_not_touched_and_a_new_one_gets_a_new_inode() {
    let sandbox = Sandbox::new("install-twice");
    sandbox.module("install-twice", &driver("install-twice"));
    let root = sandbox.dir.join("root");
    let build = sandbox.build().root("root");

    let first = build.run().unwrap();
    assert_eq!(first[0].file, root.join("install-twice.so"));
    assert!(first[0].changed);
    let before = fs::metadata(&first[0].file).unwrap();

    let second = build.run().unwrap();
    assert!(!second[0].changed);
    let after = fs::metadata(&first[0].file).unwrap();
    assert_eq!(
        (before.ino(), before.modified().unwrap()),
        (after.ino(), after.modified().unwrap())
    );

    // What is in its place is replaced unread: a file that claims gigabytes, and a pipe.
    let claims = fs::File::options()
        .write(true)
        .open(&first[0].file)
        .unwrap();
    claims.set_len(8 << 30).unwrap();
    let again = build.run().unwrap();
    assert!(again[0].changed);
    assert_eq!(fs::metadata(&first[0].file).unwrap().len(), before.len());
    fs::remove_file(&first[0].file).unwrap();
    let made = Command::new("mkfifo").arg(&first[0].file).status().unwrap();
    assert!(made.success());
    assert!(build.run().unwrap()[0].changed);
    assert!(fs::metadata(&first[0].file).unwrap().is_file());
    let before = fs::metadata(&first[0].file).unwrap();

    // A host has the file open while the module changes. It keeps the old contents and the old inode.
    let old = fs::read(&first[0].file).unwrap();
    let mut open = fs::File::open(&first[0].file).unwrap();
    let source = driver("install-twice").replace("a + b", "a * 1000 + b");
    sandbox.write("crates/install-twice/src/lib.rs", &source);
    let manifest = sandbox.dir.join("crates/install-twice/Cargo.toml");
    fs::write(
        &manifest,
        fs::read_to_string(&manifest)
            .unwrap()
            .replace("0.3.1", "0.4.0"),
    )
    .unwrap();
    let third = build.run().unwrap();
    assert_eq!((third[0].changed, &*third[0].version), (true, "0.4.0"));
    let replaced = fs::metadata(&third[0].file).unwrap();
    assert_ne!(replaced.ino(), before.ino());
    assert_eq!(replaced.mode(), before.mode());
    let mut held = Vec::new();
    open.read_to_end(&mut held).unwrap();
    assert!(held == old && fs::read(&third[0].file).unwrap() != old);
    assert_eq!(
        fs::read_dir(&root).unwrap().count(),
        1,
        "a temporary file is left"
    );
}

#[test]
fn two_packages_with_the_same_module_install_nothing() {
    let sandbox = Sandbox::new("install-same");
    sandbox.module("install-same", &driver("install-same"));
    sandbox.package(
        "install-other",
        &dependencies(&["install-same-api"]),
        &driver("install-same"),
    );
    sandbox.module("install-innocent", &driver("install-innocent"));

    let error = sandbox.build().root("root").run().unwrap_err();
    let Error::SameModule { module, packages } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(module, "install-same");
    let mut named: Vec<&str> = packages.iter().map(|(package, _)| &**package).collect();
    named.sort_unstable();
    assert_eq!(named, ["install-other", "install-same"]);
    assert!(
        error
            .to_string()
            .contains("crates/install-other/Cargo.toml"),
        "{error}"
    );
    assert!(!sandbox.dir.join("root").exists());

    // One of them alone can be installed.
    let installed = sandbox
        .build()
        .root("root")
        .package("install-other")
        .run()
        .unwrap();
    assert_eq!(names(&installed), ["install-same"]);
}

#[test]
fn profiles_and_features_reach_the_build() {
    let sandbox = Sandbox::new("install-profile");
    sandbox.interface("install-profile");
    sandbox.package(
        "install-profile",
        &(dependencies(&["install-profile-api"]) + "\n[features]\non = []\n"),
        &(driver("install-profile")
            + "#[cfg(not(feature = \"on\"))]\ncompile_error!(\"it is off\");\n"),
    );
    let build = sandbox.build().profile("small");
    let error = build.clone().run().unwrap_err();
    assert!(error.to_string().contains("it is off"), "{error}");
    let installed = build.clone().features("on").run().unwrap();
    assert_eq!(
        installed[0].file,
        Sandbox::target().join("small/modules/install-profile.so")
    );
    let build = build.features("install-profile/on").root_beside_examples();
    let installed = build.run().unwrap();
    let examples = Sandbox::target().join("small/examples/modules");
    assert_eq!(installed[0].file, examples.join("install-profile.so"));

    let error = sandbox.build().features("off").run().unwrap_err();
    assert!(
        matches!(&error, Error::NoSuchFeature { feature, .. } if feature == "off"),
        "{error}"
    );
}

/// Cargo builds both to `libinstall_lib.so`, and considers each up to date after it has built the other.
#[test]
fn libraries_of_the_same_name_are_not_confused() {
    let sandbox = Sandbox::new("install-lib");
    for name in ["install-lib-a", "install-lib-b"] {
        sandbox.interface(name);
        let manifest =
            dependencies(&[&format!("{name}-api")]) + "\n[lib]\nname = \"install_lib\"\n";
        sandbox.package(name, &manifest, &driver(name));
    }
    for _ in 0..2 {
        assert_eq!(
            names(&sandbox.build().run().unwrap()),
            ["install-lib-a", "install-lib-b"]
        );
    }
    let installed = sandbox.build().package("install-lib-a").run().unwrap();
    assert_eq!(
        installed[0].file,
        Sandbox::modules().join("install-lib-a.so")
    );
    assert!(!installed[0].changed);
}

/// If a package is a `cdylib`, a plain `cargo build` builds it to the same file, without its module.
#[test]
fn a_plain_cargo_build_in_between_changes_nothing() {
    let sandbox = Sandbox::new("install-cdylib");
    sandbox.interface("install-cdylib");
    sandbox.package(
        "install-cdylib",
        &(dependencies(&["install-cdylib-api"]) + "\n[lib]\ncrate-type = [\"rlib\", \"cdylib\"]\n"),
        &driver("install-cdylib"),
    );
    assert_eq!(names(&sandbox.build().run().unwrap()), ["install-cdylib"]);
    let plain = sandbox
        .command("cargo")
        .args(["build", "--quiet"])
        .output()
        .unwrap();
    assert!(plain.status.success(), "{}", stderr(&plain));
    assert_eq!(names(&sandbox.build().run().unwrap()), ["install-cdylib"]);
}

#[test]
fn the_command_prints_what_it_installed() {
    let sandbox = Sandbox::new("install-print");
    sandbox.module("install-print", &driver("install-print"));
    let first = sandbox.cargo_dlkm(&["build", "--root", "modules"]);
    assert!(first.status.success(), "{}", stderr(&first));
    assert!(first.stdout.is_empty());
    let line = "   Installed install-print 0.3.1 (modules/install-print.so)\n";
    assert!(stderr(&first).ends_with(line), "{}", stderr(&first));
    let text = stderr(&sandbox.cargo_dlkm(&["build", "--root", "modules"]));
    assert!(text.contains("   Unchanged install-print 0.3.1"), "{text}");
    let text = stderr(&sandbox.cargo_dlkm(&["build", "--quiet"]));
    assert!(text.is_empty(), "{text}");
}

#[test]
fn a_note_lists_images_of_deleted_modules_in_a_default_root() {
    let sandbox = Sandbox::new("install-stale");
    sandbox.module("install-stale", &driver("install-stale"));
    let modules = Sandbox::target().join("small/modules");
    fs::create_dir_all(&modules).unwrap();
    fs::write(modules.join("install-renamed.so"), "old").unwrap();

    // Runs in another folder, where relative paths start.
    let flags = "build --profile small --manifest-path ../Cargo.toml --target-dir ../../../shared";
    let build = |more: &[&str]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_cargo-dlkm"));
        let command = command.env_remove("CARGO_TARGET_DIR");
        let command = command.current_dir(sandbox.dir.join("crates"));
        stderr(&command.args(flags.split(' ')).args(more).output().unwrap())
    };
    let text = build(&[]);
    assert!(text.contains("note: "), "{text}");
    assert!(text.contains("install-renamed.so"), "{text}");
    assert!(modules.join("install-stale.so").is_file());
    assert!(modules.join("install-renamed.so").exists());
    // A build of one package does not know all modules of the workspace.
    let text = build(&["-p", "install-stale"]);
    assert!(!text.contains("install-renamed.so"), "{text}");
}
