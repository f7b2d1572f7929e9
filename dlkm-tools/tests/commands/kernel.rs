//! Commands on a root on which a kernel runs.

use crate::host::Host;
use crate::root::MODULES;

const ALL: &str = "module cmd-counter auto\nmodule cmd-top auto\n";

#[test]
fn what_runs_is_shown() {
    let mut host = Host::start(Some(ALL));
    assert_eq!(host.ask("top"), "1");
    host.session(
        "kernel",
        &[
            "dlkm list",
            "dlkm status",
            "dlkm status --json",
            "dlkm top",
            "dlkm why cmd-counter",
            "dlkm why cmd-counter --json",
            "dlkm why cmd-linked",
            "dlkm tree cmd-top",
            "dlkm unload cmd-counter",
            "dlkm unload cmd-top",
            "dlkm load cmd-top --json",
            "dlkm unload --all cmd-top",
            "dlkm load nothing",
            "dlkm load ./modules/cmd-top.so",
            "dlkm load cmd-weak",
            "dlkm unload cmd-linked",
            "dlkm load cmd-top --pid 1",
            "kmadmin -k",
            "kmadmin -L cmd-top cmd-counter",
            "kmadmin -s",
            "kmadmin -q 1",
            "kmadmin -U cmd-top",
            "kmadmin -u 2",
        ],
    );
}

/// kcmodule(1M): "Changes apply at once if possible. If **any** change on the line must wait, **all**
/// wait until next boot (also with `-h`)"; "A module that can't be unloaded now (in use): the change is
/// held for next boot".
#[test]
fn all_changes_of_a_line_wait_or_none() {
    let mut host = Host::start(Some(ALL));
    assert_eq!(host.ask("during"), "inside");
    // The counter is in a call.
    host.session(
        "held",
        &[
            "dlkm module cmd-weak=loaded cmd-top=unused cmd-counter=unused",
            "dlkm list",
            "dlkm list -D",
            "kcmodule -D",
            "kcmodule -P name,state,cause,next_state,next_cause,before_state cmd-weak cmd-counter",
            "kconfig -D",
            "dlkm config held --json",
            "dlkm why cmd-weak",
        ],
    );
    let text = host.root.system();
    assert!(text.contains("module cmd-counter unused"), "{text}");
    assert_eq!(host.ask("end"), "during: true");
    // Now nothing stands in the way.
    host.session(
        "not-held",
        &[
            "dlkm module cmd-weak=loaded --at any",
            "kconfig -H",
            "dlkm list",
        ],
    );
}

/// kcmodule(1M): "`-h`: hold all changes of this command line until next boot". Later changes that apply
/// at once don't apply them.
#[test]
fn what_is_held_stays_held() {
    let mut host = Host::start(Some(ALL));
    assert_eq!(host.ask("top"), "1");
    host.root.does("kcmodule -h cmd-top=unused", 1);
    let text = host.root.does("kcmodule cmd-weak=loaded", 0);
    assert!(text.contains("loaded cmd-weak"), "{text}");
    assert_eq!(host.ask("top"), "2", "it is held");
    let differ = host.root.does("kconfig -D", 1);
    assert_eq!(differ, "module cmd-top: loaded → unused\n");
    // The same change without `-h` applies.
    let text = host.root.does("kcmodule cmd-top=unused", 0);
    assert!(text.contains("unloaded cmd-top"), "{text}");
    assert!(host.ask("top").contains("unused"));
    host.root.does("kconfig -D", 0);
    // Taking back what is held waits for nothing.
    host.root.does("kcmodule -h cmd-top=auto", 1);
    host.root.does("kcmodule -h cmd-top=unused", 0);
}

/// kconfig(1M), `-H`: "discard all held changes". kconfig(5): the system file "always reflects the
/// running configuration with what is held".
#[test]
fn held_changes_are_discarded() {
    let mut host = Host::start(Some(&format!("* Ours.\n{ALL}")));
    host.root
        .does("kcmodule -h cmd-top=unused cmd-weak=loaded", 1);
    host.root.does("kconfig -D", 1);
    assert!(host.root.system().contains("module cmd-weak loaded"));
    assert_eq!(host.ask("top"), "1", "the running kernel is as it was");
    host.root.does("kconfig -H", 0);
    host.root.does("kconfig -D", 0);
    assert_eq!(host.root.system(), format!("* Ours.\n{ALL}"));
}

/// kcmodule(1M): "Into or out of `static` always waits (relink + reboot)".
#[test]
fn static_waits() {
    let host = Host::start(Some(ALL));
    let text = host.root.does("kcmodule cmd-counter=static", 1);
    assert!(text.contains("waits for the next boot"), "{text}");
    assert!(text.contains("the host must be built again"), "{text}");
    let state = "kcmodule -P state,next_state cmd-counter";
    assert_eq!(
        host.root.does(state, 0),
        "state\tauto\nnext_state\tstatic\n"
    );
    // A module that is linked in can't leave.
    host.root.does("kcmodule cmd-linked=auto", 2);
}

/// kcmodule(1M): "`loaded` → `auto` changes nothing now; from next boot on it loads on first use".
#[test]
fn from_loaded_to_auto_nothing_changes_now() {
    let mut host = Host::start(Some("module cmd-counter loaded\n"));
    let state = "kcmodule -P state,cause,next_state cmd-counter";
    let loaded = "state\tloaded\ncause\texplicit\nnext_state\tloaded\n";
    assert_eq!(host.root.does(state, 0), loaded);
    host.root.does("kcmodule cmd-counter=auto", 0);
    let text = host.root.does(state, 0);
    assert_eq!(text, "state\tloaded\ncause\texplicit\nnext_state\tauto\n");
    assert!(host.root.does("kcmodule -D", 0).contains("cmd-counter"));
    host.boot();
    let auto = "state\tauto\ncause\texplicit\nnext_state\tauto\n";
    assert_eq!(host.root.does(state, 0), auto);
    assert_eq!(host.ask("count"), "1");
    // kcmodule(1M): "`auto`: was in auto state and was loaded when something tried to use it".
    let text = host.root.does(state, 0);
    assert_eq!(text, "state\tloaded\ncause\tauto\nnext_state\tauto\n");
    assert_eq!(host.root.does("kcmodule -D", 0), "");
}

/// kcmodule(1M): "`depend`: another module in the configuration depends on it"; "`unused`: installed,
/// not in use"; "`before_state` … only for modules this invocation changed at once".
#[test]
fn changes_apply_at_once() {
    let mut host = Host::start(Some("module cmd-counter unused\nmodule cmd-top unused\n"));
    assert!(host.ask("count").contains("unused"));
    let text = host.root.does(
        "kcmodule -P name,before_state,state,cause cmd-top=loaded",
        0,
    );
    assert_eq!(
        text,
        "name\tcmd-counter\nbefore_state\tunused\nstate\tloaded\ncause\tdepend\n\n\
         name\tcmd-top\nbefore_state\tunused\nstate\tloaded\ncause\texplicit\n"
    );
    assert_eq!(host.ask("top"), "1");
    let text = host
        .root
        .does("kcmodule cmd-top=unused cmd-counter=unused", 0);
    assert!(text.contains("unloaded cmd-top, cmd-counter"), "{text}");
    assert!(host.ask("count").contains("unused"));
}

/// kminstall(1M): "`-d`: loaded → tries to unload, else error exit".
#[test]
fn a_module_in_use_is_not_removed() {
    let mut host = Host::start(Some(ALL));
    assert_eq!(host.ask("keep"), "0");
    let text = host.root.does("dlkm remove cmd-counter cmd-top", 2);
    assert!(
        text.contains("cmd-counter") && text.contains("keep"),
        "{text}"
    );
    host.root.does("kminstall -d cmd-counter", 2);
    assert!(host.root.file("cmd-counter.so").is_file());
    assert!(host.root.file("cmd-top.so").is_file());
    assert_eq!(host.root.system(), ALL);
    host.root.does("dlkm remove cmd-top", 0);
    assert!(!host.root.file("cmd-top.so").exists());
    assert_eq!(host.ask("count"), "1");
}

/// A module that is installed while a kernel runs can be used at once.
#[test]
fn what_is_installed_is_used_at_once() {
    let mut host = Host::start(Some(ALL));
    std::fs::rename(
        host.root.file("cmd-counter.so"),
        host.root.base().join("counter"),
    )
    .unwrap();
    host.root
        .write("system", "version 1\nmodule cmd-weak unused\n");
    host.boot();
    assert!(
        host.ask("count").contains("no line"),
        "an image alone is not used"
    );
    host.root.does("dlkm install counter", 0);
    assert_eq!(host.ask("count"), "1");
    assert_eq!(
        host.root.system(),
        "module cmd-weak unused\nmodule cmd-counter best\n"
    );
}

#[test]
fn an_upgrade_loads_the_installed_image() {
    let mut host = Host::start(Some(ALL));
    assert_eq!(
        (host.ask("count"), host.ask("count")),
        ("1".to_owned(), "2".to_owned())
    );
    host.root.does("dlkm upgrade cmd-counter", 0);
    assert_eq!(host.ask("count"), "3", "the same image stays");
    host.root.does("kmupdate -M cmd-counter", 0);
    host.root.does("kmsystem -c N cmd-counter", 2);
    host.root.does("kmsystem -c N cmd-top", 0);
    assert_eq!(host.ask("top"), "4", "the change is that of the next boot");
    host.root.does("kmupdate -a -M cmd-top", 0);
    assert_eq!(host.ask("top"), "5");
    host.root.does("kmupdate -i -M cmd-top", 0);
    assert!(host.ask("top").contains("unused"));
}

/// A kernel that ends is no kernel.
#[test]
fn without_the_process_everything_is_as_at_the_next_boot() {
    let mut host = Host::start(Some(ALL));
    host.root.does("kcmodule -h cmd-top=unused", 1);
    host.root.does("kconfig -D", 1);
    host.stop();
    host.root.does("kconfig -D", 0);
    host.root.does("kcmodule -h cmd-top=auto", 0);
}

/// The root of the only kernel is the root that is meant.
#[test]
fn the_root_of_the_only_kernel_is_found() {
    let host = Host::start(Some(ALL));
    let mut command = host.root.command("dlkm");
    command.args(["list", "--json"]).env_remove("DLKM_ROOT");
    let output = command
        .current_dir(host.root.base().join("run"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains(&host.root.path().display().to_string()),
        "{text}"
    );
}

/// `dlkm why` names the function that keeps a module loaded.
#[test]
fn why_a_module_stays() {
    let mut host = Host::start(Some(ALL));
    assert_eq!(host.ask("keep"), "0");
    host.session(
        "stays",
        &[
            "dlkm why cmd-counter",
            "dlkm unload cmd-counter",
            "dlkm module cmd-counter=unused cmd-top=unused",
            "dlkm why cmd-counter",
        ],
    );
}

/// All kernels of a root follow, or none.
#[test]
fn several_kernels_on_one_root() {
    let mut host = Host::start(Some(ALL));
    let second = host.boot_another();
    let status: serde_json::Value =
        serde_json::from_str(&host.root.does("dlkm status --json", 0)).unwrap();
    assert_eq!(status["kernels"].as_array().unwrap().len(), 2);
    let text = host
        .root
        .does(&format!("dlkm load cmd-top --pid {second}"), 0);
    assert_eq!(text, format!("process {second} loaded cmd-top\n"));
    let text = host.root.does("kcmodule cmd-weak=loaded", 0);
    assert_eq!(text.matches("loaded cmd-weak").count(), 2, "{text}");
    // The first one can't unload it.
    assert_eq!(host.ask("during"), "inside");
    let text = host
        .root
        .does("kcmodule cmd-counter=unused cmd-top=unused", 1);
    assert!(text.contains("calls are in flight"), "{text}");
    let why = host.root.does("dlkm why cmd-top", 0);
    let process = format!("process {second} (cmd-host): loaded");
    assert!(why.contains(&process), "{why}");
    assert_eq!(host.ask("end"), "during: true");
    // The second one can't, after the first one has: the first goes back.
    host.swap();
    assert_eq!(host.ask("during"), "inside");
    host.root
        .does("kcmodule cmd-counter=unused cmd-top=unused", 1);
    host.swap();
    assert_eq!(host.ask("top"), "1");
    host.swap();
    assert_eq!(host.ask("end"), "during: true");
    let text = host
        .root
        .does("kcmodule cmd-counter=unused cmd-top=unused", 0);
    assert_eq!(text.matches("unloaded").count(), 2, "{text}");
    assert!(host.ask("top").contains("unused"));
    host.swap();
    assert!(host.ask("top").contains("unused"));
    host.root.does("kconfig -D", 0);
}

/// A kernel, and beside its modules `shm`, which has tunables and is not loaded.
fn tuned() -> Host {
    let mut host = Host::stopped(Some("module shm auto\n"));
    host.root.put(&MODULES[0]);
    host.boot();
    host
}

/// kctune(1M), `-h` and `dynamic`: a tunable that is not dynamic waits for the next boot, and with it
/// all of the line. kmtune(1M): "exit 0 done, 1 takes effect at next boot, 2 error".
#[test]
fn tunables_that_are_not_dynamic_wait() {
    let host = tuned();
    host.session(
        "tunables-held",
        &[
            "kctune shm.segments=50",
            "kctune -D",
            "kctune shm.pages=3 shm.segments=60",
            "kctune -D",
            "kctune -P name,current,next_boot,before,expr,next_expr shm.segments shm.pages",
            "dlkm tune -D",
            "kmtune -d",
            "kmtune -u",
            "kmtune -d",
            "kmtune -l -q shm.pages",
            "kmtune -u -s shm.pages=4",
            "kmtune -s shm.mode=wrong",
            "kconfig -D",
            "kconfig -H",
            "kctune -S",
        ],
    );
}

/// kctune(1M), `bootvalue`: "the value of the tunable at the time the system last booted"; it "has no
/// meaning for tunables in a saved configuration". `constraint nproc >= 100`; `flags` are HP-UX's own
/// bits, so they have no line.
#[test]
fn boot_values_and_constraints() {
    let mut host = Host::start(Some(
        "module cmd-counter auto\ntunable cmd-counter.step 7\n",
    ));
    let list = "kctune -P name,current,bootvalue,flags,constraint cmd-counter.step";
    let range = "constraint\tcmd-counter.step >= 1\nconstraint\tcmd-counter.step <= 100\n";
    host.root.does("kctune cmd-counter.step=9", 0);
    assert_eq!(host.ask("count"), "9");
    assert_eq!(
        host.root.does(list, 0),
        format!("name\tcmd-counter.step\ncurrent\t9\nbootvalue\t7\n{range}")
    );
    host.root.does("kconfig -s day", 0);
    let saved = list.replace("kctune", "kctune -c day");
    let text = format!("name\tcmd-counter.step\ncurrent\t9\n{range}");
    assert_eq!(host.root.does(&saved, 0), text);
    host.stop();
    assert_eq!(host.root.does(list, 0), text, "no boot is known");
    host.boot();
    assert!(host.root.does(list, 0).contains("bootvalue\t9\n"));
}

/// kctune(1M), `-h`: "hold all changes of this command line until next boot".
#[test]
fn a_dynamic_tunable_is_held_too() {
    let host = tuned();
    let list = "kctune -P current,next_boot,before shm.segments";
    host.root.does("kctune -h shm.segments=50", 1);
    assert_eq!(host.root.does(list, 0), "current\t40\nnext_boot\t50\n");
    let text = host
        .root
        .does("kctune -P current,before shm.segments=55", 0);
    assert_eq!(text, "current\t55\nbefore\t40\n");
}

/// kctune(1M), `dynamic`: a loaded module has the new value at once. Its hook may refuse it; then all
/// of the line waits.
#[test]
fn dynamic_tunables_reach_a_loaded_module() {
    let mut host = Host::start(Some(ALL));
    assert_eq!(host.ask("count"), "1");
    host.root.does("kctune cmd-counter.step=10", 0);
    assert_eq!(host.ask("count"), "11");
    let text = host.root.does("kctune cmd-counter.step=13 -u mine=1", 1);
    assert!(text.contains("13 brings bad luck"), "{text}");
    assert_eq!(host.ask("count"), "21", "it has its old value");
    let list = "kctune -P current,next_boot cmd-counter.step";
    assert_eq!(host.root.does(list, 0), "current\t10\nnext_boot\t13\n");
    host.root.does("kconfig -H", 0);
    host.root.does("kctune cmd-counter.step=200", 2);
    // A later line counts, also for a module that is loaded again.
    host.root.does("kctune cmd-counter.step=20", 0);
    assert_eq!(host.ask("count"), "41");
    host.root.does("dlkm unload cmd-counter", 0);
    host.root.does("kctune cmd-counter.step=5", 0);
    assert_eq!(host.ask("count"), "5");
    host.root.does("kctune cmd-counter.step=", 0);
    assert_eq!(host.ask("count"), "6");
}
