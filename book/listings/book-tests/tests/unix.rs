//! Types in the chapters about `examples/unix`, "Writing a driver" and "STREAMS".

mod reader;

use std::fs;
use std::path::{Path, PathBuf};

use reader::{Reader, steps, with_includes};

fn checkout() -> PathBuf {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    checkout.canonicalize().unwrap()
}

/// Does all that a chapter says, in an empty folder beside a checkout, which `prepare` fills.
fn typed(name: &str, prepare: impl FnOnce(&mut Reader, &Path)) {
    let checkout = checkout();
    let chapter = checkout.join("book/src").join(name);
    let text = with_includes(&fs::read_to_string(&chapter).unwrap(), &chapter);
    let home = tempfile::tempdir().unwrap();
    let home = home.path().canonicalize().unwrap();
    let mut reader = Reader::new(home.clone(), &checkout);
    prepare(&mut reader, &home);
    let prepared = reader.commands;
    for step in steps(&text) {
        reader.take(step);
    }
    assert!(
        reader.commands > prepared,
        "the chapter's commands were not found"
    );
}

#[test]
fn writing_a_driver() {
    typed("driver.md", |_, _| ());
}

#[test]
fn streams() {
    typed("streams.md", |reader, home| {
        let first = "```console\n$ cargo install --locked --path dlkm/examples/unix/host\n```\n";
        for step in steps(first) {
            reader.take(step);
        }
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        for package in ["unix-pty", "unix-upper", "unix-lz4"] {
            let build = dlkm_tools::Build::new(checkout()).quiet();
            let build = build.target_dir(target).package(package);
            build.root(home.join("modules")).run().unwrap();
        }
    });
}
