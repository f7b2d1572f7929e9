//! Packages whose manifests differ from that of the other cases: the runtime under another name, or
//! through a framework. And declarations whose messages are too long to compare as a whole.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The runtime of this checkout.
const RUNTIME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../dlkm-rt");

/// A workspace on disk.
struct Workspace(PathBuf);

impl Workspace {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("workspaces");
        let workspace = Workspace(folder.join(name));
        let manifest = format!(
            "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n[workspace.dependencies]\n\
             inherited = {{ package = \"dlkm-rt\", path = {RUNTIME:?} }}\n\
             [profile.dev]\ndebug = false\nincremental = false\n"
        );
        workspace.write("Cargo.toml", &manifest);
        // The same dependencies as this checkout's, so that nothing has to be fetched.
        let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");
        fs::copy(lock, workspace.0.join("Cargo.lock")).expect("the lock file is copied");
        workspace
    }

    fn write(&self, file: &str, text: &str) {
        let file = self.0.join(file);
        let folder = file.parent().expect("a file's folder");
        fs::create_dir_all(folder).expect("the folder is made");
        fs::write(file, text).expect("the file is written");
    }

    fn package(&self, name: &str, dependencies: &str, file: &str, source: &str) {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n[dependencies]\n{dependencies}\n"
        );
        self.write(&format!("crates/{name}/Cargo.toml"), &manifest);
        self.write(&format!("crates/{name}/src/{file}"), source);
    }

    /// In the folder in which the workspaces of other tests are built, so that the runtime is compiled
    /// once.
    fn cargo(&self, command: &str, package: &str) -> Output {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared");
        Command::new(env!("CARGO"))
            .args([command, "--quiet", "--offline", "--package", package])
            .arg("--target-dir")
            .arg(target)
            .current_dir(&self.0)
            .output()
            .expect("cargo starts")
    }

    fn runs(&self, package: &str) {
        let output = self.cargo("run", package);
        assert!(output.status.success(), "{}", stderr(&output));
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The program of a package. `rt` is the crate that has the runtime, `types` and `object` what stands
/// before a type and a trait that cross, `module` what stands before an interface and a module.
fn program(rt: &str, [types, object, module]: [&str; 3]) -> String {
    format!(
        "//! An interface, a module and a call.
#![deny(warnings)]

{types}
#[derive(Debug, PartialEq)]
pub struct Entry<T> {{
    pub name: String,
    pub more: Option<T>,
}}

{object}
pub trait Sink {{
    fn put(&mut self, text: &str);
}}

{module}
pub trait List {{
    #[stub]
    fn list(path: &str, into: &mut dyn Sink) -> Result<Entry<u8>, {rt}::LoadError>;

    #[ustub(or = none)]
    fn print(into: &mut dyn std::io::Write) -> u64;

    #[ustub]
    async fn later(path: String) -> Result<u64, {rt}::LoadError>;
}}

fn none(_: &mut dyn std::io::Write) -> u64 {{
    0
}}

pub struct Driver;

static CALLS: {rt}::ModuleCell<std::sync::atomic::AtomicU64> =
    {rt}::ModuleCell::new(std::sync::atomic::AtomicU64::default);

{module}
impl List for Driver {{
    fn list(path: &str, into: &mut dyn Sink) -> Result<Entry<u8>, {rt}::LoadError> {{
        into.put(path);
        Ok(Entry {{ name: path.to_owned(), more: None }})
    }}

    fn print(_: &mut dyn std::io::Write) -> u64 {{
        CALLS.with(|calls| calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) + 1
    }}

    async fn later(path: String) -> Result<u64, {rt}::LoadError> {{
        Ok(path.len() as u64)
    }}
}}

struct Count(usize);

impl Sink for Count {{
    fn put(&mut self, text: &str) {{
        self.0 += text.len();
    }}
}}

fn main() {{
    {rt}::Kernel::boot({rt}::ModuleRoot::none()).unwrap();
    let mut count = Count(0);
    let entry = list::list(\"abc\", &mut count).unwrap();
    assert_eq!(entry, Entry {{ name: \"abc\".to_owned(), more: None }});
    assert_eq!(count.0, 3);
    assert_eq!(list::print(&mut Vec::new()), 1);
    drop(list::later(String::new()));
}}
"
    )
}

/// What stands in the program of a package that depends on the runtime as `name`.
fn attributes(name: &str) -> [String; 3] {
    [
        format!("#[derive({name}::Interface)]"),
        format!("#[{name}::interface]"),
        format!("#[{name}::module]"),
    ]
}

#[test]
fn a_runtime_under_another_name_needs_no_crate_path() {
    let workspace = Workspace::new("ui-renamed");
    for (name, package, dependency) in [
        (
            "rt",
            "ui-renamed",
            format!("rt = {{ package = \"dlkm-rt\", path = {RUNTIME:?} }}"),
        ),
        (
            "inherited",
            "ui-inherited",
            "inherited.workspace = true".to_owned(),
        ),
    ] {
        let attributes = attributes(name);
        let attributes = attributes.each_ref().map(|one| &**one);
        workspace.package(package, &dependency, "main.rs", &program(name, attributes));
        workspace.runs(package);
    }
}

const FRAMEWORK: &str = "//! Re-exports the runtime, and has macros that say where it is.
pub use dlkm_rt;
pub use dlkm_rt::{Interface, interface, module};

#[macro_export]
macro_rules! types {
    ($($item:tt)*) => {
        #[derive($crate::Interface)]
        #[interface(crate = $crate::dlkm_rt)]
        $($item)*
    };
}

#[macro_export]
macro_rules! object {
    ($($item:tt)*) => { #[$crate::interface(crate = $crate::dlkm_rt)] $($item)* };
}

#[macro_export]
macro_rules! service {
    ($($item:tt)*) => { #[$crate::module(crate = $crate::dlkm_rt)] $($item)* };
}
";

#[test]
fn a_framework_that_re_exports_the_runtime_is_named_by_crate_path() {
    let workspace = Workspace::new("ui-framework");
    let dependency = format!("dlkm-rt = {{ path = {RUNTIME:?} }}");
    workspace.package("ui-framework", &dependency, "lib.rs", FRAMEWORK);
    let dependency = "ui-framework = { path = \"../ui-framework\" }";
    let rt = "ui_framework::dlkm_rt";

    let attributes = [
        "#[derive(ui_framework::Interface)]\n#[interface(crate = ui_framework::dlkm_rt)]",
        "#[ui_framework::interface(crate = ui_framework::dlkm_rt)]",
        "#[ui_framework::module(crate = ui_framework::dlkm_rt)]",
    ];
    workspace.package(
        "ui-through",
        dependency,
        "main.rs",
        &program(rt, attributes),
    );
    workspace.runs("ui-through");

    // With the framework's macros around the items.
    let mut source = program(rt, ["@types", "@object", "@service"]);
    for name in ["types", "object", "service"] {
        while let Some(at) = source.find(&format!("@{name}")) {
            let end = at + source[at..].find("\n}\n").expect("the item's end") + 2;
            let item = source[at..end].replacen(&format!("@{name}"), "", 1);
            source.replace_range(at..end, &format!("ui_framework::{name}! {{{item}}}"));
        }
    }
    workspace.package("ui-by-macro", dependency, "main.rs", &source);
    workspace.runs("ui-by-macro");
}

/// A program whose module is the driver of an interface in another crate. `keys` stands before its
/// `impl`, `rt` is the crate that has the runtime.
fn program_with_driver(rt: &str, keys: &str) -> String {
    format!(
        "#![deny(warnings)]
use ui_clock_api::{{Clock, clock, clock_dlkm}};

pub struct Driver;

clock_dlkm! {{
    {keys}
    impl Clock for Driver {{
        fn ticks(since: usize) -> isize {{
            since as isize + 1
        }}
    }}
}}

fn main() {{
    assert_eq!(clock::ticks(7), -1);
    let kernel = {rt}::Kernel::boot({rt}::ModuleRoot::none()).unwrap();
    assert_eq!(clock::ticks(7), 8);
    assert_eq!(kernel.module(\"clock\").unwrap().version(), Some(\"3.2.1\"));
}}
"
    )
}

#[test]
fn statements_and_their_driver_may_find_the_runtime_in_different_places() {
    let workspace = Workspace::new("ui-statements");
    let runtime = format!("dlkm-rt = {{ path = {RUNTIME:?} }}");
    workspace.package("ui-statements-framework", &runtime, "lib.rs", FRAMEWORK);
    let framework = "ui_framework = { package = \"ui-statements-framework\", path = \
                     \"../ui-statements-framework\" }\n";
    let statements = "#![deny(warnings)]
ui_framework::dlkm_rt::modmeta! {
    crate = ui_framework::dlkm_rt;
    module clock {
        version 3.2.1
        autoload {
            stub ticks nomod_minus_one 1
        }
    }
}
";
    workspace.package("ui-clock-api", framework, "lib.rs", statements);
    let api = "ui-clock-api = { path = \"../ui-clock-api\" }\n";
    let renamed = format!("rt = {{ package = \"dlkm-rt\", path = {RUNTIME:?} }}\n");
    for (package, dependency, rt, keys) in [
        ("ui-clock-same", framework, "ui_framework::dlkm_rt", ""),
        ("ui-clock-other", &*renamed, "rt", "(crate = rt)"),
        (
            "ui-clock-keys",
            &*renamed,
            "rt",
            "(crate = rt, desc = \"a clock\")",
        ),
    ] {
        let dependencies = format!("{dependency}{api}");
        let source = program_with_driver(rt, keys);
        workspace.package(package, &dependencies, "main.rs", &source);
        workspace.runs(package);
    }
}

#[test]
fn without_the_runtime_each_attribute_names_crate_path() {
    let workspace = Workspace::new("ui-without");
    let dependency = format!("dlkm-rt = {{ path = {RUNTIME:?} }}");
    workspace.package("ui-without-framework", &dependency, "lib.rs", FRAMEWORK);
    let dependency = "ui-without-framework = { path = \"../ui-without-framework\" }";
    let name = "ui_without_framework";
    let attributes = attributes(name);
    let attributes = attributes.each_ref().map(|one| &**one);
    let source = program(&format!("{name}::dlkm_rt"), attributes);
    workspace.package("ui-without", dependency, "main.rs", &source);
    let output = workspace.cargo("build", "ui-without");
    assert!(!output.status.success());

    let text = stderr(&output);
    let errors: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("error"))
        .collect();
    let expected = ["interface", "interface", "module", "module"].map(|attribute| {
        format!(
            "error: `dlkm-rt` is not a dependency in this crate's Cargo.toml: add it, or write the \
             path where another crate re-exports it, as in `#[{attribute}(crate = \
             framework::dlkm_rt)]`"
        )
    });
    // The last line counts them.
    assert_eq!(
        errors.split_last().map(|(_, errors)| errors),
        Some(&expected.each_ref().map(|one| &**one)[..]),
        "{text}"
    );
}

#[test]
fn types_that_lead_to_each_other_too_deeply_name_the_limit() {
    const COUNT: usize = 40;
    const LIMIT: &str = "#![recursion_limit = \"512\"]";
    let workspace = Workspace::new("ui-circle");
    for (package, data) in [
        ("ui-circle-text", "String"),
        ("ui-circle-cell", "std::cell::Cell<u8>"),
    ] {
        let mut source = "use dlkm_rt::{Interface, LoadError, module};\n".to_owned();
        for i in 0..COUNT {
            let next = (i + 1) % COUNT;
            let item = format!(
                "#[derive(Interface)]\npub struct N{i} {{ pub data: {data}, pub next: Option<Box<N{next}>> }}"
            );
            writeln!(source, "{item}").expect("a `String` takes all text");
        }
        source += "#[module]\npub trait Tree {\n    #[ustub]\n    fn get(tree: N0) -> Result<u8, LoadError>;\n}\n";
        let dependency = format!("dlkm-rt = {{ path = {RUNTIME:?} }}");
        workspace.package(package, &dependency, "lib.rs", &source);
        let output = workspace.cargo("build", package);
        assert!(!output.status.success());
        let text = stderr(&output);
        let errors = text
            .lines()
            .filter(|line| line.starts_with("error["))
            .count();
        assert_eq!(errors, 1, "{text}");
        let head: Vec<_> = text.lines().take(12).collect();
        assert!(head.iter().any(|line| line.contains(LIMIT)), "{text}");

        workspace.package(
            package,
            &dependency,
            "lib.rs",
            &format!("{LIMIT}\n{source}"),
        );
        let output = workspace.cargo("build", package);
        assert!(output.status.success(), "{}", stderr(&output));
    }
}
