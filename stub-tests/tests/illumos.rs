//! The 526 stubs of illumos's 64 modules, as interfaces: what each answers with and without its module.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use scenario_bounded::Bounded;
use stub_tests::{Module, Stub, Workspace, illumos, install};

/// What the program has printed: for each pass, module and function, the result.
struct Printed(HashMap<[String; 3], String>);

impl Printed {
    #[track_caller]
    fn by(program: &mut Command) -> Self {
        let output = program.env_remove("DLKM_ROOT").bounded();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}\n{errors}", output.status);
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let lines = text.lines().map(|line| {
            let mut parts = line.splitn(4, ' ').map(str::to_owned);
            let key = std::array::from_fn(|_| parts.next().expect("four parts"));
            (key, parts.next().expect("four parts"))
        });
        Printed(lines.collect())
    }

    #[track_caller]
    fn at(&self, pass: &str, module: &Module, function: &str) -> &str {
        &self.0[&[pass, &module.name, function].map(str::to_owned)]
    }

    #[track_caller]
    fn default(&self, pass: &str, module: &Module, stub: &Stub) {
        let (name, function) = (&module.name, stub.function);
        let printed = self.at(pass, module, function);
        match stub.result_without_module() {
            Some(result) => assert_eq!(printed, result.to_string(), "{pass} {name} {function}"),
            None => {
                let begin = format!("`{name}::{function}` has no result without its module: ");
                assert!(printed.starts_with(&begin), "{printed}");
                assert!(printed.contains("there is no image"), "{printed}");
            }
        }
    }

    #[track_caller]
    fn of_module(&self, pass: &str, module: &Module, stub: &Stub) {
        let result = stub.result_of_module().to_string();
        let printed = self.at(pass, module, stub.function);
        assert_eq!(printed, result, "{pass} {} {}", module.name, stub.function);
    }
}

/// The workspace and its program, generated and built once.
fn built() -> &'static (Workspace, PathBuf, Vec<Module>) {
    static BUILT: OnceLock<(Workspace, PathBuf, Vec<Module>)> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let modules = illumos();
        // Where the workspaces of `ui-tests` are built, so that the runtime is compiled once.
        let (folder, target) = (folder.join("workspaces/illumos"), folder.join("shared"));
        let workspace = Workspace::write(&folder, &target, &modules);
        let program = workspace.program();
        (workspace, program, modules)
    })
}

/// The module root with all modules, compiled once.
fn in_c() -> Option<&'static Path> {
    static ROOT: OnceLock<Option<PathBuf>> = OnceLock::new();
    let (workspace, _, modules) = built();
    let root = ROOT.get_or_init(|| workspace.modules_in_c(modules));
    root.as_deref()
}

/// A module root without modules.
fn empty() -> PathBuf {
    let empty = Path::new(env!("CARGO_TARGET_TMPDIR")).join("workspaces/illumos/empty");
    std::fs::create_dir_all(&empty).expect("the folder is made");
    empty
}

#[test]
fn the_table_is_complete() {
    let modules = illumos();
    let count = |is: fn(&Stub) -> bool| {
        let stubs = modules.iter().flat_map(|module| &module.stubs);
        stubs.filter(|stub| is(stub)).count()
    };
    assert_eq!((modules.len(), count(|_| true)), (64, 526));
    assert_eq!(count(|one| one.is_strong && !one.holds), 364);
    assert_eq!(count(|one| one.is_strong && one.holds), 90);
    assert_eq!(count(|one| !one.is_strong && one.holds), 46);
    assert_eq!(count(|one| one.result_without_module().is_none()), 26);
    // Those of weak stubs alone, which only `class unloadable` lets go.
    let weak = modules
        .iter()
        .filter(|module| module.is_unloadable() && module.stubs.iter().all(|stub| !stub.is_strong));
    assert_eq!(weak.count(), 9);
}

#[test]
fn without_their_modules_all_stubs_answer_with_their_defaults() {
    let (_, program, modules) = built();
    let printed = Printed::by(Command::new(program).arg(empty()));
    for module in modules {
        assert!(
            printed
                .at("load", module, "-")
                .contains("there is no image")
        );
        assert_eq!(printed.at("unload", module, "-"), "not loaded");
        for stub in &module.stubs {
            printed.default("called", module, stub);
            printed.default("loaded", module, stub);
        }
    }
}

#[test]
fn with_their_modules_all_stubs_answer_with_the_modules_results() {
    let (_, program, modules) = built();
    let Some(root) = in_c() else { return };
    let printed = Printed::by(Command::new(program).arg(root));
    for module in modules {
        let name = &module.name;
        assert_eq!(printed.at("load", module, "-"), "yes", "{name}");
        let has_strong = module.stubs.iter().any(|stub| stub.is_strong);
        let unloads = match module.is_unloadable() {
            _ if module.is_pinned_by_calls() => "pinned",
            true => "yes",
            false => "load-only",
        };
        assert_eq!(printed.at("unload", module, "-"), unloads, "{name}");
        let mut is_loaded = false;
        for stub in &module.stubs {
            is_loaded |= stub.is_strong;
            match is_loaded {
                true => printed.of_module("called", module, stub),
                false => printed.default("called", module, stub),
            }
            printed.of_module("loaded", module, stub);
            // Strong stubs load it again.
            match unloads != "yes" || has_strong {
                true => printed.of_module("again", module, stub),
                false => printed.default("again", module, stub),
            }
        }
    }
}

/// Each stub answers a call from C as one from Rust.
#[track_caller]
fn called_from_c(program: &mut Command, modules: &[Module], is_installed: bool) {
    let printed = Printed::by(program);
    for module in modules {
        let mut is_loaded = false;
        for stub in &module.stubs {
            is_loaded |= stub.is_strong && is_installed;
            if is_loaded {
                printed.of_module("called", module, stub);
            } else if stub.result_without_module().is_some() {
                printed.default("called", module, stub);
            }
        }
    }
}

#[test]
fn c_programs_call_them_through_stub_modules() {
    let (workspace, _, modules) = built();
    let (Some(root), Some(stubs)) = (in_c(), workspace.stub_modules(modules)) else {
        return;
    };
    called_from_c(&mut Command::new(&stubs.program), modules, false);

    // A function without a default ends a C program.
    let mut first = modules.iter().flat_map(|module| &module.stubs);
    let first = first.find(|stub| stub.result_without_module().is_none());
    let first = first.expect("the table has some").function;
    let output = Command::new(&stubs.program).arg("all").bounded();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{errors}");
    let says = format!("::{first}` has no result without its module: ");
    assert!(errors.contains(&says), "{errors}");

    install(modules, root, &stubs.root);
    called_from_c(Command::new(&stubs.program).arg("all"), modules, true);
}

#[test]
fn the_c_code_of_a_program_calls_them_through_stub_modules_in_it() {
    let (workspace, _, modules) = built();
    let (Some(root), Some(program)) = (in_c(), workspace.linked(modules)) else {
        return;
    };
    called_from_c(Command::new(&program).arg(empty()), modules, false);
    called_from_c(Command::new(&program).arg(root).arg("all"), modules, true);
}
