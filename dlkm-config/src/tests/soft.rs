//! Soft and weak dependencies, and lines about tunables that no module has.

use std::fs;

use tempfile::TempDir;

use super::image::image;
use super::modules::{metadata, module, planned, refused};
use crate::change::Argument;
use crate::check::{Finding, Report};
use crate::inventory::{Installed, Inventory};
use crate::plan::Plan;
use crate::plan_options::PlanOptions;
use crate::root::Root;

/// A module of state auto with further lines of metadata.
fn wanting(name: &str, depends: &str, lines: &[&str]) -> Installed {
    module(name, "auto loaded", depends, lines)
}

fn check(system: &str, modules: Vec<Installed>) -> (TempDir, Report) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("system"), format!("version 1\n{system}")).unwrap();
    let root = Root::open(folder.path()).unwrap();
    let report = root.check(&Inventory::new(modules));
    (folder, report)
}

fn texts(list: &[Finding]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

/// The plan of one argument of `kcmodule`, as errors.
fn put_into_use(argument: &str, modules: Vec<Installed>) -> Vec<String> {
    let Ok(Argument::Change(change)) = Argument::module(argument) else {
        panic!("{argument}");
    };
    let options = PlanOptions::default();
    let plan = Plan::new(
        Some(b"version 1\n"),
        &Inventory::new(modules),
        &[change],
        options,
    );
    let refusals = plan.err().unwrap_or_default();
    refusals.iter().map(ToString::to_string).collect()
}

/// modprobe.d(5), weakdep: "must be present, never loaded by the tool". The kernel does not load a module
/// whose weak dependency is missing.
#[test]
fn a_weak_dependency_must_be_installed() {
    let modules = || {
        vec![
            wanting("mail", "", &["weak=fonts spell"]),
            wanting("spell", "", &[]),
        ]
    };
    let said = "the module `mail` wants the module `fonts` to be there, and it is not installed; \
                install it; it may stay `unused`";
    let (_folder, report) = check("module mail auto\n", modules());
    assert_eq!(texts(&report.errors), [said]);
    // It need not be used, and a module that is not used needs nothing.
    for (system, missing) in [
        ("module mail unused\n", false),
        ("module mail auto\nmodule spell unused\n", true),
    ] {
        let (_folder, report) = check(system, modules());
        assert_eq!(report.errors.len(), usize::from(missing), "{system}");
    }
    assert_eq!(put_into_use("mail=auto", modules()), [said]);
    let all = vec![
        wanting("mail", "", &["weak=fonts"]),
        wanting("fonts", "", &[]),
    ];
    assert_eq!(put_into_use("mail=auto", all), [""; 0]);
}

/// modprobe.d(5), softdep: what is not there is left out.
#[test]
fn a_soft_dependency_that_is_missing_is_a_note() {
    let modules = || {
        let lines = ["want=before fonts", "want=after spell", "want=after print"];
        vec![wanting("mail", "", &lines), wanting("print", "", &[])]
    };
    let (_folder, report) = check("module mail auto\n", modules());
    assert!(report.is_good() && report.warnings.is_empty(), "{report:?}");
    assert_eq!(
        texts(&report.notes),
        [
            "the module `mail` is used without `fonts`, `spell`, which it would like to have loaded \
             with it; install it if you need it"
        ]
    );
    let (_folder, report) = check("module mail unused\n", modules());
    assert!(report.notes.is_empty(), "{report:?}");
    assert_eq!(put_into_use("mail=auto", modules()), [""; 0]);
}

/// kmod, modprobe_softdep_loop: a loop of soft dependencies is harmless; one that hard dependencies close
/// is not.
#[test]
fn a_circle_of_soft_dependencies_is_harmless() {
    let soft = || {
        vec![
            wanting("a", "", &["want=before b"]),
            wanting("b", "", &["want=before c", "weak=a"]),
            wanting("c", "a", &["want=after a"]),
        ]
    };
    let (_folder, report) = check("module a auto\nmodule b auto\nmodule c auto\n", soft());
    assert!(report.is_good(), "{report:?}");
    assert!(report.warnings.is_empty() && report.notes.is_empty());
    assert_eq!(put_into_use("c=auto", soft()), [""; 0]);
    let hard = vec![wanting("a", "c", &[]), wanting("c", "a", &[])];
    let (_folder, report) = check("module a auto\nmodule c auto\n", hard);
    assert_eq!(
        texts(&report.errors),
        ["modules depend on each other in a circle: a > c > a"]
    );
}

/// A module may be linked into the host, and have no image.
#[test]
fn a_static_module_without_an_image_is_a_note() {
    let (_folder, report) = check("module lamp static\nmodule gone loaded\n", Vec::new());
    assert_eq!(texts(&report.errors), ["no module `gone` is installed"]);
    assert_eq!(
        texts(&report.notes),
        [
            "`system`, line 2: the module `lamp` is static and has no image here; it must be linked \
             into the host"
        ]
    );
    let new = b"version 1\nmodule lamp static\n";
    let options = PlanOptions::default();
    let plan = Plan::replace(None, new, &Inventory::default(), true, options).unwrap();
    assert_eq!(plan.text(), new);
}

/// "An image with more or fewer tunables than the file says: reported, not fatal", in HP-UX's way to
/// write names too. A user's own tunable is for use in expressions.
#[test]
fn lines_for_tunables_that_no_module_has_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let text = metadata(
        "shm",
        "1.0.0",
        "auto",
        "",
        &["tunable=pages u32: How many|default=16"],
    );
    fs::write(folder.path().join("shm.so"), image(text.as_bytes())).unwrap();
    let lines = "version 1\nmodule shm auto\ntunable shm_pages 3\ntunable shm_pags 4\n\
                 tunable shm.page 5\ntunable shm_own 6\ntunable mine shm_own*2\ntunable other 7\n";
    fs::write(folder.path().join("system"), lines).unwrap();
    let root = Root::open(folder.path()).unwrap();
    let report = root.check(&Inventory::read(&root).unwrap());
    assert!(report.is_good(), "{report:?}");
    let found = texts(&report.warnings);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("line 4: no installed module has the tunable `shm_pags`"));
    assert!(found[1].contains("line 5: no installed module has the tunable `shm.page`"));
}

/// kctune(1M), `-u`: a tunable of one's own "can't be removed while another expression uses it"; the same
/// line may remove the last use.
#[test]
fn a_users_own_tunable_goes_with_its_last_user() {
    let text = "module shm auto\ntunable my_a 3\ntunable my_b my_a*2\ntunable shm.pages my_b\n";
    let planned = |arguments| planned(text, arguments);
    let removed = "module shm auto\n";
    assert_eq!(planned("shm.pages= my_b= my_a="), removed);
    assert_eq!(planned("my_a= my_b= shm.pages="), removed, "in any order");
    assert_eq!(
        planned("shm.pages=4 my_b="),
        "module shm auto\ntunable my_a 3\ntunable shm.pages 4\n"
    );
    // A use that stays, and one that comes with the same line.
    assert_eq!(
        refused(text, "my_a= my_b="),
        [
            "the tunable `my_b` can't be removed, because the expressions of `shm.pages` use it; \
             change them first"
        ]
    );
    assert_eq!(
        refused(text, "shm.pages=my_a my_b= my_a="),
        [
            "the tunable `my_a` can't be removed, because the expressions of `shm.pages` use it; \
             change them first"
        ]
    );
}
