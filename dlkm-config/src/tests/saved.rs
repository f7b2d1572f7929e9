//! The rules of kconfig(1M).

use dlkm_system::SystemFile;

use super::faults::apply;
use super::modules::{by, changes, inventory};
use super::steps::lock;
use crate::backup::Backup;
use crate::error::Error;
use crate::lock::Locked;
use crate::memory::Memory;
use crate::plan::Plan;
use crate::plan_options::PlanOptions;
use crate::planned::Subject;

fn locked() -> Locked {
    lock(&Memory::new()).unwrap()
}

fn text(locked: &Locked, name: &str) -> String {
    String::from_utf8(locked.saved_text(name).unwrap()).unwrap()
}

const NIGHT: &[u8] = b"version 1\n* at night\nmodule shm unused\n";

/// kconfig(1M): "`-s [-f] config`: save the running configuration"; "`-t config title`: set title".
#[test]
fn a_configuration_is_saved_under_a_name() {
    let locked = locked();
    locked.save("night", NIGHT, false, &by("")).unwrap();
    let wanted = "version 1\nconfiguration night \"\" 2026-01-02T03:04:05Z\n* at night\n\
        module shm unused\n";
    assert_eq!(text(&locked, "night"), wanted);
    locked.set_title("night", "Quiet", &by("")).unwrap();
    let saved = locked.saved().unwrap();
    assert_eq!(
        (&*saved[0].title, &*saved[0].timestamp),
        ("Quiet", "2026-01-02T03:04:05Z")
    );
    let bad = locked.set_title("night", "a \"b\"", &by("")).unwrap_err();
    assert!(matches!(bad, Error::Title(_)), "{bad}");
    let bad = locked
        .set_title("night", &"x".repeat(257), &by(""))
        .unwrap_err();
    assert!(matches!(bad, Error::TooLong { .. }), "{bad}");
    let bad = locked
        .save("x", b"module shm auto\n", false, &by(""))
        .unwrap_err();
    assert_eq!(
        bad.to_string(),
        "`/modules/saved/x`: line 1, column 1: `version 1` must be the first line, not `module shm auto`"
    );
}

/// kconfig(1M): "`-f`: don't ask before losing data; without it: … stops with an error".
#[test]
fn a_saved_configuration_is_only_replaced_by_force() {
    let locked = locked();
    for name in ["night", "day"] {
        locked.save(name, NIGHT, false, &by("")).unwrap();
    }
    let errors = [
        locked.save("night", b"version 1\n", false, &by("")),
        locked.copy("day", "night", false, &by("")),
        locked.rename("day", "night", false, &by("")),
    ];
    for error in errors {
        assert_eq!(
            error.unwrap_err().to_string(),
            "the saved configuration `night` exists; choose another name, or replace it with `-f`"
        );
    }
    locked.save("night", b"version 1\n", true, &by("")).unwrap();
    assert!(!text(&locked, "night").contains("shm"));
}

/// kconfig(1M): "`-c src dest`: copy"; "`-r old new`: rename"; "`-d config`: delete".
#[test]
fn configurations_are_copied_renamed_and_deleted() {
    let locked = locked();
    let names = || {
        let saved = locked.saved().unwrap();
        saved.into_iter().map(|one| one.name).collect::<Vec<_>>()
    };
    locked.save("a", NIGHT, false, &by("")).unwrap();
    locked.set_title("a", "The first", &by("")).unwrap();
    locked.copy("a", "b", false, &by("")).unwrap();
    locked.rename("a", "c", false, &by("")).unwrap();
    assert_eq!(names(), ["b", "c"]);
    assert!(text(&locked, "c").contains("configuration c \"The first\" "));
    locked.delete("b", &by("")).unwrap();
    assert_eq!(names(), ["c"]);
    let error = locked.delete("cc", &by("")).unwrap_err().to_string();
    assert_eq!(
        error,
        "there is no saved configuration `cc`; did you mean `c`?"
    );
    let error = locked.save("no-name", NIGHT, false, &by("")).unwrap_err();
    assert!(matches!(error, Error::Name(_)), "{error}");
    let error = locked.saved_text("../system").unwrap_err();
    assert!(matches!(error, Error::Name(_)), "{error}");
}

/// kcmodule(1M), `-b`: "whether to update the automatic backup before the change; also becomes the
/// default for later changes".
#[test]
fn a_change_keeps_what_was_before_it() {
    let locked = locked();
    apply(&locked, &changes("shm=unused"), None).unwrap();
    // Without a file, all modules were `best`.
    assert!(text(&locked, "backup").contains("module shm best\n"));
    apply(&locked, &changes("shm=auto"), Some(Backup::No)).unwrap();
    assert!(text(&locked, "backup").contains("module shm best\n"));
    assert_eq!(locked.backup_behavior().unwrap(), Backup::No);
    apply(&locked, &changes("shm=loaded"), None).unwrap();
    assert!(text(&locked, "backup").contains("module shm best\n"));
    apply(&locked, &changes("shm=unused"), Some(Backup::Yes)).unwrap();
    assert!(text(&locked, "backup").contains("module shm loaded\n"));
    assert_eq!(locked.backup_behavior().unwrap(), Backup::Yes);
}

/// kconfig(1M): "`-l config`: load: make the running system match it"; "`-n config`: mark for next
/// boot; running system unchanged".
#[test]
fn a_saved_configuration_takes_the_place_of_the_system_file() {
    let locked = locked();
    apply(&locked, &changes("shm=auto disk=loaded"), None).unwrap();
    locked.save("night", NIGHT, false, &by("")).unwrap();
    let (old, new) = (
        locked.system_text().unwrap(),
        locked.saved_text("night").unwrap(),
    );
    let plan = |hold: bool| {
        let options = PlanOptions::default().hold(hold);
        Plan::replace(old.as_deref(), &new, &inventory(), true, options).unwrap()
    };
    assert!(plan(true).waits() && !plan(false).waits());
    let names: Vec<_> = plan(false)
        .changes()
        .iter()
        .map(|one| one.name.clone())
        .collect();
    assert_eq!(names, ["core", "disk", "guard", "ip", "net", "shm"]);
    locked.apply(&plan(false), &by(""), None).unwrap();
    // The file says which configuration it was made from.
    assert_eq!(locked.system_text().unwrap().unwrap(), new);
    assert!(text(&locked, "backup").contains("module disk loaded\n"));
    let log = locked.log().unwrap();
    let last = log.entries().last().unwrap();
    assert_eq!(
        (last.changes.len(), last.changes[5].subject),
        (6, Subject::Module)
    );
}

/// kconfig(1M): "`-V` = strict versions, else import tolerates other module versions".
#[test]
fn an_import_is_strict_about_versions_or_tolerant() {
    let new = b"version 1\nmodule shm auto 0.9.0\nmodule disk loaded 1.0.0\n";
    let import = |strict| Plan::replace(None, new, &inventory(), strict, PlanOptions::default());
    assert_eq!(
        import(true).unwrap_err()[0].to_string(),
        "version 0.9.0 of the module `shm` is not installed; 1.0.0 is"
    );
    let text = import(false).unwrap().text().to_vec();
    assert_eq!(
        text,
        b"version 1\nmodule shm auto 1.0.0\nmodule disk loaded 1.0.0\n"
    );
}

#[test]
fn an_import_that_would_go_wrong_is_refused_with_all_reasons() {
    let new =
        b"version 1\nmodule shn auto\nmodule disk auto\nmodule net auto\nmodule guard unused\n\
        module shm auto\ntunable shm.pages shm.segments\ntunable shm.segments shm.pages\n";
    let refusals = Plan::replace(None, new, &inventory(), true, PlanOptions::default());
    let messages: Vec<_> = refusals
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        messages,
        [
            "no module `shn` is installed; did you mean `shm`?",
            "the module `disk` can't be `auto`; it can be `unused`, `static`, `loaded`",
            "the module `guard` is required, so it can't be `unused`",
            "the module `ip` can't be `unused`, because `net` needs it; make that `unused` too",
            "the expressions of tunables would form a circle: shm.pages > shm.segments > \
             shm.pages",
        ]
    );
}

#[test]
fn a_damaged_system_file_is_replaced_and_kept() {
    let locked = locked();
    let mut transaction = locked.transaction();
    transaction.put("system", b"half a li".to_vec());
    transaction.commit().unwrap();
    let old = locked.system_text().unwrap();
    let error = locked.system().unwrap_err().to_string();
    assert!(
        error.starts_with("`/modules/system`, line 1, column 1: "),
        "{error}"
    );
    let changed = Plan::new(
        old.as_deref(),
        &inventory(),
        &changes("shm=auto"),
        PlanOptions::default(),
    );
    assert!(
        changed.unwrap_err()[0]
            .to_string()
            .starts_with("line 1, column 1: ")
    );
    let plan = Plan::replace(
        old.as_deref(),
        NIGHT,
        &inventory(),
        true,
        PlanOptions::default(),
    );
    locked.apply(&plan.unwrap(), &by(""), None).unwrap();
    assert_eq!(locked.system_text().unwrap().unwrap(), NIGHT);
    assert_eq!(text(&locked, "backup"), "half a li");
    assert_eq!(locked.saved().unwrap()[0].title, "");
}

#[test]
fn a_plan_is_for_the_file_that_it_was_made_for() {
    let locked = locked();
    let plan = Plan::new(
        None,
        &inventory(),
        &changes("shm=auto"),
        PlanOptions::default(),
    )
    .unwrap();
    apply(&locked, &changes("disk=loaded"), None).unwrap();
    let error = locked.apply(&plan, &by(""), None).unwrap_err();
    assert!(matches!(error, Error::Changed(_)), "{error}");
}

#[test]
fn what_changes_nothing_writes_nothing() {
    let locked = locked();
    let plan = Plan::new(None, &inventory(), &changes("shm="), PlanOptions::default()).unwrap();
    assert!(!locked.apply(&plan, &by(""), None).unwrap());
    assert!(locked.system_text().unwrap().is_none());
    assert_eq!(locked.log().unwrap().entries().len(), 0);
}

/// kconfig(1M): "`-e [config] file`: export as a system file".
#[test]
fn an_export_is_a_system_file() {
    let locked = locked();
    let all = locked.export(&inventory()).unwrap();
    assert_eq!(SystemFile::parse(&all).unwrap().modules().len(), 6);
    apply(&locked, &changes("shm=unused"), None).unwrap();
    let text = locked.system_text().unwrap().unwrap();
    assert_eq!(locked.export(&inventory()).unwrap(), text);
}

#[test]
fn the_log_says_who_has_changed_what() {
    let locked = locked();
    apply(&locked, &changes("shm=auto shm.pages=3"), None).unwrap();
    locked.comment(&by("A note.")).unwrap();
    let error = locked.comment(&by(&"x".repeat(4097))).unwrap_err();
    assert!(matches!(error, Error::TooLong { .. }), "{error}");
    let log = locked.log().unwrap();
    let [first, second] = log.entries() else {
        panic!("{log:?}")
    };
    assert_eq!((&*first.user, &*first.comment), ("root", "because"));
    let changes: Vec<_> = first
        .changes
        .iter()
        .map(|one| (&*one.name, &*one.old, &*one.new))
        .collect();
    assert_eq!(
        changes,
        [("shm", "best", "auto"), ("shm.pages", "Default", "3")]
    );
    assert_eq!(&*second.comment, "A note.");
}

#[test]
fn a_change_without_another_meaning_is_logged_too() {
    let locked = locked();
    apply(&locked, &changes("shm=unused"), None).unwrap();
    // No line means unused as well.
    apply(&locked, &changes("shm=uninstall"), None).unwrap();
    let log = locked.log().unwrap();
    let last = &log.entries().last().unwrap().changes[0];
    let said = (last.subject, &*last.name, &*last.new);
    assert_eq!(said, (Subject::Configuration, "system", "other lines"));
}
