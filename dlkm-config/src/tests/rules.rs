//! The rules of kcmodule(1M), as plans follow them.

use dlkm_metadata::Phase;
use dlkm_system::{Cause, Choice, Idle, State, SystemFile};

use super::modules::{changes, inventory, module, plain, plan, plan_with, planned, refused};
use crate::change::{Change, ModuleChange};
use crate::inventory::{Inventory, Need, On, Provided};
use crate::plan::Plan;
use crate::plan_options::PlanOptions;
use crate::planned::{Action, Later, When};
use crate::resolve::NextState;

/// When the first change of a plan takes effect.
fn when(text: &str, arguments: &str) -> When {
    plan(text, arguments).unwrap().changes()[0].when.clone()
}

/// kcmodule(1M): "`module=` = put into best state; `module=state`".
#[test]
fn a_state_is_chosen_by_a_line() {
    assert_eq!(planned("", "shm=auto"), "module shm auto\n");
    assert_eq!(planned("module shm auto\n", "shm="), "module shm best\n");
    let both = planned("# mine\nmodule shm auto\n", "shm=loaded disk=best");
    assert_eq!(both, "# mine\nmodule shm loaded\nmodule disk best\n");
}

/// kcmodule(1M): "Changes apply at once if possible."
#[test]
fn loads_and_unloads_apply_at_once() {
    let state = |state| When::Now(Action::State(state));
    assert_eq!(when("", "shm=auto"), state(State::Auto));
    assert_eq!(
        when("module shm auto\n", "shm=loaded"),
        state(State::Loaded)
    );
    assert_eq!(
        when("module shm auto\n", "shm=unused"),
        state(State::Unused)
    );
    // The author's choice is auto, so nothing changes but the words.
    assert_eq!(
        when("module shm auto\n", "shm="),
        When::Now(Action::Nothing)
    );
}

/// kcmodule(1M): "If **any** change on the line must wait, **all** wait until next boot (also with
/// `-h`)."
#[test]
fn if_one_change_waits_all_wait() {
    assert!(!plan("", "shm=auto disk=loaded").unwrap().waits());
    let plan = plan("", "shm=auto disk=static").unwrap();
    assert!(plan.waits());
    let reasons: Vec<_> = plan.reasons().map(|(one, why)| (&*one.name, why)).collect();
    assert_eq!(reasons, [("disk", &Later::Static)]);
    let hold = PlanOptions::default().hold(true);
    assert!(plan_with("", "shm=auto", hold).unwrap().waits());
}

/// kcmodule(1M): "Into or out of `static` always waits (relink + reboot)."
#[test]
fn into_or_out_of_static_waits() {
    assert_eq!(when("", "shm=static"), When::Later(Later::Static));
    let out = when("module shm static\n", "shm=auto");
    assert_eq!(out, When::Later(Later::Static));
    let unused = when("module shm static\n", "shm=unused");
    assert_eq!(unused, When::Later(Later::Static));
}

/// kcmodule(1M): "`loaded` → `auto` changes nothing now; from next boot on it loads on first use."
#[test]
fn from_loaded_to_auto_changes_nothing_now() {
    let when = when("module shm loaded\n", "shm=auto");
    assert_eq!(when, When::Now(Action::Nothing));
}

/// kcmodule(1M): "`best` = the developer's choice; typically `auto` if supported, else `loaded`,
/// else `static`. A module in `best` follows later changes of the developer's choice."
#[test]
fn best_follows_the_author() {
    let system = SystemFile::parse(b"version 1\nmodule m best\n").unwrap();
    for (states, state) in [
        ("auto loaded static", State::Auto),
        ("loaded static", State::Loaded),
        ("static", State::Static),
    ] {
        let next = NextState::of(Some(&system), &module("m", states, "", &[])).unwrap();
        assert_eq!((next.state, next.cause), (state, Some(Cause::Best)));
    }
}

/// kcmodule(1M): "`uninstall` (v2 only) = `unused` + purge its tunable settings and other data from
/// the configuration."
#[test]
fn uninstall_takes_all_lines_of_a_module() {
    let text = "module shm auto 1.0.0\n* why\ntunable shm.pages 3\ntunable shm_label \"x\"\n\
        tunable shm.gone 1\nmodule disk loaded\ntunable other 4\n";
    let left = planned(text, "shm=uninstall");
    assert_eq!(left, "* why\nmodule disk loaded\ntunable other 4\n");
    // A dot may be part of a module's name.
    let dotted = Inventory::new(vec![plain("a"), plain("a.b")]);
    let text = b"version 1\ntunable a.x 1\ntunable a.b.x 1\n";
    let change = changes("a=uninstall");
    let plan = Plan::new(Some(text), &dotted, &change, PlanOptions::default()).unwrap();
    assert_eq!(plan.text(), b"version 1\ntunable a.b.x 1\n");
    // Of a module that is gone, too.
    assert_eq!(
        planned("module gone auto\ntunable gone.x 1\n", "gone=uninstall"),
        ""
    );
    assert_eq!(
        planned("module gone auto\n", "gone=unused"),
        "module gone unused\n"
    );
}

/// kcmodule(1M): "Whether a module is *required* shows in that `unused` is absent from *Capable*."
#[test]
fn a_required_module_cannot_be_unused() {
    let inventory = inventory();
    let guard = inventory.module("guard").unwrap();
    let capable = [State::Static, State::Loaded, State::Auto];
    assert_eq!(guard.capable(), capable);
    assert_eq!(
        refused("", "guard=unused"),
        ["the module `guard` is required, so it can't be `unused`"]
    );
    assert_eq!(refused("", "guard=uninstall"), refused("", "guard=unused"));
    // "`required`: developer marked it required": no line is needed.
    let system = SystemFile::parse(b"version 1\n").unwrap();
    let next = NextState::of(Some(&system), guard).unwrap();
    assert_eq!(
        (next.state, next.cause),
        (State::Auto, Some(Cause::Required))
    );
    let system = SystemFile::parse(b"version 1\nmodule guard unused\n").unwrap();
    assert_eq!(NextState::of(Some(&system), guard), Err(State::Unused));
}

/// kcmodule(1M), `capable`: "space-separated states" that a module supports.
#[test]
fn a_state_must_be_supported() {
    assert_eq!(
        refused("", "disk=auto"),
        ["the module `disk` can't be `auto`; it can be `unused`, `static`, `loaded`"]
    );
}

/// system(4): "(no line) = `kcmodule name=unused`".
#[test]
fn a_module_without_a_line_is_unused() {
    let system = SystemFile::parse(b"version 1\n").unwrap();
    let next = NextState::of(Some(&system), &plain("m")).unwrap();
    assert_eq!(
        (next.state, next.cause, next.phase),
        (State::Unused, None, None)
    );
    let next = NextState::of(None, &plain("m")).unwrap();
    assert_eq!((next.state, next.cause), (State::Auto, Some(Cause::Best)));
}

#[test]
fn the_first_change_of_a_root_without_a_file_keeps_all_others_best() {
    let plan = Plan::new(
        None,
        &inventory(),
        &changes("shm=unused"),
        PlanOptions::default(),
    );
    let plan = plan.unwrap();
    assert!(plan.makes_file());
    let text = String::from_utf8(plan.text().to_vec()).unwrap();
    let wanted = "version 1\nmodule core best\nmodule disk best\nmodule guard best\n\
        module ip best\nmodule net best\nmodule shm unused\n";
    assert_eq!(text, wanted);
    assert_eq!(plan.changes().len(), 1);
}

/// kcmodule(1M), cause `depend`: "another module in the configuration depends on it".
#[test]
fn what_a_module_depends_on_is_put_into_use() {
    let plan = plan("module ip unused\n", "net=loaded").unwrap();
    let text = "version 1\nmodule ip best\nmodule net loaded\nmodule core best\n";
    assert_eq!(plan.text(), text.as_bytes());
    let causes: Vec<_> = plan
        .changes()
        .iter()
        .map(|one| (&*one.name, one.cause))
        .collect();
    let wanted = [
        ("core", Some(Cause::Depend)),
        ("ip", Some(Cause::Depend)),
        ("net", Some(Cause::Explicit)),
    ];
    assert_eq!(causes, wanted);
}

#[test]
fn what_others_depend_on_goes_only_with_them() {
    let used = "module net auto\nmodule ip auto\nmodule core auto\n";
    assert_eq!(
        refused(used, "core=unused"),
        ["the module `core` can't be `unused`, because `ip` needs it; make that `unused` too"]
    );
    let messages = refused(used, "core=unused ip=unused");
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(messages[0].starts_with("the module `ip` can't be `unused`, because `net`"));
    let all = planned(used, "core=unused ip=unused net=unused");
    assert_eq!(
        all,
        "module net unused\nmodule ip unused\nmodule core unused\n"
    );
    // One that is put into use and one that is taken out contradict each other.
    let messages = refused("module core auto\n", "core=unused ip=auto");
    assert!(messages[0].contains("`ip` needs it"), "{messages:?}");
}

#[test]
fn a_dependency_must_be_installed_in_a_version_that_fits() {
    let mut inventory = Inventory::new(vec![module("a", "auto", "b", &[])]);
    let new = |inventory: &Inventory| {
        let plan = Plan::new(
            Some(b"version 1\n"),
            inventory,
            &changes("a=auto"),
            PlanOptions::default(),
        );
        plan.map_err(|refusals| refusals[0].to_string())
    };
    assert_eq!(
        new(&inventory).unwrap_err(),
        "the module `a` needs the module `b`, which is not installed; install it first"
    );
    let mut a = module("a", "auto", "", &[]);
    let mut need = Need::new(On::Module, "b");
    need.range = Some("^2".parse().unwrap());
    a.needs = vec![need];
    inventory = Inventory::new(vec![a.clone(), plain("b")]);
    assert_eq!(
        new(&inventory).unwrap_err(),
        "the module `a` needs the module `b` ^2, and 1.0.0 is installed; install a version that fits"
    );
    a.needs[0].range = Some("^1".parse().unwrap());
    inventory = Inventory::new(vec![a, plain("b")]);
    new(&inventory).unwrap();
}

#[test]
fn an_interface_has_one_provider_or_one_that_is_used() {
    let mut a = plain("a");
    a.needs = vec![Need::new(On::Interface, "codec")];
    let provider = |name: &str, version: &str| {
        let mut one = plain(name);
        one.interfaces = vec![Provided::new("codec", version)];
        one
    };
    let inventory = Inventory::new(vec![
        a.clone(),
        provider("x", "1.0.0"),
        provider("y", "2.0.0"),
    ]);
    let new = |text: &[u8], arguments: &str| {
        let plan = Plan::new(
            Some(text),
            &inventory,
            &changes(arguments),
            PlanOptions::default(),
        );
        let text = plan.map(|plan| String::from_utf8(plan.text().to_vec()).unwrap());
        text.map_err(|refusals| refusals[0].to_string())
    };
    assert_eq!(
        new(b"version 1\n", "a=auto").unwrap_err(),
        "the module `a` needs the interface `codec`, which `x`, `y` provide; choose one of them too"
    );
    let both = new(b"version 1\n", "a=auto y=auto").unwrap();
    assert_eq!(both, "version 1\nmodule a auto\nmodule y auto\n");
    let error = new(both.as_bytes(), "y=unused").unwrap_err();
    assert!(
        error.starts_with("the module `y` can't be `unused`"),
        "{error}"
    );
    // The other one will do.
    new(both.as_bytes(), "x=auto y=unused").unwrap();
    // The version is that of the interface: both modules are 1.0.0.
    a.needs[0].range = Some("^2".parse().unwrap());
    let providers = [provider("x", "1.0.0"), provider("y", "2.0.0")];
    let inventory = Inventory::new([vec![a], providers.to_vec()].concat());
    let plan = Plan::new(
        Some(b"version 1\n"),
        &inventory,
        &changes("a=auto"),
        PlanOptions::default(),
    );
    assert_eq!(
        plan.unwrap().text(),
        b"version 1\nmodule a auto\nmodule y best\n"
    );
}

#[test]
fn a_circle_of_dependencies_is_told_in_full() {
    let inventory = Inventory::new(vec![
        module("a", "auto", "b", &[]),
        module("b", "auto", "c", &[]),
        module("c", "auto", "a", &[]),
    ]);
    let plan = Plan::new(
        Some(b"version 1\n"),
        &inventory,
        &changes("b=auto"),
        PlanOptions::default(),
    );
    assert_eq!(
        plan.unwrap_err()[0].to_string(),
        "modules depend on each other in a circle: b > c > a > b"
    );
}

#[test]
fn unknown_modules_come_with_near_names_and_all_at_once() {
    assert_eq!(
        refused("", "shn=auto dsk=loaded unheard=auto"),
        [
            "no module `shn` is installed; did you mean `shm`?",
            "no module `dsk` is installed; did you mean `disk`?",
            "no module `unheard` is installed",
        ]
    );
    assert_eq!(
        refused("", "shm=auto shm=loaded"),
        ["two changes of `shm`; leave one out"]
    );
}

fn with(name: &str, change: impl FnOnce(&mut ModuleChange)) -> Change {
    let mut wanted = ModuleChange::new(name);
    change(&mut wanted);
    Change::Module(wanted)
}

fn plan_of(text: &str, change: Change) -> Result<Plan, String> {
    let text = format!("version 1\n{text}");
    let plan = Plan::new(
        Some(text.as_bytes()),
        &inventory(),
        &[change],
        PlanOptions::default(),
    );
    plan.map_err(|refusals| refusals[0].to_string())
}

/// kmsystem(1M): "Configuring a phase that is not supported: the configuration step complains."
#[test]
fn a_phase_must_be_supported() {
    let early = with("core", |core| core.phase = Some(Some(Phase::Boot1)));
    assert_eq!(
        plan_of("module core loaded\n", early).unwrap_err(),
        "the module `core` can't be loaded in the phase `boot1`; it supports `init`, `auto`"
    );
    let boot2 = with("shm", |shm| shm.phase = Some(Some(Phase::Boot2)));
    let plan = plan_of("module shm  loaded\n", boot2).unwrap();
    assert_eq!(plan.text(), b"version 1\nmodule shm  loaded phase boot2\n");
    assert_eq!(plan.changes()[0].when, When::Later(Later::Phase));
}

/// master(4), system(4): "A dependency that is needed at boot must support the phase."
#[test]
fn a_dependency_must_support_the_phase() {
    let change = with("ip", |ip| {
        (ip.choice, ip.phase) = (Some(Choice::Loaded), Some(Some(Phase::Boot2)));
    });
    assert_eq!(
        plan_of("", change).unwrap_err(),
        "the module `ip` would be loaded in the phase `boot2`, and needs `core`, which supports \
         `init`, `auto` only; choose a later phase"
    );
}

#[test]
fn other_words_of_a_line_wait_for_the_next_boot() {
    let idle = with("shm", |shm| shm.idle = Some(Some(Idle::Never)));
    let plan = plan_of("module shm auto\n", idle).unwrap();
    assert_eq!(plan.changes()[0].when, When::Later(Later::Idle));
    assert_eq!(plan.changes()[0].new, "auto idle never");
    let version = with("shm", |shm| shm.version = Some(Some("1.0.0".to_owned())));
    let plan = plan_of("module shm auto\n", version).unwrap();
    assert_eq!(plan.changes()[0].when, When::Later(Later::Version));
    let other = with("shm", |shm| shm.version = Some(Some("2.0.0".to_owned())));
    assert_eq!(
        plan_of("module shm auto\n", other).unwrap_err(),
        "version 2.0.0 of the module `shm` is not installed; 1.0.0 is"
    );
    // Of a module that is not used, they change nothing now.
    let idle = with("shm", |shm| shm.idle = Some(Some(Idle::Never)));
    let plan = plan_of("module shm unused\n", idle).unwrap();
    assert_eq!(plan.changes()[0].when, When::Now(Action::Nothing));
}

#[test]
fn a_linked_module_is_static_until_the_host_is_built_again() {
    let mut inventory = inventory();
    inventory.link(plain("disk"));
    let system = SystemFile::parse(b"version 1\n").unwrap();
    let disk = inventory.module("disk").unwrap();
    assert_eq!(
        NextState::of(Some(&system), disk).unwrap().state,
        State::Static
    );
    let change = changes("disk=unused");
    let plan = Plan::new(
        Some(b"version 1\n"),
        &inventory,
        &change,
        PlanOptions::default(),
    );
    let plan = plan.unwrap();
    assert_eq!(plan.changes()[0].when, When::Later(Later::Static));
}

#[test]
fn verify_and_keys_count_from_the_next_boot_on() {
    let key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
    let all = [
        Change::Verify(dlkm_system::Verify::Enforce),
        Change::AddKey(key.to_owned()),
    ];
    let plan = Plan::new(
        Some(b"version 1\n"),
        &inventory(),
        &all,
        PlanOptions::default(),
    )
    .unwrap();
    let wanted = format!("version 1\nverify enforce\nkey {key}\n");
    assert_eq!(plan.text(), wanted.as_bytes());
    assert!(plan.waits());
    let back = [Change::RemoveKey(key.to_owned())];
    let plan = Plan::new(
        Some(plan.text()),
        &inventory(),
        &back,
        PlanOptions::default(),
    )
    .unwrap();
    assert_eq!(plan.text(), b"version 1\nverify enforce\n");
}

#[test]
fn what_is_so_already_changes_nothing() {
    let plan = plan(
        "module shm auto\ntunable shm.pages 5\n",
        "shm=auto shm.pages=5",
    )
    .unwrap();
    assert_eq!(plan.changes(), []);
    assert!(!plan.waits());
}
