//! The cases of kmod's test-suite that have a counterpart here, each by its name, and the test or
//! scenario that is the counterpart. kmod is what Linux loads its modules with.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What there is for a case.
enum Here {
    /// A scenario.
    Scenario(&'static str),
    /// A test of the commands.
    Command(&'static str),
    /// A test in another file.
    Test(&'static str, &'static str),
    /// Nothing, and why.
    Nothing(&'static str),
}

use Here::{Command, Nothing, Scenario, Test};

/// The tests of the commands.
const COMMANDS: [&str; 2] = [
    "dlkm-tools/tests/commands/kmod/modprobe.rs",
    "dlkm-tools/tests/commands/kmod/others.rs",
];
const TUNABLES: &str = "scenarios/host/tests/scenarios/tunables.rs";

/// A file of kmod's suite, a case in it, and what there is for it.
#[rustfmt::skip]
const CASES: &[(&str, &str, &[Here])] = &[
    ("dependencies", "test_dependencies", &[Scenario("kmod::test_dependencies"), Command("test_dependencies")]),
    ("modprobe", "modprobe_show_depends", &[Command("modprobe_show_depends")]),
    ("modprobe", "modprobe_show_depends2", &[Command("modprobe_show_depends2")]),
    ("modprobe", "modprobe_show_depends_no_load", &[Command("modprobe_show_depends_no_load")]),
    ("modprobe", "modprobe_show_alias_to_none", &[Command("modprobe_show_alias_to_none")]),
    ("modprobe", "modprobe_show_exports", &[Command("modprobe_show_exports")]),
    ("modprobe", "modprobe_show_exports_module", &[Command("modprobe_show_exports")]),
    ("modprobe", "modprobe_builtin", &[Scenario("kmod::modprobe_builtin"), Command("modprobe_builtin")]),
    ("modprobe", "modprobe_builtin_lookup_only", &[Scenario("kmod::modprobe_builtin_lookup_only"), Command("modprobe_builtin")]),
    ("modprobe", "modprobe_softdep_loop", &[Scenario("depending::modules_that_want_each_other_are_both_loaded"), Command("modprobe_softdep_loop")]),
    ("modprobe", "modprobe_weakdep_loop", &[Scenario("kmod::modprobe_weakdep_loop"), Command("modprobe_weakdep_loop")]),
    ("modprobe", "modprobe_install_cmd_loop", &[
        Scenario("kmod::modprobe_install_cmd_loop"),
        Scenario("failing::a_circle_of_load_hooks_is_refused"),
        Scenario("failing::a_circle_entered_from_both_ends_does_not_hang"),
    ]),
    ("modprobe", "modprobe_param_kcmdline_show_deps", &[Test(TUNABLES, "the_load_hook_finds_what_the_system_file_says"), Command("modprobe_param_kcmdline_show_deps")]),
    ("modprobe", "modprobe_param_kcmdline2", &[Command("modprobe_param_kcmdline")]),
    ("modprobe", "modprobe_param_kcmdline3", &[Command("modprobe_param_kcmdline")]),
    ("modprobe", "modprobe_param_kcmdline4", &[Command("modprobe_param_kcmdline")]),
    ("modprobe", "modprobe_param_kcmdline5", &[Command("modprobe_param_kcmdline")]),
    ("modprobe", "modprobe_param_kcmdline6", &[Command("modprobe_param_kcmdline")]),
    ("modprobe", "modprobe_param_kcmdline7", &[Command("modprobe_param_kcmdline")]),
    ("modprobe", "modprobe_param_kcmdline8", &[Command("modprobe_param_kcmdline")]),
    ("modprobe", "modprobe_param_kcmdline9", &[Command("modprobe_param_kcmdline")]),
    ("modprobe", "modprobe_external", &[Command("modprobe_external")]),
    ("modprobe", "modprobe_module_from_abspath", &[Command("modprobe_module_from_path")]),
    ("modprobe", "modprobe_module_from_relpath", &[Command("modprobe_module_from_path")]),
    ("blacklist", "blacklist_1", &[Scenario("configured::unused_wins_over_all_that_want_a_module"), Command("blacklist_1")]),
    ("multi-softdep", "multi_softdep", &[Scenario("depending::what_is_needed_and_wanted_is_loaded_around_a_module"), Command("multi_softdep")]),
    ("weakdep", "test_weakdep", &[Scenario("depending::a_weak_dependency_must_be_there"), Command("test_weakdep")]),
    ("weakdep", "modprobe_config", &[Command("modprobe_config")]),
    ("init", "test_load_resource1", &[Scenario("kmod::test_load_resource1"), Command("test_load_resource")]),
    ("init", "test_load_resource2", &[Scenario("kmod::test_load_resource2"), Command("test_load_resource")]),
    ("init", "test_initlib", &[Scenario("kmod::test_initlib"), Command("test_initlib")]),
    ("init", "test_insert", &[Scenario("kmod::test_insert"), Command("test_insert_and_remove")]),
    ("init", "test_remove", &[Scenario("kmod::test_remove"), Command("test_insert_and_remove")]),
    ("remove", "test_remove", &[Scenario("kmod::test_remove_leaves_no_trace"), Command("test_insert_and_remove")]),
    ("initstate", "test_initstate_from_lookup", &[Scenario("kmod::test_initstate"), Command("modprobe_builtin")]),
    ("initstate", "test_initstate_from_name", &[Scenario("kmod::test_initstate"), Command("modprobe_builtin")]),
    ("loaded", "loaded_1", &[Scenario("kmod::loaded_1"), Command("loaded_1")]),
    ("new-module", "from_name", &[Scenario("kmod::from_name"), Command("from_name")]),
    ("new-module", "from_alias", &[Nothing("a module has one name")]),
    ("util", "alias_1", &[Nothing("a module has one name")]),
    ("util", "test_underscores", &[Command("from_name"), Scenario("kmod::from_name"), Test("dlkm-system/src/words.rs", "a_hyphen_and_an_underscore_are_one")]),
    ("util", "test_path_ends_with_kmod_ext", &[Scenario("kmod::test_load_resource2"), Command("test_path_ends_with_kmod_ext")]),
    ("util", "test_freadline_wrapped", &[Command("test_freadline_wrapped")]),
    ("util", "test_backoff_time", &[
        Scenario("kmod::test_backoff_time"),
        Command("test_backoff_time"),
        Scenario("unloading::a_weak_call_waits_for_the_unload"),
        Scenario("upgrading::a_call_in_flight_keeps_the_old_version"),
    ]),
    ("modinfo", "filename", &[Command("modinfo")]),
    ("modinfo", "author", &[Nothing("metadata names no author")]),
    ("modinfo", "license", &[Nothing("metadata names no licence")]),
    ("modinfo", "description", &[Command("modinfo")]),
    ("modinfo", "parm", &[Command("modprobe_param_kcmdline_show_deps")]),
    ("modinfo", "depends", &[Command("modinfo")]),
    ("modinfo", "signer", &[Nothing("a signature is a file beside the image")]),
    ("modinfo", "sig_key", &[Nothing("a signature is a file beside the image")]),
    ("modinfo", "sig_hashalgo", &[Nothing("a signature is a file beside the image")]),
    ("modinfo", "test_modinfo_external", &[Command("modinfo")]),
    ("modinfo", "test_modinfo_builtin", &[Command("modinfo")]),
    ("depmod", "outdir", &[Command("another_moddir")]),
    ("depmod", "another_moddir", &[Command("another_moddir")]),
    ("depmod", "another_moddir_relative", &[Command("another_moddir")]),
    ("depmod", "search_order_simple", &[Command("search_order")]),
    ("depmod", "search_order_same_prefix", &[Command("search_order")]),
    ("depmod", "search_order_external_first", &[Command("search_order")]),
    ("depmod", "search_order_external_last", &[Command("search_order")]),
    ("depmod", "search_order_override", &[Command("search_order")]),
    ("depmod", "detect_loop", &[Scenario("failing::circular_dependencies_are_refused"), Command("detect_loop")]),
    ("depmod", "check_weakdep", &[Command("check_weakdep")]),
    ("testsuite", "uname, fopen, open, stat, opendir", &[
        Test("scenarios/bounded/src/lib.rs", "a_program_that_ends_is_as_with_output"),
        Test("scenarios/bounded/src/lib.rs", "a_program_that_hangs_is_killed_and_named"),
        Command("test_testsuite"),
    ]),
];

macro_rules! scenarios {
    ($($family:ident { $($name:ident $(($how:ident))?)* })*) => {
        [$($(concat!(stringify!($family), "::", stringify!($name))),*),*]
    };
}

/// The functions of a file that are marked as tests.
fn tests_in(file: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut marked = false;
    let mut tests = BTreeSet::new();
    for line in text.lines().map(str::trim) {
        if line == "#[test]" {
            marked = true;
        } else if let Some(name) = line.strip_prefix("fn ").filter(|_| marked) {
            let name = name.split('(').next().expect("a name");
            tests.insert(name.to_owned());
            marked = false;
        }
    }
    tests
}

#[test]
fn each_case_has_its_counterpart() {
    let scenarios = BTreeSet::from(scenario_host::scenarios!(scenarios));
    let commands: BTreeSet<_> = COMMANDS.into_iter().flat_map(tests_in).collect();
    let mut seen = BTreeSet::new();
    for (file, case, all) in CASES {
        assert!(
            seen.insert((file, case)),
            "test-{file}: {case} is there twice"
        );
        assert!(!all.is_empty(), "test-{file}: {case}");
        for here in *all {
            let is_there = match here {
                Scenario(name) => scenarios.contains(name),
                Command(name) => commands.contains(*name),
                Test(path, name) => tests_in(path).contains(*name),
                Nothing(why) => !why.is_empty(),
            };
            let (Scenario(name) | Command(name) | Test(_, name) | Nothing(name)) = here;
            assert!(is_there, "test-{file}: {case}: there is no `{name}`");
        }
    }
}

#[test]
fn each_counterpart_is_of_a_case() {
    let named = |wanted: &dyn Fn(&Here) -> bool| {
        let mut all = CASES.iter().flat_map(|(_, _, all)| *all);
        all.any(wanted)
    };
    for scenario in scenario_host::scenarios!(scenarios) {
        let of_family = scenario.starts_with("kmod::");
        let is_named = named(&|here| matches!(here, Scenario(name) if *name == scenario));
        assert!(
            !of_family || is_named,
            "`{scenario}` is no case of the table"
        );
    }
    for test in COMMANDS.into_iter().flat_map(tests_in) {
        let is_named = named(&|here| matches!(here, Command(name) if *name == test));
        assert!(is_named, "`{test}` of the commands is no case of the table");
    }
}
