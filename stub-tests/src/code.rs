//! The generated code: `modmeta!`s, the program that calls each function, and modules in C.

use std::fmt::Write;

use crate::table::{Module, Stub};

/// The arguments of each call.
const ARGUMENTS: &str = "1, 2, 3, 4, 5, 6";

impl Module {
    /// The interface.
    pub(crate) fn modmeta(&self) -> String {
        let Module {
            namespace, name, ..
        } = self;
        let class = match self.is_unloadable() {
            true => "unloadable",
            false => "load_only",
        };
        let mut text = format!(
            "dlkm_rt::modmeta! {{\n    module {name} {{\n        desc \"illumos's {namespace}/{name}\"\n        \
             type {namespace}\n        version 1.0.0\n        states auto loaded\n        autoload {{\n            \
             class {class}\n"
        );
        for stub in &self.stubs {
            writeln!(text, "            {}", stub.statement()).expect("a `String` takes all text");
        }
        text + "        }\n    }\n}\n\n"
    }

    /// The module, with the header that `dlkm header` writes for the interface.
    pub(crate) fn c_source(&self) -> String {
        let name = &self.name;
        let mut text = format!("#define DLKM_UNMAP 1\n#include \"{name}.h\"\n\n");
        for stub in &self.stubs {
            let (function, number) = (stub.function.trim_start_matches('_'), stub.number);
            // Names with two underscores are not for programs, so the header has no `des__des_crypt`.
            writeln!(
                text,
                "ptrdiff_t {name}_{function}(size_t a, size_t b, size_t c, size_t d, size_t e, \
                 size_t f) {{\n    \
                 return (ptrdiff_t)(1000 * {number} + a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f);\n}}"
            )
            .expect("a `String` takes all text");
        }
        let namespace = self.namespace;
        text + &format!("\nDLKM_MODULE(\"{name}\", \"1.0.0\", \"{namespace}\", NULL, NULL);\n")
    }
}

impl Stub {
    /// `STUB` holds the module, as HP-UX's `USTUB` does; what is `NO_UNLOAD` never lets it go.
    fn statement(&self) -> String {
        let (function, default) = (self.function, self.default);
        match (self.is_strong, self.holds) {
            (true, true) => format!("ustub {function} {default} 6"),
            (true, false) => format!("stub {function} {default}"),
            (false, _) => format!("wstub {function} {default}"),
        }
    }

    /// What the module returns for the arguments of the program.
    pub fn result_of_module(&self) -> isize {
        1000 * self.number + (1..=6).map(|word| word * word).sum::<isize>()
    }
}

/// The crate of all interfaces.
pub(crate) fn interfaces(modules: &[Module]) -> String {
    let mut text = String::from("//! The stubs of illumos.\n#![deny(warnings)]\n\n");
    text.extend(modules.iter().map(Module::modmeta));
    text
}

/// The program. It prints a line for each call.
pub(crate) fn program(modules: &[Module]) -> String {
    let mut calls = String::new();
    for module in modules {
        let name = &module.name;
        for stub in &module.stubs {
            let function = stub.function;
            writeln!(
                calls,
                "    (\"{name}\", \"{function}\", || illumos_api::{name}::{function}({ARGUMENTS})),"
            )
            .expect("a `String` takes all text");
        }
    }
    include_str!("program.rs").replace("    // CALLS\n", &calls)
}

/// A C file that calls each function by its name, and prints as the program does. A function without
/// a default is called only if `all`, since a panic ends a C program.
pub(crate) fn c_program(modules: &[Module]) -> String {
    let (mut declared, mut calls) = (String::new(), String::new());
    for module in modules {
        for stub in &module.stubs {
            let (name, function) = (&module.name, stub.function);
            writeln!(
                declared,
                "intptr_t {function}(uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t);"
            )
            .expect("a `String` takes all text");
            let condition = match stub.result_without_module() {
                Some(_) => "",
                None => "if (all) ",
            };
            writeln!(
                calls,
                "    {condition}printf(\"%s {name} {function} %jd\\n\", pass, \
                 (intmax_t){function}({ARGUMENTS}));"
            )
            .expect("a `String` takes all text");
        }
    }
    format!(
        "#include <stdint.h>\n#include <stdio.h>\n\n{declared}\n\
         void call_all(const char *pass, int all) {{\n{calls}    fflush(stdout);\n}}\n\n\
         #ifndef NO_MAIN\nint main(int count, char **arguments) {{\n    (void)arguments;\n    \
         call_all(\"called\", count > 1);\n    return 0;\n}}\n#endif\n"
    )
}
