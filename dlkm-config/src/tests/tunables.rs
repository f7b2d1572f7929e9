//! The rules of kctune(1M), as plans follow them.

use dlkm_system::{SystemFile, Value};

use super::modules::{changes, inventory, plan, plan_with, planned, refused};
use crate::plan_options::PlanOptions;
use crate::planned::{Action, Later, When};
use crate::tunable_values::{Tunables, ValueFault};

const USED: &str = "module shm auto\n";

/// What the file says of tunables after a change.
fn tuned(text: &str, arguments: &str) -> String {
    let after = planned(&format!("{USED}{text}"), arguments);
    after.strip_prefix(USED).unwrap().to_owned()
}

/// kctune(1M): "`t=`, `t=Default`: to default"; system(4): "(no line) = `kctune t=default`".
#[test]
fn a_default_has_no_line() {
    assert_eq!(tuned("tunable shm.pages 3\n", "shm.pages="), "");
    assert_eq!(tuned("tunable shm_pages 3\n", "shm.pages=default"), "");
    assert_eq!(tuned("", "shm.pages="), "");
}

/// kctune(1M): "`t=expr`: C integer expression; other tunables' names allowed".
#[test]
fn values_and_expressions_are_written_as_given() {
    assert_eq!(tuned("", "shm.pages=0x10"), "tunable shm.pages 0x10\n");
    let expression = "(shm_segments>4)?shm.segments*2:8";
    let line = format!("tunable shm.pages {expression}\n");
    assert_eq!(tuned("", &format!("shm.pages={expression}")), line);
    assert_eq!(
        tuned("", "shm.label=night"),
        "tunable shm.label \"night\"\n"
    );
    assert_eq!(tuned("", "shm.mode=slow"), "tunable shm.mode slow\n");
    // HP-UX's way to write the name stays.
    assert_eq!(
        tuned("tunable shm_pages  1\n", "shm.pages=2"),
        "tunable shm_pages  2\n"
    );
}

/// kctune(1M): "`t+=value`: add an integer constant".
#[test]
fn a_number_is_added_to_the_value() {
    assert_eq!(tuned("", "shm.pages+=4"), "tunable shm.pages 20\n");
    assert_eq!(
        tuned("tunable shm.pages 20\n", "shm.pages+=-5"),
        "tunable shm.pages 15\n"
    );
    let sum = tuned("tunable shm.pages shm.segments*2\n", "shm.pages+=1");
    assert_eq!(sum, "tunable shm.pages 81\n");
    assert_eq!(tuned("", "shm.size+=1"), "tunable shm.size 65537\n");
    let errors = refused(USED, "shm.label+=1 shm.log+=1");
    assert!(
        errors[0].contains("`shm.label` is no integer"),
        "{errors:?}"
    );
    assert!(errors[1].contains("`shm.log` is no integer"), "{errors:?}");
    let errors = refused(USED, "shm.size+=-65537");
    assert!(errors[0].contains("beyond the range"), "{errors:?}");
}

/// kctune(1M): "`t>=value`: raise to value unless already greater".
#[test]
fn a_value_is_raised_unless_it_is_greater() {
    assert_eq!(tuned("", "shm.pages>=17"), "tunable shm.pages 17\n");
    assert_eq!(tuned("", "shm.pages>=16"), "");
    assert_eq!(tuned("", "shm.pages>=3"), "");
    assert_eq!(tuned("", "shm.size>=1MiB"), "tunable shm.size 1MiB\n");
    assert_eq!(
        tuned("tunable shm.size 2MiB\n", "shm.size>=1MiB"),
        "tunable shm.size 2MiB\n"
    );
}

/// kctune(1M), `min`, `max`.
#[test]
fn values_are_in_their_range_and_of_their_type() {
    assert_eq!(
        refused(
            USED,
            "shm.segments=4097 shm.mode=medium shm.pages=many shm.log=7"
        ),
        [
            "the tunable `shm.log`: `7` is not a bool",
            "the tunable `shm.mode`: `medium` is none of fast, slow",
            "there is no tunable `many`",
            "the tunable `shm.segments`: 4097 is not in the range 1 to 4096",
        ]
    );
    // What another one's expression makes of a change counts too.
    let text = "module shm auto\ntunable shm.segments shm.pages*100\n";
    assert_eq!(
        refused(text, "shm.pages=50"),
        ["the tunable `shm.segments`: 5000 is not in the range 1 to 4096"]
    );
}

/// kctune(1M): "circular references refused".
#[test]
fn a_circle_of_expressions_is_told_in_full() {
    let text = "module shm auto\ntunable shm.segments shm.pages+1\n";
    assert_eq!(
        refused(text, "shm.pages=shm.segments-1"),
        [
            "the expressions of tunables would form a circle: shm.pages > shm.segments > \
             shm.pages"
        ]
    );
    let errors = refused(USED, "shm.pages=shm.pages+1");
    assert!(
        errors[0].ends_with("circle: shm.pages > shm.pages"),
        "{errors:?}"
    );
}

#[test]
fn unknown_tunables_come_with_near_names() {
    assert_eq!(
        refused(USED, "shm.segmnts=5 disk.size=5"),
        [
            "there is no tunable `shm.segmnts`; did you mean `shm.segments`?",
            "there is no tunable `disk.size`",
        ]
    );
}

/// kctune(1M): "ALL-CAPS names accepted for old files".
#[test]
fn names_in_capitals_are_accepted() {
    let after = tuned("", "shm.pages=SHM_SEGMENTS*2");
    assert_eq!(after, "tunable shm.pages SHM_SEGMENTS*2\n");
}

/// kctune(1M): "`-u` lets a **user-defined** tunable be created; it is for use in expressions only;
/// set to `Default` to remove; can't be removed while another expression uses it".
#[test]
fn a_users_own_tunable_is_for_expressions() {
    let errors = refused(USED, "my_load=3");
    assert_eq!(errors, ["there is no tunable `my_load`"]);
    let user = PlanOptions::default().user_tunables(true);
    let plan = plan_with(USED, "my_load=3 shm.pages=my_load*2", user).unwrap();
    let text = "version 1\nmodule shm auto\ntunable my_load 3\ntunable shm.pages my_load*2\n";
    assert_eq!(plan.text(), text.as_bytes());
    let before = &text["version 1\n".len()..];
    // Once it is there, it is changed without `-u`.
    assert!(planned(before, "my_load=4").contains("tunable my_load 4\n"));
    assert_eq!(
        refused(before, "my_load="),
        [
            "the tunable `my_load` can't be removed, because the expressions of `shm.pages` use it; \
          change them first"
        ]
    );
    let alone = "module shm auto\ntunable my_load 3\n";
    assert_eq!(planned(alone, "my_load="), USED);
    let bad = plan_with(USED, "my.load=3 my-load=3", user).unwrap_err();
    assert_eq!(bad.len(), 2, "{bad:?}");
}

/// kctune(1M): "Tunables of installed modules can be set even if the module is unused."
#[test]
fn tunables_of_unused_modules_can_be_set() {
    let plan = plan("module shm unused\n", "shm.pages=5").unwrap();
    assert!(!plan.waits());
    assert_eq!(plan.changes()[0].when, When::Now(Action::Nothing));
}

/// kctune(1M), `dynamic y/n`: one that is not dynamic waits for the next boot.
#[test]
fn dynamic_ones_change_at_once() {
    let when = |arguments: &str| {
        let plan = plan(USED, arguments).unwrap();
        plan.changes()[0].when.clone()
    };
    let tune = |value: &str| When::Now(Action::Tune(value.to_owned()));
    assert_eq!(when("shm.segments=64"), tune("64"));
    assert_eq!(when("shm.segments=2*32"), tune("64"));
    assert_eq!(when("shm.size=2MiB"), tune("2MiB"));
    assert_eq!(when("shm.pages=5"), When::Later(Later::NotDynamic));
    // The same value in other words.
    assert_eq!(when("shm.pages=0x10"), When::Now(Action::Nothing));
}

/// The expressions of others follow, and their modules too.
#[test]
fn what_changes_through_an_expression_is_told() {
    let text = "module shm auto\ntunable shm.pages shm.segments*2\n";
    let plan = plan(text, "shm.segments=64").unwrap();
    let changes: Vec<_> = plan
        .changes()
        .iter()
        .map(|one| (&*one.name, one.indirect))
        .collect();
    assert_eq!(changes, [("shm.pages", true), ("shm.segments", false)]);
    assert!(plan.waits(), "shm.pages is not dynamic");
}

#[test]
fn a_long_chain_and_a_large_circle_need_neither_stack_nor_much_time() {
    let mut text = "version 1\n".to_owned();
    for index in 0..20_000 {
        text += &format!("tunable t{index} t{}+1\n", index + 1);
    }
    let inventory = inventory();
    let chain = format!("{text}tunable t20000 0\n");
    let system = SystemFile::parse(chain.as_bytes()).unwrap();
    let tunables = Tunables::of(Some(&system), &inventory);
    assert_eq!(
        tunables.get("t0").unwrap().value,
        Ok(Value::Integer(20_000))
    );
    let circle = format!("{text}tunable t20000 t0\n");
    let system = SystemFile::parse(circle.as_bytes()).unwrap();
    let tunables = Tunables::of(Some(&system), &inventory);
    match &tunables.get("t7").unwrap().value {
        Err(ValueFault::Circle(names)) => assert_eq!(names.len(), 20_002),
        other => panic!("{other:?}"),
    }
}

/// Whatever is changed, the plan's file gives what it says, and nothing else changes.
#[test]
fn random_changes_keep_what_they_do_not_name() {
    let arguments = [
        "shm=auto",
        "shm=loaded",
        "shm=unused",
        "net=auto",
        "ip=unused",
        "disk=",
        "disk=loaded",
        "core=auto",
        "net=unused",
        "shm.pages=5",
        "shm.segments=shm.pages",
        "shm.pages=",
        "shm.label=x",
        "shm.pages+=1",
        "shm.pages=shm.segments",
        "shm.segments>=7",
    ];
    for seed in 0..300 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut text = "version 1\n".to_owned();
        for _ in 0..6 {
            let chosen: Vec<_> = (0..random.usize(1..4))
                .map(|_| random.choice(arguments).unwrap())
                .collect();
            let changes = changes(&chosen.join(" "));
            let inventory = inventory();
            let plan = crate::Plan::new(
                Some(text.as_bytes()),
                &inventory,
                &changes,
                PlanOptions::default(),
            );
            let Ok(plan) = plan else { continue };
            let old = SystemFile::parse(text.as_bytes()).unwrap();
            let new = SystemFile::parse(plan.text()).unwrap();
            let named = |name: &str| plan.changes().iter().any(|one| one.name == name);
            for module in inventory.modules() {
                let choice =
                    |system: &SystemFile| system.module(&module.name).map(|one| one.choice);
                let same = choice(&old) == choice(&new);
                let unused = |system| choice(system).is_none_or(|one| one.as_str() == "unused");
                assert!(
                    same || named(&module.name) || unused(&old) && unused(&new),
                    "{seed}"
                );
            }
            let (before, after) = (
                Tunables::of(Some(&old), &inventory),
                Tunables::of(Some(&new), &inventory),
            );
            for one in after.iter() {
                assert!(one.value.is_ok(), "{seed}: {one:?}");
                let same = before.get(&one.name).unwrap().value == one.value;
                assert!(same || named(&one.name), "{seed}: {}", one.name);
            }
            // What is used has what it needs.
            for module in inventory.modules() {
                let used = |name: &str| {
                    let module = inventory.module(name).unwrap();
                    crate::NextState::of(Some(&new), module).unwrap().is_used()
                };
                if used(&module.name) {
                    for need in &module.needs {
                        assert!(used(&need.name), "{seed}: {}\n{:?}", need.name, plan);
                    }
                }
            }
            text = String::from_utf8(plan.text().to_vec()).unwrap();
        }
    }
}
