//! The subcommands of `dlkm`.

use crate::golden::session;
use crate::root::{MODULES, Module, Root};

const SYSTEM: &str = "* Ours.\nmodule shm auto\nmodule net loaded\nmodule ip auto\nmodule core best\n\
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

#[test]
fn completions_and_manual_pages_are_made_from_the_command_line() {
    let root = Root::with("");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let text = root.does(&format!("dlkm completions {shell}"), 0);
        assert!(text.contains("upgrade"), "{shell}");
    }
    root.does("dlkm man pages", 0);
    let page = |name: &str| {
        let file = root.base().join("pages").join(name);
        std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    assert!(page("dlkm.1").contains("dlkm\\-why"));
    assert!(page("dlkm-config-load.1").contains("\\-\\-backup"));
    assert!(
        page("dlkm-module.1").contains("waits for the next boot")
            || page("dlkm-module.1").contains("wait for the next boot")
    );
}
