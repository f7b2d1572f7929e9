//! C and C++ programs on a stub library, held against the same programs on the real library: each
//! way to pass a value, each way out of a function, and each place from which a first call can come.
//! Every case runs in a process of its own, so that its first call is the one that loads.

mod outside;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use outside::{Place, Ran, SOURCES, all_there, compile, stub_in};

/// A way to build a program, its library and the stub of that.
struct Build {
    c: &'static str,
    cpp: &'static str,
    options: &'static [&'static str],
}

/// A program, its library and the stub of that.
struct Subject {
    program: PathBuf,
    stub: PathBuf,
}

impl Build {
    fn compile(&self, source: &str, to: &Path, more: &[&str]) {
        let source = Path::new(SOURCES).join(source);
        let compiler = match source.extension() {
            Some(extension) if extension == "cpp" => self.cpp,
            _ => self.c,
        };
        let to = to.to_str().unwrap();
        // Of GCC, as it says at each call how it passes vectors.
        let quiet = ["-Wall", "-Wextra", "-Werror", "-Wno-psabi"];
        let line = [
            &quiet[..],
            self.options,
            &["-o", to, source.to_str().unwrap()],
            more,
        ]
        .concat();
        compile(compiler, line);
    }

    fn library(&self, source: &str, to: &Path, more: &[&str]) {
        let soname = to.file_name().unwrap().to_str().unwrap();
        let soname = format!("-Wl,-soname,{soname}");
        let library = ["-shared", "-fPIC", &soname];
        self.compile(source, to, &[&library[..], more].concat());
    }

    /// Builds NAME_main and its library NAME, and the stub of the library.
    fn subject(&self, place: &Place, name: &str, extension: &str) -> Subject {
        let library = place.path("real").join(format!("lib{name}.so.1"));
        self.library(&format!("{name}.{extension}"), &library, &["-lm"]);
        let program = place.path(&format!("{name}_main"));
        let main = format!("{name}_main.{extension}");
        self.compile(&main, &program, &[library.to_str().unwrap(), "-lm"]);
        let stub = stub_in(&library, &place.stubs(), self.c);
        Subject { program, stub }
    }
}

const PLAIN: Build = Build {
    c: "gcc",
    cpp: "g++",
    options: &["-O2"],
};

/// Runs the program with the real library and with the stub.
fn both(place: &Place, change: impl Fn(&mut Command), line: &[&str]) -> [Ran; 2] {
    ["real", "stubs"].map(|folder| place.run(Some(&place.path(folder)), &change, line))
}

/// All cases of the program print the same with the stub, which loads the library.
fn cases(place: &Place, subject: &Subject) {
    let program = subject.program.to_str().unwrap();
    let list = place.run(Some(&place.path("real")), |_| {}, &[program]);
    let list = String::from_utf8(list.output.stdout).unwrap();
    // Without what the destructor of a library says.
    let list: Vec<_> = list.lines().filter(|line| !line.contains(' ')).collect();
    assert!(list.len() > 10, "{list:?}");
    for case in list {
        let [real, lazy] = both(place, |_| {}, &[program, case]);
        assert!(real.output.status.success(), "{case}: {}", real.text());
        assert_eq!(lazy.text(), real.text(), "{program} {case}");
        assert!(lazy.loaded(&subject.stub), "{program} {case}");

        let now = |command: &mut Command| {
            command.env("LD_BIND_NOW", "1");
        };
        let lazy = place.run(Some(&place.stubs()), now, &[program, case]);
        assert_eq!(lazy.text(), real.text(), "LD_BIND_NOW=1 {program} {case}");
        assert!(lazy.loaded(&subject.stub), "{program} {case}");
    }
    // Without an argument it calls nothing.
    let lazy = place.run(Some(&place.stubs()), |_| {}, &[program]);
    assert!(!lazy.loaded(&subject.stub));
}

/// One test for each way to build.
macro_rules! built {
    ($($test:ident: $c:literal, $cpp:literal, $options:expr;)*) => {$(
        #[test]
        fn $test() {
            let build = Build { c: $c, cpp: $cpp, options: &$options };
            if !all_there(stringify!($test), &[$c, $cpp]) {
                return;
            }
            let place = Place::new();
            for (name, extension) in [("values", "c"), ("states", "c"), ("throws", "cpp")] {
                cases(&place, &build.subject(&place, name, extension));
            }
        }
    )*};
}

built! {
    gcc_without_optimisation: "gcc", "g++", ["-O0"];
    gcc_optimised: "gcc", "g++", ["-O2"];
    gcc_at_link_time: "gcc", "g++", ["-O3", "-flto"];
    gcc_for_control_flow_enforcement: "gcc", "g++", ["-O2", "-fcf-protection=full"];
    gcc_bound_at_the_start: "gcc", "g++", ["-O2", "-fno-plt", "-Wl,-z,now,-z,relro"];
    clang_without_optimisation: "clang", "clang++", ["-O0"];
    clang_optimised: "clang", "clang++", ["-O2"];
    clang_at_link_time: "clang", "clang++", ["-O3", "-flto"];
    clang_for_control_flow_enforcement: "clang", "clang++", ["-O2", "-fcf-protection=full"];
}

/// A race has many outcomes.
#[test]
fn threads_with_small_stacks_race_on_the_first_call() {
    let place = Place::new();
    let subject = PLAIN.subject(&place, "states", "c");
    let program = subject.program.to_str().unwrap();
    for _ in 0..50 {
        let [real, lazy] = both(&place, |_| {}, &[program, "threads"]);
        assert!(real.text().contains(": 16"), "{}", real.text());
        assert_eq!(lazy.text(), real.text());
    }
}

/// What a debugger and a profiler need in the load, and an exception out of it.
#[test]
fn a_backtrace_in_the_constructor_of_the_library_reaches_the_program() {
    let place = Place::new();
    let subject = PLAIN.subject(&place, "states", "c");
    let program = subject.program.to_str().unwrap();
    let [real, lazy] = both(&place, |_| {}, &[program, "reached"]);
    // The dynamic linker runs it before the program.
    assert!(
        real.text()
            .contains("ready 1\na backtrace in the constructor reaches the program: 0"),
        "{}",
        real.text()
    );
    assert!(
        lazy.text()
            .contains("ready 1\na backtrace in the constructor reaches the program: 1"),
        "{}",
        lazy.text()
    );
}

/// Other calls in destructors give the same. But a library that is loaded when the process has begun to
/// run destructors is not among those whose destructors run.
#[test]
fn the_first_call_may_come_from_a_destructor() {
    let place = Place::new();
    let subject = PLAIN.subject(&place, "states", "c");
    let program = subject.program.to_str().unwrap();
    let [real, lazy] = both(&place, |_| {}, &[program, "destructor-first"]);
    let said = "exit status: 0\nfrom the program's destructor\n";
    assert_eq!(real.text(), format!("{said}the library ends\n"));
    assert_eq!(lazy.text(), said);
}

#[test]
fn constructors_call_before_main() {
    let place = Place::new();
    let states = place.path("real").join("libstates.so.1");
    PLAIN.library("states.c", &states, &[]);
    let stub = place.stub(&states);
    let states = states.to_str().unwrap();
    let early = place.path("real").join("libearly.so");
    PLAIN.library("early.c", &early, &[states]);
    fs::copy(&early, place.stubs().join("libearly.so")).unwrap();
    let program = place.path("early_main");
    PLAIN.compile("early_main.c", &program, &[early.to_str().unwrap(), states]);
    for case in ["constructors", "preinit"] {
        let [real, lazy] = both(&place, |_| {}, &[program.to_str().unwrap(), case]);
        assert!(real.text().contains("120 121"), "{}", real.text());
        assert_eq!(lazy.text(), real.text());
        assert!(lazy.loaded(&stub));
    }
}

/// The real library stays in the process, with its state, as threads may still be in it.
#[test]
fn a_plugin_with_a_stub_is_closed_and_opened_again() {
    let place = Place::new();
    let states = place.path("real").join("libstates.so.1");
    PLAIN.library("states.c", &states, &[]);
    place.stub(&states);
    let plugin = place.path("libplugin.so");
    PLAIN.library("plugin.c", &plugin, &[states.to_str().unwrap()]);
    let program = place.path("plugin_main");
    PLAIN.compile("plugin_main.c", &program, &[]);
    let line = [program.to_str().unwrap(), plugin.to_str().unwrap()];
    let [real, lazy] = both(&place, |_| {}, &line);
    let end = "the library ends\n";
    assert_eq!(real.text(), format!("exit status: 0\n101\n{end}101\n{end}"));
    assert_eq!(lazy.text(), format!("exit status: 0\n101\n102\n{end}"));
}

/// The library of each version, and the programs that were linked with each.
#[test]
fn programs_get_the_functions_of_the_version_that_they_were_linked_with() {
    let place = Place::new();
    let name = "libversions.so.1";
    let [first, second] = ["1", "2"].map(|version| {
        let number = format!("-DLIBRARY_VERSION={version}");
        let script = format!("-Wl,--version-script={SOURCES}/versions.{version}.map");
        let folder = place.path("real").join(version);
        fs::create_dir(&folder).unwrap();
        let library = folder.join(name);
        PLAIN.library("versions.c", &library, &[&number, &script]);
        let program = place.path(&format!("versions_main.{version}"));
        PLAIN.compile(
            "versions_main.c",
            &program,
            &[&number, library.to_str().unwrap()],
        );
        // The stubs of two libraries with one name are in two folders.
        let stub = stub_in(&library, &place.path(&format!("stubs.{version}")), "cc");
        (program, stub)
    });
    let text = |ran: &Ran, folder: &str| ran.text().replace(folder, "FOLDER");
    for (program, folder, expected) in [
        (&first.0, "1", "1 1\n"),
        (&first.0, "2", "1 1\n"),
        (&second.0, "2", "2 2\n42\n"),
        // The dynamic linker refuses it, with the real library too.
        (&second.0, "1", "version `VERSION_2' not found"),
    ] {
        let line = [program.to_str().unwrap()];
        let [real, stubs] = ["real/", "stubs."].map(|kind| place.path(&format!("{kind}{folder}")));
        let ran = place.run(Some(&real), |_| {}, &line);
        let lazy = place.run(Some(&stubs), |_| {}, &line);
        assert!(ran.text().contains(expected), "{}", ran.text());
        assert_eq!(
            text(&lazy, stubs.to_str().unwrap()),
            text(&ran, real.to_str().unwrap())
        );
        if lazy.output.status.success() {
            let stub = if folder == "1" { &first.1 } else { &second.1 };
            assert!(lazy.loaded(stub));
        }
    }
}

/// A library that can't be opened any more once the program has started.
#[test]
fn a_library_with_large_variables_of_threads_is_reported() {
    let place = Place::new();
    let library = place.path("real").join("libstates.so.1");
    PLAIN.library("states.c", &library, &["-DTLS_BYTES=1000000"]);
    let program = place.path("states_main");
    PLAIN.compile("states_main.c", &program, &[library.to_str().unwrap()]);
    place.stub(&library);
    let [real, lazy] = both(&place, |_| {}, &[program.to_str().unwrap(), "exit"]);
    assert!(real.output.status.success(), "{}", real.text());
    assert!(!lazy.output.status.success());
    let text = lazy.text();
    for part in ["libstates.so.1", "counted", "static TLS"] {
        assert!(text.contains(part), "{part} is missing in: {text}");
    }
}

/// A processor that enforces control flow does so in a process only if all of its files allow it.
#[test]
fn a_stub_library_has_the_marks_of_control_flow_enforcement() {
    if !all_there(
        "a_stub_library_has_the_marks_of_control_flow_enforcement",
        &["readelf", "objdump"],
    ) {
        return;
    }
    let place = Place::new();
    let stub = PLAIN.subject(&place, "values", "c").stub;
    let said = |tool: &str, option: &str| {
        let output = Command::new(tool).arg(option).arg(&stub).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let notes = said("readelf", "-n");
    assert!(notes.contains("x86 feature: IBT, SHSTK"), "{notes}");
    // And each function may be the target of an indirect call.
    let code = said("objdump", "-d");
    let first = |name: &str| {
        let start = code.split_once(&format!("<{name}>:\n"));
        let (_, rest) = start.unwrap_or_else(|| panic!("no {name} in: {code}"));
        rest.lines().next().unwrap().to_owned()
    };
    for name in ["none", "eleven", "sum", "sort"] {
        assert!(first(name).contains("endbr64"), "{name}: {}", first(name));
    }
}
