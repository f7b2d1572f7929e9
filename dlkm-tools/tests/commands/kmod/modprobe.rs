//! The cases of test-modprobe and test-dependencies.

use std::fs;

use super::ALL;
use crate::host::Host;
use crate::root::{Module, Root};

/// Dependencies are these, in the order in which they are loaded.
#[test]
fn test_dependencies() {
    let root = Root::new(&[
        Module {
            depends: "mod-foo-a mod-foo-b mod-foo-c",
            ..Module::new("mod-foo")
        },
        Module::new("mod-foo-a"),
        Module {
            depends: "mod-foo-c",
            ..Module::new("mod-foo-b")
        },
        Module::new("mod-foo-c"),
    ]);
    let text = root.does("dlkm info --depends mod-foo", 0);
    let names: Vec<_> = text
        .lines()
        .map(|line| line.split('\t').next().unwrap())
        .collect();
    assert_eq!(names, ["mod-foo-a", "mod-foo-c", "mod-foo-b", "mod-foo"]);
}

/// Prints the chain for a module a part of which is loaded.
#[test]
fn modprobe_show_depends() {
    let mut host = Host::start(Some(ALL));
    assert_eq!(host.ask("count"), "1");
    let text = host.root.does("dlkm info --depends cmd-top", 0);
    let root = host.root.path();
    assert_eq!(
        text,
        format!(
            "cmd-counter\t{0}/cmd-counter.so\ncmd-top\t{0}/cmd-top.so\n",
            root.display()
        )
    );
}

/// The same, with nothing loaded.
#[test]
fn modprobe_show_depends2() {
    let host = Host::stopped(None);
    let text = host.root.does("dlkm info --depends cmd-top --json", 0);
    assert!(text.contains("\"cmd-counter\",\n    \"cmd-top\""), "{text}");
}

/// To show dependencies loads nothing.
#[test]
fn modprobe_show_depends_no_load() {
    let host = Host::start(Some(ALL));
    host.root.does("dlkm info --depends cmd-top", 0);
    host.root.does("dlkm tree cmd-top", 0);
    host.root.does("dlkm why cmd-top", 0);
    host.root.does("dlkm check", 0);
    assert!(!host.root.does("dlkm status", 0).contains("loaded"));
}

/// A name of nothing does not disturb the list, and nothing is loaded.
#[test]
fn modprobe_show_alias_to_none() {
    let root = Root::with("module nothing auto\n");
    let text = root.does("dlkm list", 0);
    assert!(text.contains("shm") && !text.contains("nothing"), "{text}");
    root.does("dlkm check", 1);
}

/// Exported functions, by file and by name.
#[test]
fn modprobe_show_exports() {
    let host = Host::stopped(None);
    let by_name = host.root.does("dlkm info cmd-counter", 0);
    let file = host.root.file("cmd-counter.so");
    let by_file = host.root.does(&format!("dlkm info {}", file.display()), 0);
    assert_eq!(by_name, by_file);
    assert!(
        by_name.contains("  fn count() -> Result<u64, LoadError>\n"),
        "{by_name}"
    );
    let exports = host.root.does("kcmodule -P exports cmd-counter", 0);
    assert_eq!(exports, "exports\tcmd-counter:0.3.1\n");
}

/// A built-in is found, is `static`, and to load it changes nothing.
#[test]
fn modprobe_builtin() {
    let host = Host::start(None);
    let state = "kcmodule -P state cmd-linked";
    assert_eq!(host.root.does(state, 0), "state\tstatic\n");
    assert_eq!(
        host.root.does("kcmodule -P state cmd_linked", 0),
        "state\tstatic\n"
    );
    host.root.does("dlkm load cmd-linked", 0);
    assert_eq!(host.root.does(state, 0), "state\tstatic\n");
    assert_eq!(host.root.does("kmadmin -k", 0), "cmd-linked\n");
}

/// A circle of soft dependencies is broken: both are loaded.
#[test]
fn modprobe_softdep_loop() {
    let host = Host::start(None);
    let text = host.root.does("dlkm load cmd-soft-b", 0);
    assert!(text.contains("loaded cmd-soft-b"), "{text}");
    let status = host.root.does("dlkm status", 0);
    assert!(status.contains("cmd-soft-a\tloaded"), "{status}");
    assert!(status.contains("cmd-soft-b\tloaded"), "{status}");
}

/// A weak dependency loads nothing by itself, and a circle of them is harmless.
#[test]
fn modprobe_weakdep_loop() {
    let host = Host::start(None);
    host.root.does("dlkm load cmd-weak", 0);
    let status = host.root.does("dlkm status", 0);
    assert!(status.contains("cmd-weak\tloaded"), "{status}");
    assert!(!status.contains("cmd-counter\tloaded"), "{status}");
    let weak = |name, more| Module {
        more,
        ..Module::new(name)
    };
    let root = Root::new(&[
        weak("weak-a", "weak=weak-b"),
        weak("weak-b", "weak=weak-c"),
        weak("weak-c", "weak=weak-a"),
    ]);
    root.does("dlkm check", 0);
    let order = root.does("dlkm info --depends weak-b", 0);
    assert!(
        order.starts_with("weak-b\t") && order.lines().count() == 1,
        "{order}"
    );
    root.does("dlkm module weak-b=loaded", 0);
    assert!(
        !root.system().contains("weak-c loaded"),
        "{}",
        root.system()
    );
}

/// The configuration is printed as it is.
#[test]
fn modprobe_config() {
    let lines = "* ours\nmodule shm auto\nmodule guard best\ntunable shm.pages 7\n";
    let root = Root::with(lines);
    assert_eq!(
        root.does("dlkm config show", 0),
        format!("version 1\n{lines}")
    );
    assert_eq!(root.does("kconfig -e -", 0), format!("version 1\n{lines}"));
    assert_eq!(
        root.does("kconfig -S", 0),
        "module guard auto\nmodule shm auto\ntunable shm.pages 7\n"
    );
}

/// A parameter from the configuration reaches the module.
#[test]
fn modprobe_param_kcmdline_show_deps() {
    let mut host = Host::start(Some(
        "module cmd-counter auto\ntunable cmd-counter.step 9\n",
    ));
    assert_eq!(host.ask("count"), "9");
    let text = host.root.does("kctune -P current cmd-counter.step", 0);
    assert_eq!(text, "current\t9\n");
}

/// No value, unrelated words, quoted blanks, dots elsewhere, several lines.
#[test]
fn modprobe_param_kcmdline() {
    for (case, lines, code, said) in [
        (2, "tunable shm.pages\n", 2, "the value is missing"),
        (
            3,
            "tunable quiet 1\ntunable other.x 2\n",
            0,
            "  value        16\n",
        ),
        (4, "module other.pages auto\n", 0, "  value        16\n"),
        (
            5,
            "tunable shm.label \"a quoted b\"\n",
            0,
            "  value        16\n",
        ),
        (6, "tunable a.b.c 1\n", 0, "  value        16\n"),
        (
            7,
            "tunable shm.pages 3\ntunable shm.pages.x 9\n",
            0,
            "  value        3\n",
        ),
        (
            8,
            "tunable shm.label \"shm.pages=3 \"\n",
            0,
            "  value        16\n",
        ),
        (
            9,
            "module net unused\nmodule ip unused\ntunable shm.pages 4\n",
            0,
            "  value        4\n",
        ),
        (
            9,
            "tunable shm.pages 3\ntunable shm.pages 4\n",
            0,
            "  value        4\n",
        ),
        (9, "tunable shm_pages 5\n", 0, "  value        5\n"),
        (2, "tunable shm.pages = 5\n", 0, "  value        none: "),
    ] {
        let root = Root::with(&format!("module shm auto\n{lines}"));
        let (found, text) = root.says("dlkm tune shm.pages");
        assert_eq!(found, code, "{case}: {lines}{text}");
        assert!(text.contains(said), "{case}: {lines}{text}");
    }
}

/// A module outside of the root is found.
#[test]
fn modprobe_external() {
    let root = Root::new(&[]);
    fs::create_dir(root.base().join("extra")).unwrap();
    fs::write(root.base().join("extra/x"), Module::new("extern").image()).unwrap();
    root.does("dlkm install extra/x", 0);
    assert!(root.does("dlkm list", 0).starts_with("extern\t"));

    let mut host = Host::stopped(Some(ALL));
    let extra = host.root.base().join("extra");
    fs::create_dir(&extra).unwrap();
    fs::rename(
        host.root.file("cmd-counter.so"),
        extra.join("cmd-counter.so"),
    )
    .unwrap();
    host.boot();
    assert!(host.ask("count").contains("cmd-counter"), "it is not there");
    host.root.does("kmadmin -d extra", 0);
    host.root.does("kmadmin -L cmd-counter", 0);
    assert_eq!(host.ask("count"), "1");
}

/// A module can be given as a path, absolute or relative.
#[test]
fn modprobe_module_from_path() {
    let root = Root::with("");
    let relative = root.does("dlkm info modules/shm.so", 0);
    let absolute = root.does(&format!("dlkm info {}", root.file("shm.so").display()), 0);
    assert_eq!(relative, absolute);
    assert!(relative.starts_with("module shm 1.0.0\n"));

    let host = Host::start(None);
    let loaded = "kcmodule -P state cmd-weak";
    let absolute = host.root.file("cmd-weak.so").display().to_string();
    for path in [&*absolute, "modules/cmd-weak.so", "./modules/cmd-weak.so"] {
        host.root.does(&format!("kmadmin -L {path}"), 0);
        assert_eq!(host.root.does(loaded, 0), "state\tloaded\n");
        host.root.does("kmadmin -U cmd-weak", 0);
    }
}
