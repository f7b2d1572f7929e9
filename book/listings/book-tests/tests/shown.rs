//! Runs the commands of the chapters about what may cross, what is refused, static modules,
//! unloading, upgrading, watching, new projects, packaging, stub modules and lazy libraries, whose output has
//! to come as they show it, and looks for the messages that they quote.

mod reader;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use reader::{Reader, Step, steps, with_includes};

fn checkout() -> PathBuf {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    checkout.canonicalize().unwrap()
}

/// Where this test was built, so that not everything is compiled again.
fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}

fn chapter(name: &str) -> String {
    let file = checkout().join("book/src").join(name);
    with_includes(&fs::read_to_string(&file).unwrap(), &file)
}

/// Builds the image of a listing's package, as `file`.
fn image(package: &str, module: &str, file: &Path) {
    let root = tempfile::tempdir().unwrap();
    let build = dlkm_tools::Build::new(checkout()).quiet();
    let build = build.target_dir(target()).package(package);
    build.root(root.path()).run().unwrap();
    let built = root.path().join(module).with_extension("so");
    fs::copy(built, file).unwrap();
}

/// Runs the commands of a chapter in a folder that `prepare` has filled. What the chapter shows of files
/// is there already. Programs of this workspace are found by their names.
fn run(name: &str, packages: &[&str], prepare: impl FnOnce(&Path)) {
    take(name, packages, prepare, |step| {
        matches!(step, Step::Run { .. })
    });
}

/// The same for a chapter whose files the reader writes.
fn typed(name: &str, packages: &[&str], prepare: impl FnOnce(&Path)) {
    take(name, packages, prepare, |_| true);
}

fn take(name: &str, packages: &[&str], prepare: impl FnOnce(&Path), is_taken: fn(&Step) -> bool) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--package", "dlkm-tools"]);
    for package in packages {
        cargo.args(["--package", package]);
    }
    let built = cargo
        .current_dir(checkout())
        .env("CARGO_TARGET_DIR", target());
    assert!(built.status().unwrap().success());
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().canonicalize().unwrap();
    fs::create_dir(home.join("modules")).unwrap();
    fs::create_dir(home.join("tools")).unwrap();
    std::os::unix::fs::symlink(target().join("debug"), home.join("tools/bin")).unwrap();
    prepare(&home);
    let mut reader = Reader::new(home, &checkout());
    for step in steps(&chapter(name)).into_iter().filter(is_taken) {
        reader.take(step);
    }
    assert!(reader.commands > 0, "the chapter's commands were not found");
}

#[test]
fn what_may_cross() {
    run("crossing.md", &["search-host"], |home| {
        image("search-driver", "search", &home.join("modules/search.so"));
    });
}

#[test]
fn when_a_module_is_refused() {
    run("refused.md", &["weather-host"], |home| {
        for version in ["1.0", "1.1", "2.0"] {
            let package = format!("weather-{}", version.replace('.', "-"));
            let file = home.join(format!("weather-{version}.so"));
            image(&package, "weather", &file);
        }
    });
}

#[test]
fn unloading() {
    run("unloading.md", &["ticker-host"], |home| {
        image("ticker-driver", "ticker", &home.join("modules/ticker.so"));
    });
}

/// Each refusal of `Kernel::unload` is in the table, with its message.
#[test]
fn refused_unloads_are_those_of_the_runtime() {
    let file = checkout().join("dlkm-core/src/error/unload.rs");
    let texts = joined(&fs::read_to_string(file).unwrap());
    let chapter = chapter("unloading.md");
    let table = chapter.split("| the message has | do |").nth(1).unwrap();
    let rows = table
        .lines()
        .skip(2)
        .map_while(|line| line.strip_prefix("| `"));
    let mut named = Vec::new();
    for row in rows {
        let (name, rest) = row.split_once("` | ").unwrap();
        named.push(name.to_owned());
        let messages = rest.split(" | ").next().unwrap();
        for part in messages.trim_matches('`').split(['…', ',']) {
            let part = part.trim().trim_matches('`');
            assert!(texts.contains(part), "no message has {part:?}");
        }
    }
    let body = texts.split("pub enum UnloadError {").nth(1).unwrap();
    let variants = body.split("\n}").next().unwrap().lines();
    for line in variants.filter(|line| line.starts_with("    ") && line.ends_with(" {")) {
        let name = line.trim().trim_end_matches(" {");
        assert!(
            named.iter().any(|one| one == name),
            "{name} is not in the table"
        );
    }
}

/// A source in which a text that goes on in the next line is one.
fn joined(source: &str) -> String {
    let mut texts = String::new();
    for (at, part) in source.split("\\\n").enumerate() {
        texts.push_str(if at == 0 { part } else { part.trim_start() });
    }
    texts
}

/// Cargo builds into this folder, wherever the chapter starts it in `home`.
fn builds_into(target: &Path, home: &Path) {
    let config = format!("[build]\ntarget-dir = {target:?}\n");
    fs::create_dir(home.join(".cargo")).unwrap();
    fs::write(home.join(".cargo/config.toml"), config).unwrap();
}

#[test]
fn static_or_loadable() {
    run("static.md", &[], |home| {
        // The chapter's builds have a place of their own, as one differs from all others.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("static-chapter");
        builds_into(&target, home);
    });
}

#[test]
fn stub_modules() {
    typed("stub-modules.md", &[], |home| builds_into(target(), home));
}

#[test]
fn a_lazy_library() {
    run("lazy.md", &[], |_| ());
}

#[test]
fn a_new_project() {
    run("new-project.md", &[], |_| ());
}

#[test]
fn packaging() {
    run("packaging.md", &[], |_| ());
}

#[test]
fn upgrading() {
    run("upgrading.md", &["door-host"], |home| {
        for version in ["1.0", "2.0"] {
            let package = format!("door-{}", version.replace('.', "-"));
            image(&package, "door", &home.join(format!("door-{version}.so")));
        }
    });
}

#[test]
fn watching_and_idle_unload() {
    run("watching.md", &["watch-host"], |home| {
        image("watch-driver", "spell", &home.join("modules/spell.so"));
    });
}

/// The first column of the table "What to do" has parts of messages; `…` stands for what differs.
#[test]
fn the_messages_are_those_of_the_runtime() {
    let sources = [
        "dlkm-core/src/error/load.rs",
        "dlkm-core/src/error/load_text.rs",
        "dlkm-metadata/src/error.rs",
        "dlkm-metadata/src/linking/dynamic.rs",
        "dlkm-metadata/src/linking/segments.rs",
        "dlkm-metadata/src/linking/symbols.rs",
        "dlkm-kernel/src/loader/exposure.rs",
        "dlkm-verify/src/doubt.rs",
        "dlkm-metadata/src/build_record.rs",
        "dlkm-metadata/src/difference/mod.rs",
    ];
    let source: String = sources
        .iter()
        .map(|file| fs::read_to_string(checkout().join(file)).unwrap())
        .collect();
    let texts = joined(&source);
    let chapter = chapter("refused.md");
    let table = chapter.split("| the message has | do |").nth(1).unwrap();
    let rows = table
        .lines()
        .skip(2)
        .map_while(|line| line.strip_prefix("| "));
    let mut quoted = 0;
    for row in rows {
        let messages = row.split(" | ").next().unwrap();
        for message in messages.split('`').skip(1).step_by(2) {
            quoted += 1;
            for part in message.split('…') {
                let part = part.trim();
                assert!(texts.contains(part), "no message has {part:?}");
            }
        }
    }
    assert!(quoted > 15, "the table was not found");
}
