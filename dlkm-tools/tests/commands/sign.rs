//! `dlkm sign`, and what becomes of signatures.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::golden::session;
use crate::root::{Module, Root};

/// An image outside of the module root, to be signed and installed.
fn build(root: &Root, module: &Module) {
    let file = root.base().join(format!("lib{}.so", module.name));
    fs::write(file, module.image()).unwrap();
}

fn key(root: &Root, file: &str) -> String {
    let text = fs::read_to_string(root.base().join(file)).unwrap();
    text.lines().nth(1).unwrap().to_owned()
}

#[test]
fn signed_images_are_installed_and_checked() {
    let root = Root::with("verify enforce\n");
    for name in ["shm", "net", "ip", "core", "disk", "guard"] {
        fs::remove_file(root.file(&format!("{name}.so"))).unwrap();
    }
    build(&root, &Module::new("shm"));
    build(&root, &Module::new("disk"));
    for name in ["own.key", "other.key"] {
        root.does(&format!("dlkm sign --generate {name} -W"), 0);
    }
    let mode = |file: &str| {
        let about = fs::metadata(root.base().join(file)).unwrap();
        about.permissions().mode() & 0o777
    };
    assert_eq!((mode("own.key"), mode("own.key.pub")), (0o600, 0o644));
    root.does(&format!("dlkm config key {}", key(&root, "own.key.pub")), 0);
    session(
        "sign",
        &root,
        &[
            "dlkm install libshm.so libdisk.so",
            "dlkm check",
            "dlkm sign -s own.key libshm.so libdisk.so",
            "dlkm install -u libshm.so libdisk.so",
            "dlkm check",
            "dlkm sign -s other.key libshm.so",
            "dlkm install -u libshm.so libdisk.so",
            "dlkm check",
            "dlkm check --json",
            "dlkm sign -s own.key libshm.so own.key.pub other.key",
            "dlkm sign -s none.key libshm.so",
            "dlkm sign -s own.key.pub libshm.so",
            "dlkm sign --generate own.key -W",
            "dlkm sign libshm.so",
            "dlkm config key RWQf6LRC",
        ],
    );
    assert!(root.file("shm.so.minisig").exists());
    root.does("dlkm remove shm", 0);
    assert!(!root.file("shm.so.minisig").exists());
    fs::write(root.file("disk.so.minisig"), "x".repeat(20_000)).unwrap();
    let text = root.does("dlkm check", 1);
    assert!(
        text.contains("has a signature that can't be used"),
        "{text}"
    );
    assert!(text.contains("more than 16384 bytes"), "{text}");
    // A good signature, and an image that was changed and signed again.
    build(
        &root,
        &Module {
            version: "1.1.0",
            ..Module::new("disk")
        },
    );
    root.does("dlkm sign -s own.key libdisk.so", 0);
    for file in ["", ".minisig"] {
        let from = root.base().join(format!("libdisk.so{file}"));
        fs::copy(from, root.file(&format!("disk.so{file}"))).unwrap();
    }
    let text = root.does("dlkm check", 1);
    assert!(
        text.contains("`disk` has been changed since it was installed"),
        "{text}"
    );
    root.write(
        "system",
        "version 1\nmodule disk auto\nkey RWQf6LRC\nverify warn\n",
    );
    let text = root.does("dlkm check", 1);
    assert!(
        text.contains("the key `RWQf6LRC` is not a public key"),
        "{text}"
    );
}

/// The exit code, and what it printed.
fn says(command: &mut Command, stdin: &str) -> (Option<i32>, String) {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end before it has read all.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    (output.status.code(), text.concat())
}

#[test]
fn a_password_protects_a_key() {
    let root = Root::with("");
    build(&root, &Module::new("shm"));
    let dlkm = |line: &str, stdin: &str| {
        says(
            root.command("dlkm").arg("sign").args(line.split(' ')),
            stdin,
        )
    };
    let (code, text) = dlkm("--generate own.key", "secret\nsecrets\n");
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("the passwords differ"), "{text}");
    assert!(!root.base().join("own.key").exists());
    let (code, text) = dlkm("--generate own.key", "");
    assert!(code == Some(2) && text.contains("-W"), "{text}");
    let (code, text) = dlkm("--generate own.key", "secret\nsecret\n");
    assert_eq!(code, Some(0), "{text}");

    for (line, stdin, part) in [
        ("-s own.key libshm.so", "secrets\n", "Wrong password"),
        ("-s own.key libshm.so", "", "the password can't be read"),
        ("-W -s own.key libshm.so", "", "-W says it has none"),
    ] {
        let (code, text) = dlkm(line, stdin);
        assert!(code == Some(2) && text.contains(part), "{line}: {text}");
        assert!(!root.base().join("libshm.so.minisig").exists());
    }
    let (code, text) = dlkm("-s own.key libshm.so", "secret\n");
    assert_eq!(code, Some(0), "{text}");
    root.write(
        "system",
        &format!(
            "version 1\nverify enforce\nkey {}\n",
            key(&root, "own.key.pub")
        ),
    );
    root.does("dlkm install -u libshm.so", 0);
    let text = root.says("dlkm check").1;
    assert!(!text.contains("`shm`"), "{text}");
}

/// Either program takes what the other one has made.
#[test]
fn keys_and_signatures_are_those_of_minisign() {
    if Command::new("minisign").arg("-v").output().is_err() {
        let _ = writeln!(std::io::stderr(), "skipped: there is no `minisign`");
        return;
    }
    let root = Root::with("");
    build(&root, &Module::new("shm"));
    let minisign = |line: &str, stdin: &str| {
        let mut command = Command::new("minisign");
        let (code, text) = says(
            command.args(line.split(' ')).current_dir(root.base()),
            stdin,
        );
        assert_eq!(code, Some(0), "minisign {line}: {text}");
    };
    let dlkm = |line: &str, stdin: &str| {
        let mut command = root.command("dlkm");
        let (code, text) = says(command.args(line.split(' ')), stdin);
        assert_eq!(code, Some(0), "dlkm {line}: {text}");
    };
    let is_good = |public: &str| {
        let text = format!("version 1\nverify enforce\nkey {}\n", key(&root, public));
        root.write("system", &text);
        root.does("dlkm install -u libshm.so", 0);
        let text = root.says("dlkm check").1;
        assert!(!text.contains("`shm`"), "{text}");
        fs::remove_file(root.base().join("libshm.so.minisig")).unwrap();
    };

    dlkm("sign --generate one.key -W", "");
    dlkm("sign --generate two.key", "secret\nsecret\n");
    for (name, password) in [("one.key", ""), ("two.key", "secret\n")] {
        dlkm(&format!("sign -s {name} libshm.so"), password);
        minisign(&format!("-V -p {name}.pub -m libshm.so"), "");
        is_good(&format!("{name}.pub"));
        // By its key, in both of its forms.
        for form in ["-H", "-l"] {
            minisign(&format!("-S {form} -s {name} -m libshm.so"), password);
            is_good(&format!("{name}.pub"));
        }
    }
    minisign("-G -W -s three.key -p three.pub", "");
    minisign("-G -s four.key -p four.pub", "secret\nsecret\n");
    for (name, password) in [("three", ""), ("four", "secret\n")] {
        dlkm(&format!("sign -s {name}.key libshm.so"), password);
        minisign(&format!("-V -p {name}.pub -m libshm.so"), "");
        is_good(&format!("{name}.pub"));
    }
}
