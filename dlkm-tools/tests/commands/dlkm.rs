//! The subcommands of `dlkm`.

use crate::golden::session;
use crate::root::{MODULES, Module, Root};

pub(crate) const SYSTEM: &str = "* Ours.\nmodule shm auto\nmodule net loaded\nmodule ip auto\nmodule core best\n\
                      tunable shm.pages 32\n";

#[test]
fn list_and_why() {
    let root = Root::with(SYSTEM);
    session(
        "list",
        &root,
        &[
            "dlkm list",
            "dlkm list -S",
            "dlkm list -D",
            "dlkm list --json",
            "dlkm why ip",
            "dlkm why guard",
            "dlkm why disk --json",
            "dlkm why shn",
        ],
    );
}

#[test]
fn module_states() {
    let root = Root::with(SYSTEM);
    session(
        "module",
        &root,
        &[
            "dlkm module shm",
            "dlkm module shm --json",
            "dlkm module shm=static disk=",
            "dlkm module shm=auto -C 'as before' --json",
            "dlkm module shm=auto",
            "dlkm module net=unused net=auto",
            "dlkm module ip=unused guard=unused dsk=auto ip=Auto",
            "dlkm module ip=unused guard=unused dsk=auto disk=auto",
            "dlkm module shm --phase boot2 --at 1.0.0",
            "dlkm module shm --at 3",
            "dlkm module shm --idle 90s",
            "dlkm module shm --idle soon",
            "dlkm module shm --idle best --at any --phase best",
            "dlkm module shm=loaded --idle never",
            "dlkm config show",
        ],
    );
}

#[test]
fn tunables() {
    let root = Root::with(SYSTEM);
    session(
        "tune",
        &root,
        &[
            "dlkm tune",
            "dlkm tune shm.pages disk_size",
            "dlkm tune shm.pages --json",
            "dlkm tune shm.segments=shm.pages*2 disk.size+=1",
            "dlkm tune 'shm.pages>=10' 'shm.label=\"a b\"'",
            "dlkm tune shm.segments=5000 shm.mode=odd shm.pags=1",
            "dlkm tune mine=5 -u",
            "dlkm tune disk.size=mine*2",
            "dlkm tune mine=",
            "dlkm tune disk.size= mine=default",
            "dlkm tune -S",
        ],
    );
}

#[test]
fn checks() {
    let root = Root::with(SYSTEM);
    root.write("system", "version 1\nmodule core auto\nmodule guard best\n");
    let broken = Root::with(
        "module net static phase boot1\nmodule net auto\nmodule shn auto\n\
                             tunable shm.segments 0\ntunable gone.x 1\n",
    );
    broken.write("noise.so", "not an image");
    session("check-good", &root, &["dlkm check", "dlkm check --json"]);
    session(
        "check",
        &broken,
        &["dlkm check", "dlkm check --json", "dlkm list"],
    );
    root.put(&Module {
        more: "want=before fonts|want=after shm|weak=paper",
        ..Module::new("print")
    });
    root.write(
        "system",
        "version 1\nmodule print auto\nmodule lamp static\ntunable print_speed 3\n",
    );
    session("check-soft", &root, &["dlkm check", "dlkm check --json"]);
    broken.write("system", "version 1\nmodule shm loded\n");
    session("check-system", &broken, &["dlkm check", "dlkm list"]);
}

#[test]
fn install_and_remove() {
    let root = Root::new(&[Module::new("core")]);
    root.write("system", "version 1\nmodule core auto\n");
    let build = root.base().join("build");
    std::fs::create_dir(&build).unwrap();
    for module in MODULES {
        std::fs::write(build.join(module.name), module.image()).unwrap();
    }
    let new = Module {
        version: "1.1.0",
        ..MODULES[0]
    };
    std::fs::write(build.join("shm-1.1"), new.image()).unwrap();
    std::fs::write(build.join("text"), "not an image").unwrap();
    session(
        "install",
        &root,
        &[
            "dlkm install build/text build/shm build/none",
            "dlkm install build/net",
            "dlkm install build/ip build/net build/shm",
            "dlkm install build/shm",
            "dlkm install build/shm-1.1",
            "dlkm install -u build/shm-1.1 --json",
            "dlkm remove core",
            "dlkm remove shm net -C 'not needed'",
            "dlkm remove shm",
            "dlkm list",
            "dlkm config show",
            "dlkm log 2",
        ],
    );
}

#[test]
fn configurations() {
    let root = Root::with(SYSTEM);
    root.write(
        "../other",
        "version 1\nmodule shm auto 0.9.0\nmodule guard best\n",
    );
    session(
        "config",
        &root,
        &[
            "dlkm config list",
            "dlkm config save day",
            "dlkm config save day",
            "dlkm config save -f day -C 'once more'",
            "dlkm config title day 'By day'",
            "dlkm config copy day night",
            "dlkm config copy day night",
            "dlkm module -c night shm=unused disk=loaded",
            "dlkm config show night",
            "dlkm config load night",
            "dlkm config list",
            "dlkm config list --json",
            "dlkm config load backup",
            "dlkm config rename night late",
            "dlkm config delete late",
            "dlkm config delete late",
            "dlkm config save 9a",
            "dlkm config import other",
            "dlkm config import -V other",
            "dlkm config import -c strange other",
            "dlkm config load strange -b no",
            "dlkm config export -c strange -",
            "dlkm config held",
            "dlkm config discard",
        ],
    );
}

#[test]
fn trust() {
    let root = Root::with("module shm auto\nmodule guard best\n");
    session(
        "trust",
        &root,
        &[
            "dlkm config verify enforce",
            "dlkm config key RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3",
            "dlkm config show",
            "dlkm check",
            "dlkm config key --remove RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3",
            "dlkm config verify always",
            "dlkm config verify off --json",
            "dlkm config verify off",
        ],
    );
}

#[test]
fn log() {
    let root = Root::with("");
    root.does("dlkm module shm=auto -C 'for the night'", 0);
    root.does("dlkm tune shm.pages=3 shm.segments=shm.pages", 0);
    root.does("dlkm config save day", 0);
    session(
        "log",
        &root,
        &[
            "dlkm log -C 'New disks.'",
            "dlkm log",
            "dlkm log 1",
            "dlkm log -n shm_pages",
            "dlkm log -t module --json",
            "dlkm log -f night",
            "dlkm log -c day",
        ],
    );
}

#[test]
fn trees() {
    let root = Root::with(SYSTEM);
    std::fs::remove_file(root.file("core.so")).unwrap();
    root.put(&Module {
        depends: "ip",
        ..Module::new("web")
    });
    session(
        "tree",
        &root,
        &[
            "dlkm tree",
            "dlkm tree --dot net",
            "dlkm tree --json ip",
            "dlkm tree nt",
        ],
    );
}

#[test]
fn differences_of_roots() {
    let (one, other) = (
        Root::with(SYSTEM),
        Root::with("module shm auto\nverify warn\n"),
    );
    std::fs::remove_file(other.file("disk.so")).unwrap();
    std::os::unix::fs::symlink(other.path(), one.base().join("other")).unwrap();
    session(
        "diff",
        &one,
        &[
            "dlkm diff modules modules",
            "dlkm diff modules other",
            "dlkm diff modules other --json",
        ],
    );
}

#[test]
fn info() {
    let root = Root::with(SYSTEM);
    session(
        "info",
        &root,
        &[
            "dlkm info shm",
            "dlkm info modules/ip.so --json",
            "dlkm info guard",
            "dlkm info --depends net",
            "dlkm info nothing",
        ],
    );
}

#[test]
fn without_a_root() {
    let root = Root::with(SYSTEM);
    let mut command = root.command("dlkm");
    command.arg("list").env_remove("DLKM_ROOT");
    assert!(command.output().unwrap().status.success(), "`modules` here");
    let mut command = root.command("dlkm");
    command
        .arg("list")
        .env_remove("DLKM_ROOT")
        .current_dir(root.base().join("run"));
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: no kernel runs, and there is neither a folder `modules` nor `target/debug/modules` \
         here; name the module root with --root or with the variable DLKM_ROOT\n"
    );
    session(
        "root",
        &root,
        &[
            "dlkm list --root none",
            "dlkm load shm",
            "dlkm status",
            "dlkm status --json",
            "dlkm top",
        ],
    );
}

#[test]
fn a_root_that_can_not_be_changed_says_so() {
    use std::os::unix::fs::PermissionsExt;
    let root = Root::with(SYSTEM);
    let set = |mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(root.path(), permissions).unwrap();
    };
    set(0o555);
    // The superuser may write all the same.
    let may_write = std::fs::write(root.file("probe"), "").is_ok();
    let (code, text) = root.says("dlkm module shm=unused");
    set(0o755);
    if !may_write {
        assert_eq!(code, 2, "{text}");
        assert!(text.contains("can't be changed"), "{text}");
        assert_eq!(root.system(), SYSTEM);
    }
}

/// Tools that change one root at the same time wait for each other: no change is lost.
#[test]
fn two_tools_at_once_lose_nothing() {
    let root = Root::with("module guard best\n");
    let spawn = |line: String| {
        let mut words = line.split(' ').map(str::to_owned);
        let mut command = root.command(&words.next().unwrap());
        command.args(words).stdout(std::process::Stdio::null());
        command.stderr(std::process::Stdio::null()).spawn().unwrap()
    };
    root.does("kctune -u n=0", 0);
    let all: Vec<_> = (0..12)
        .map(|index| match index % 3 {
            0 => spawn("kctune n+=1".to_owned()),
            1 => spawn(format!("kconfig -s saved{index}")),
            _ => spawn(format!("kctune -u t{index}={index}")),
        })
        .collect();
    for mut child in all {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(root.does("kctune -P current n", 0), "current\t4\n");
    assert_eq!(
        root.does("kconfig -P name", 0)
            .matches("name\tsaved")
            .count(),
        4
    );
    assert_eq!(root.system().matches("tunable t").count(), 4);
    // One for each change, and one for `n` itself.
    let log = root.does("dlkm log --json", 0);
    assert_eq!(log.matches("\"time\"").count(), 13);
}

/// What the commands must say, and not do, about damaged input.
#[test]
fn bad_input_changes_nothing() {
    for (bytes, said) in [
        (&b"version 2\n"[..], "line 1"),
        (b"version 1\nmodule shm auto\0\n", "line 2"),
        (b"version 1\nmoduel shm auto\n", "`moduel` is unknown"),
        (
            b"version 1\nmodule shm auto phase boot9\n",
            "phase `boot9` is unknown",
        ),
        (b"version 1\nmodule shm auto idle 3 parsecs\n", "line 2"),
        (b"\xff\xfe", "line 1"),
    ] {
        let root = Root::with("");
        std::fs::write(root.file("system"), bytes).unwrap();
        for line in [
            "dlkm list",
            "dlkm module shm=auto",
            "kctune shm.pages=1",
            "kconfig -s a",
        ] {
            let text = root.does(line, 2);
            assert!(text.contains(said), "{line}: {text}");
        }
        root.does("dlkm check", 1);
        assert_eq!(std::fs::read(root.file("system")).unwrap(), bytes);
    }
    // The end of the last line, and lines of another system, are no matter.
    for text in [
        "version 1\nmodule shm auto",
        "version 1\r\nmodule shm auto\r\n",
    ] {
        let root = Root::with("");
        root.write("system", text);
        assert_eq!(root.does("kcmodule -P state shm", 0), "state\tauto\n");
        root.does("kcmodule shm=loaded", 0);
        assert_eq!(root.read("system"), text.replace("auto", "loaded"));
    }
}
