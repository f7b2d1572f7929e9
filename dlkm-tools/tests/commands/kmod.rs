//! The cases of kmod's test-suite that have a counterpart among the commands, each by its name. A test
//! holds this table.
//!
//! | kmod: file, case | here |
//! |---|---|
//! | test-dependencies: test_dependencies | [`test_dependencies`] |
//! | test-modprobe: modprobe_show_depends | [`modprobe_show_depends`] |
//! | test-modprobe: modprobe_show_depends2 | [`modprobe_show_depends2`] |
//! | test-modprobe: modprobe_show_depends_no_load | [`modprobe_show_depends_no_load`] |
//! | test-modprobe: modprobe_show_alias_to_none | [`modprobe_show_alias_to_none`] |
//! | test-modprobe: modprobe_show_exports, modprobe_show_exports_module | [`modprobe_show_exports`] |
//! | test-modprobe: modprobe_builtin, modprobe_builtin_lookup_only | [`modprobe_builtin`] |
//! | test-modprobe: modprobe_softdep_loop | [`modprobe_softdep_loop`] |
//! | test-modprobe: modprobe_weakdep_loop | [`modprobe_weakdep_loop`] |
//! | test-modprobe: modprobe_param_kcmdline_show_deps | [`modprobe_param_kcmdline_show_deps`] |
//! | test-modprobe: modprobe_param_kcmdline2 … modprobe_param_kcmdline9 | [`modprobe_param_kcmdline`] |
//! | test-modprobe: modprobe_external | [`modprobe_external`] |
//! | test-modprobe: modprobe_module_from_abspath, modprobe_module_from_relpath | [`modprobe_module_from_path`] |
//! | test-blacklist: blacklist_1 | [`blacklist_1`] |
//! | test-multi-softdep: multi_softdep (a known bug there) | [`multi_softdep`] |
//! | test-weakdep: test_weakdep, modprobe_config | [`test_weakdep`], [`modprobe_config`] |
//! | test-init: test_load_resource1, test_load_resource2 | [`test_load_resource`] |
//! | test-init: test_initlib | [`test_initlib`] |
//! | test-init: test_insert, test_remove; test-remove: test_remove | [`test_insert_and_remove`] |
//! | test-initstate: test_initstate_from_lookup, test_initstate_from_name | [`modprobe_builtin`] |
//! | test-loaded: loaded_1 | [`loaded_1`] |
//! | test-new-module: from_name; test-util: test_underscores | [`from_name`] |
//! | test-util: test_path_ends_with_kmod_ext | [`test_path_ends_with_kmod_ext`] |
//! | test-util: test_freadline_wrapped | [`test_freadline_wrapped`] |
//! | test-util: test_backoff_time | [`test_backoff_time`] |
//! | test-modinfo: filename author license description parm depends | [`modinfo`] |
//! | test-modinfo: test_modinfo_external, test_modinfo_builtin | [`modinfo`] |
//! | test-depmod: outdir, another_moddir, another_moddir_relative | [`another_moddir`] |
//! | test-depmod: search_order_simple, search_order_same_prefix, search_order_external_first, search_order_external_last, search_order_override | [`search_order`] |
//! | test-depmod: detect_loop | [`detect_loop`] |
//! | test-depmod: check_weakdep | [`check_weakdep`] |
//! | test-testsuite: uname, fopen, open, stat, opendir | [`test_testsuite`] |
//!
//! Without a counterpart among the commands:
//!
//! | kmod: file, case | why |
//! |---|---|
//! | test-modprobe: modprobe_install_cmd_loop | no line runs a command; hooks that load each other are scenarios of the runtime |
//! | test-modprobe: modprobe_force, modprobe_force_modversion, modprobe_force_vermagic | no check can be switched off |
//! | test-modprobe: modprobe_oldkernel … | there is one way to load |
//! | test-new-module: from_alias; test-util: alias_1 | there are no aliases, and so no patterns |
//! | test-modinfo: signer sig_key sig_hashalgo | `dlkm info` prints no signatures |
//! | test-depmod: …_order_for_compressed | there are no aliases |
//! | test-hash, test-list, test-array, test-strbuf | they test containers |

mod modprobe;
mod others;

const ALL: &str = "module cmd-counter auto\nmodule cmd-top auto\n";

/// The table above names all cases, and tests that exist.
#[test]
fn the_table_is_complete() {
    let parts = [
        include_str!("kmod/modprobe.rs"),
        include_str!("kmod/others.rs"),
    ];
    let source = parts.concat();
    let head: String = include_str!("kmod.rs")
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .collect();
    for case in CASES {
        assert!(head.contains(case), "{case} is in no row");
    }
    let named = head
        .split("[`")
        .skip(1)
        .map(|rest| rest.split('`').next().unwrap());
    let named: Vec<_> = named.collect();
    for name in &named {
        assert!(
            source.contains(&format!("#[test]\nfn {name}()")),
            "{name} is no test"
        );
    }
    let tests = source.split("#[test]\nfn ").skip(1);
    let tests = tests.map(|rest| rest.split('(').next().unwrap());
    for test in tests {
        assert!(named.contains(&test), "{test} is in no row");
    }
}

/// The cases with a counterpart.
const CASES: [&str; 53] = [
    "test_dependencies",
    "modprobe_show_depends ",
    "modprobe_show_depends2",
    "modprobe_show_depends_no_load",
    "modprobe_show_alias_to_none",
    "modprobe_show_exports,",
    "modprobe_show_exports_module",
    "modprobe_builtin,",
    "modprobe_builtin_lookup_only",
    "modprobe_softdep_loop",
    "modprobe_weakdep_loop",
    "modprobe_install_cmd_loop",
    "modprobe_param_kcmdline_show_deps",
    "modprobe_param_kcmdline2",
    "modprobe_param_kcmdline9",
    "modprobe_external",
    "modprobe_module_from_abspath",
    "modprobe_module_from_relpath",
    "blacklist_1",
    "multi_softdep",
    "test_weakdep",
    "modprobe_config",
    "test_load_resource1",
    "test_load_resource2",
    "test_initlib",
    "test_insert",
    "test-remove: test_remove",
    "test_initstate_from_lookup",
    "test_initstate_from_name",
    "loaded_1",
    "from_name",
    "from_alias",
    "alias_1",
    "test_underscores",
    "test_path_ends_with_kmod_ext",
    "test_freadline_wrapped",
    "test_backoff_time",
    "filename author license description parm depends",
    "signer sig_key sig_hashalgo",
    "test_modinfo_external",
    "test_modinfo_builtin",
    "outdir",
    "another_moddir,",
    "another_moddir_relative",
    "search_order_simple",
    "search_order_same_prefix",
    "search_order_external_first",
    "search_order_external_last",
    "search_order_override",
    "detect_loop",
    "check_weakdep",
    "test-testsuite",
    "opendir",
];
