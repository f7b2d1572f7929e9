//! The modules of a crate.

use std::collections::{BTreeMap, BTreeSet};

/// The modules of one crate. The first one is the root.
#[derive(Debug)]
pub struct Crate {
    pub(super) modules: Vec<Module>,
    /// The file of each macro that `#[macro_export]` puts at the root, by its name.
    pub(super) exported_macros: BTreeMap<String, String>,
    /// The module of the root that expansions of exported macros name, in other crates.
    pub(super) for_expansions: Option<String>,
}

#[derive(Debug)]
pub(super) struct Module {
    pub(super) file: String,
    pub(super) parent: Option<usize>,
    pub(super) children: BTreeMap<String, usize>,
    /// Names that are defined here.
    pub(super) items: BTreeSet<String>,
    /// Those of them that are macros.
    pub(super) macros: BTreeSet<String>,
    /// Names that a `use` brings, with their paths.
    pub(super) imports: Vec<(String, Vec<String>)>,
    /// Paths of `use …::*`.
    pub(super) globs: Vec<Vec<String>>,
    /// Whether a macro is called here that may define items.
    pub(super) has_expanded_items: bool,
    pub(super) for_tests: bool,
    pub(super) written: Vec<Written>,
}

/// A path as it is written somewhere.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) path: Vec<String>,
    pub(super) line: usize,
    /// Whether this is the path of a macro that is called. Such names need no `use`.
    pub(super) is_macro: bool,
}

impl Crate {
    /// All files of the crate, those for tests too.
    pub fn files(&self) -> BTreeSet<&str> {
        self.modules.iter().map(|module| &*module.file).collect()
    }

    /// The files that are compiled outside of tests.
    pub fn production_files(&self) -> BTreeSet<&str> {
        let modules = self.modules.iter().filter(|module| !module.for_tests);
        modules.map(|module| &*module.file).collect()
    }
}
