//! The cases of kmod's test-suite that have a counterpart among the commands, each by its name.
//!
//! | kmod: file, case | here |
//! |---|---|
//! | test-modprobe: modprobe_show_depends | [`modprobe_show_depends`] |
//! | test-modprobe: modprobe_show_depends2 | [`modprobe_show_depends2`] |
//! | test-modprobe: modprobe_show_depends_no_load | [`modprobe_show_depends_no_load`] |
//! | test-modprobe: modprobe_show_alias_to_none | [`modprobe_show_alias_to_none`] |
//! | test-modprobe: modprobe_show_exports, modprobe_show_exports_module | [`modprobe_show_exports`] |
//! | test-modprobe: modprobe_builtin, modprobe_builtin_lookup_only | [`modprobe_builtin`] |
//! | test-modprobe: modprobe_softdep_loop | [`modprobe_softdep_loop`] |
//! | test-modprobe: modprobe_weakdep_loop | [`modprobe_weakdep_loop`] |
//! | test-modprobe: modprobe_param_kcmdline_show_deps | [`modprobe_param_kcmdline_show_deps`] |
//! | test-modprobe: modprobe_param_kcmdline2 … 9 | [`modprobe_param_kcmdline`] |
//! | test-modprobe: modprobe_external | [`modprobe_external`] |
//! | test-modprobe: modprobe_module_from_abspath, modprobe_module_from_relpath | [`modprobe_module_from_path`] |
//! | test-modprobe: modprobe_force, modprobe_force_modversion, modprobe_force_vermagic | no: no check can be switched off |
//! | test-blacklist: blacklist_1 | [`blacklist_1`] |
//! | test-multi-softdep: multi_softdep (a known bug there) | [`multi_softdep`] |
//! | test-weakdep: test_weakdep, modprobe_config | [`test_weakdep`] |
//! | test-dependencies: test_dependencies | [`test_dependencies`] |
//! | test-init: test_load_resource1, 2 | [`test_load_resource`] |
//! | test-init: test_insert, test_remove; test-remove: test_remove | [`test_insert_and_remove`] |
//! | test-initstate: …_from_lookup, …_from_name | [`modprobe_builtin`] |
//! | test-loaded: loaded_1 | [`loaded_1`] |
//! | test-new-module: from_name; test-util: test_underscores | [`from_name`] |
//! | test-new-module: from_alias; test-util: alias_1 | no: there are no aliases |
//! | test-modinfo: filename author license description parm depends | [`modinfo`] |
//! | test-modinfo: test_modinfo_external, test_modinfo_builtin | [`modinfo`] |
//! | test-depmod: detect_loop | [`detect_loop`] |
//! | test-depmod: check_weakdep | [`test_weakdep`] |
//! | test-depmod: search_order_…, outdir, another_moddir | no: a kernel has one root |
//! | test-modprobe: modprobe_install_cmd_loop; test-init: test_initlib | no command: scenarios of the runtime |
//! | test-modprobe: modprobe_oldkernel…; test-depmod: …_order_for_compressed | no: neither exists here |
//! | test-modinfo: signer, sig_key, sig_hashalgo | no: `dlkm` prints no signatures yet |
//! | test-util: test_path_ends_with_kmod_ext, test_freadline_wrapped, test_backoff_time | no: unit tests of their parts |
//! | test-testsuite | the tests' own hosts |

use std::fs;

use crate::host::Host;
use crate::root::{Module, Root};

const ALL: &str = "module cmd-counter auto\nmodule cmd-top auto\n";

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

/// Several lines of soft dependencies add up: `cmd-soft-a` wants one module before it and one after it.
#[test]
fn multi_softdep() {
    let host = Host::start(None);
    host.root.does("dlkm load cmd-soft-a", 0);
    let status = host.root.does("dlkm status", 0);
    for module in ["cmd-soft-a", "cmd-soft-b", "cmd-top", "cmd-counter"] {
        assert!(status.contains(&format!("{module}\tloaded")), "{status}");
    }
}

/// A weak dependency loads nothing by itself.
#[test]
fn modprobe_weakdep_loop() {
    let host = Host::start(None);
    host.root.does("dlkm load cmd-weak", 0);
    let status = host.root.does("dlkm status", 0);
    assert!(status.contains("cmd-weak\tloaded"), "{status}");
    assert!(!status.contains("cmd-counter\tloaded"), "{status}");
}

/// Weak dependencies are listed.
#[test]
fn test_weakdep() {
    let host = Host::stopped(None);
    let text = host.root.does("dlkm info cmd-weak --json", 0);
    assert!(
        text.contains("\"weak\": [\n    \"cmd-counter\"\n  ]"),
        "{text}"
    );
    let text = host.root.does("dlkm info cmd-soft-a --json", 0);
    assert!(text.contains("\"cmd-soft-b\",\n    \"cmd-top\""), "{text}");
}

/// A parameter from the configuration is the module's.
#[test]
fn modprobe_param_kcmdline_show_deps() {
    let root = Root::with("module shm auto\ntunable shm.pages 99\n");
    assert_eq!(root.does("kctune -P current shm.pages", 0), "current\t99\n");
}

/// No value, unrelated words, quoted blanks, dots elsewhere, several lines.
#[test]
fn modprobe_param_kcmdline() {
    for (lines, code, said) in [
        ("tunable shm.pages\n", 2, "the value is missing"),
        ("tunable quiet 1\ntunable other.x 2\n", 0, "16"),
        ("tunable shm.label \"a quoted b\"\n", 0, "16"),
        ("tunable a.b.c 1\n", 0, "16"),
        ("tunable shm.pages 3\ntunable shm.pages 4\n", 0, "4"),
        ("tunable shm_pages 5\n", 0, "5"),
        ("tunable shm.pages = 5\n", 0, "none"),
    ] {
        let root = Root::with(&format!("module shm auto\n{lines}"));
        let (found, text) = root.says("dlkm tune shm.pages");
        assert_eq!(found, code, "{lines}{text}");
        assert!(text.contains(said), "{lines}{text}");
    }
}

/// A module outside of the root is installed from where it is.
#[test]
fn modprobe_external() {
    let root = Root::new(&[]);
    fs::create_dir(root.base().join("extra")).unwrap();
    fs::write(root.base().join("extra/x"), Module::new("extern").image()).unwrap();
    root.does("dlkm install extra/x", 0);
    assert!(root.does("dlkm list", 0).starts_with("extern\t"));
}

/// A module can be given as a path, absolute or relative.
#[test]
fn modprobe_module_from_path() {
    let root = Root::with("");
    let relative = root.does("dlkm info modules/shm.so", 0);
    let absolute = root.does(&format!("dlkm info {}", root.file("shm.so").display()), 0);
    assert_eq!(relative, absolute);
    assert!(relative.starts_with("module shm 1.0.0\n"));
}

/// What is excluded is not loaded; all else is.
#[test]
fn blacklist_1() {
    let host = Host::start(Some("module cmd-counter unused\nmodule cmd-weak auto\n"));
    let text = host.root.does("dlkm load cmd-counter", 2);
    assert!(text.contains("unused"), "{text}");
    let text = host.root.does("dlkm list", 0);
    let unused: Vec<_> = text
        .lines()
        .filter(|line| line.contains("\tunused\t"))
        .collect();
    assert_eq!(unused.len(), 4, "{text}");
    assert!(text.contains("cmd-weak\t0.3.1\tauto"), "{text}");
}

/// A root with an image that is empty or can't be read.
#[test]
fn test_load_resource() {
    let root = Root::with("module shm auto\nmodule guard best\n");
    root.write("empty.so", "");
    std::os::unix::fs::symlink("nowhere", root.file("missing.so")).unwrap();
    let (code, text) = root.says("dlkm list");
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("shm\t1.0.0\tauto"), "{text}");
    assert!(
        text.contains("empty.so`: ") && text.contains("missing.so`: "),
        "{text}"
    );
}

/// What is loaded is in the list; what is removed leaves no trace.
#[test]
fn test_insert_and_remove() {
    let host = Host::start(Some(ALL));
    let maps = || fs::read_to_string(format!("/proc/{}/maps", host.pid())).unwrap();
    host.root.does("dlkm load cmd-counter", 0);
    assert!(
        host.root
            .does("dlkm list", 0)
            .contains("cmd-counter\t0.3.1\tloaded")
    );
    assert!(maps().contains("cmd-counter.so"));
    host.root.does("dlkm unload cmd-counter", 0);
    assert!(
        host.root
            .does("dlkm list", 0)
            .contains("cmd-counter\t0.3.1\tauto")
    );
    assert!(!maps().contains("cmd-counter.so"));
    let text = host.root.does("dlkm unload nothing", 2);
    assert!(text.contains("`nothing` is not loaded"), "{text}");
}

/// The list: name, size, use count, holders.
#[test]
fn loaded_1() {
    let mut host = Host::start(Some(ALL));
    assert_eq!(host.ask("top"), "1");
    assert_eq!(host.ask("during"), "inside");
    let text = host.root.does("dlkm status --json", 0);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let counter = &value["kernels"][0]["modules"][0];
    assert_eq!(counter["name"], "cmd-counter");
    assert!(counter["memory"].as_u64().unwrap() > 0);
    assert_eq!(counter["in_flight"], 1);
    let why: serde_json::Value =
        serde_json::from_str(&host.root.does("dlkm why cmd-counter --json", 0)).unwrap();
    assert_eq!(why["needed_by"][0], "cmd-top");
    assert_eq!(host.ask("end"), "during: true");
}

/// `-` and `_` are one in names.
#[test]
fn from_name() {
    let host = Host::start(Some("module cmd_counter auto\n"));
    for name in ["cmd-counter", "cmd_counter"] {
        let text = host.root.does(&format!("dlkm why {name}"), 0);
        assert!(text.contains("line 2"), "{text}");
        host.root.does(&format!("dlkm load {name}"), 0);
    }
    host.root.does("kcmodule cmd_counter=unused", 0);
    assert_eq!(host.root.system(), "module cmd_counter unused\n");
}

/// Each field alone, of an image outside of the root and of a module that is linked in.
#[test]
fn modinfo() {
    let host = Host::start(None);
    let fields = "version,desc,state,depend,exports";
    assert_eq!(
        host.root.does(&format!("kcmodule -P {fields} cmd-top"), 0),
        "version\t0.3.1\ndesc\tuses the counter\nstate\tauto\n\
         depend\tmodule cmd-counter:0.0.0\nexports\tcmd-top:0.3.1\n"
    );
    assert_eq!(
        host.root
            .does(&format!("kcmodule -P {fields} cmd-linked"), 0),
        "version\t0.3.1\ndesc\tlinked in\nstate\tstatic\n"
    );
    fs::copy(
        host.root.file("cmd-top.so"),
        host.root.base().join("elsewhere"),
    )
    .unwrap();
    let text = host.root.does("dlkm info ./elsewhere", 0);
    assert!(text.contains("  depends  cmd-counter\n"), "{text}");
}

/// A circle is found, and printed in full.
#[test]
fn detect_loop() {
    let root = Root::new(&[
        Module {
            depends: "loop-b",
            ..Module::new("loop-a")
        },
        Module {
            depends: "loop-c",
            ..Module::new("loop-b")
        },
        Module {
            depends: "loop-a",
            ..Module::new("loop-c")
        },
    ]);
    let text = root.does("dlkm check", 1);
    assert!(
        text.contains(
            "modules depend on each other in a circle: loop-a > loop-b > loop-c > loop-a"
        ),
        "{text}"
    );
    // A tree of a circle ends.
    let text = root.does("dlkm tree", 0);
    assert_eq!(text.lines().count(), 4, "{text}");
    assert_eq!(
        root.does("dlkm info --depends loop-b", 0).lines().count(),
        3
    );
}
