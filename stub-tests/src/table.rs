//! `illumos.txt`: what illumos's kernel says about its stubs.

/// A module, with the functions that the kernel calls by stubs.
#[derive(Debug)]
pub struct Module {
    /// The folder of its image: `fs`, `misc`.
    pub namespace: &'static str,
    /// Its name, in lowercase: the table has some in capital letters.
    pub name: String,
    /// Its functions.
    pub stubs: Vec<Stub>,
}

/// One function.
#[derive(Debug)]
pub struct Stub {
    /// Its name.
    pub function: &'static str,
    /// Whether a call loads the module.
    pub is_strong: bool,
    /// Whether a call holds the module, which can be unloaded otherwise.
    pub holds: bool,
    /// The function that is called without the module; `0` for a panic.
    pub default: &'static str,
    /// Its place among all functions of the table, from 1.
    pub number: isize,
}

impl Module {
    /// Whether the module can be unloaded.
    pub fn is_unloadable(&self) -> bool {
        self.stubs.iter().any(|stub| stub.holds)
    }

    /// Whether the module can be unloaded, but not after its functions were called.
    pub fn is_pinned_by_calls(&self) -> bool {
        self.is_unloadable() && self.stubs.iter().any(|one| one.is_strong && !one.holds)
    }
}

impl Stub {
    /// What a call returns without the module. `None`: it panics.
    ///
    /// # Panics
    /// The table has another default.
    pub fn result_without_module(&self) -> Option<isize> {
        match self.default {
            "nomod_zero" | "nomod_void" => Some(0),
            "nomod_minus_one" => Some(-1),
            "nomod_einval" => Some(22),
            "0" => None,
            other => panic!("`{other}` is no default of illumos"),
        }
    }
}

/// All modules of the table.
///
/// # Panics
/// The table has a line that is none.
pub fn illumos() -> Vec<Module> {
    let mut modules: Vec<Module> = Vec::new();
    let (mut kind, mut default, mut number) = ((false, false), "", 0);
    for line in include_str!("../illumos.txt").lines() {
        let indentation = line.len() - line.trim_start().len();
        let mut words = line.split_whitespace();
        if line.starts_with('#') {
            continue;
        }
        if indentation == 0 {
            let (namespace, name) = line.split_once(' ').expect("`namespace module`");
            modules.push(Module {
                namespace,
                name: name.to_lowercase(),
                stubs: Vec::new(),
            });
            continue;
        }
        // A longer indentation goes on with the functions of the line before.
        if indentation == 2 {
            kind = match words.next() {
                Some("STUB") => (true, true),
                Some("NO_UNLOAD_STUB") => (true, false),
                Some("WSTUB") => (false, true),
                Some("NO_UNLOAD_WSTUB") => (false, false),
                other => panic!("{other:?} is no macro of illumos"),
            };
            default = words.next().expect("the default");
        }
        let module = modules.last_mut().expect("a module before its stubs");
        for function in words {
            number += 1;
            module.stubs.push(Stub {
                function,
                is_strong: kind.0,
                holds: kind.1,
                default,
                number,
            });
        }
    }
    modules
}
