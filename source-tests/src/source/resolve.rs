//! Finds the files that define what paths name.

use super::tree::{Crate, Written};
use crate::files::below;

/// A longer chain of imports is a circle.
const MAX_IMPORTS: usize = 32;

#[derive(Debug, Clone, PartialEq)]
enum Target {
    Module(usize),
    /// An item that this file defines.
    Item(String),
    /// Something of another crate.
    Elsewhere,
}

/// One file uses another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    /// The file that uses.
    pub from: String,
    /// The line in it.
    pub line: usize,
    /// The path as written there.
    pub path: String,
    /// The file that defines what the path names.
    pub to: String,
}

/// A path that begins in this crate and leads to nothing. The checks would not see its use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unresolved {
    /// The file with the path.
    pub file: String,
    /// The line in it.
    pub line: usize,
    /// The path as written there.
    pub path: String,
}

impl std::fmt::Display for Unresolved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Unresolved { file, line, path } = self;
        write!(f, "{file}:{line}: `{path}` is not found")
    }
}

/// Which file uses which, outside of tests.
#[derive(Debug, Default)]
pub struct Uses {
    /// In the order of files and lines.
    pub arrows: Vec<Arrow>,
    /// In the same order.
    pub unresolved: Vec<Unresolved>,
}

impl Crate {
    /// Which file uses which among those below `folder`.
    pub fn uses(&self, folder: &str) -> Uses {
        let mut uses = Uses::default();
        let inside = |file: &str| below(file, folder).is_some();
        for (index, module) in self.modules.iter().enumerate() {
            if module.for_tests || !inside(&module.file) {
                continue;
            }
            for written in &module.written {
                let (from, line) = (module.file.clone(), written.line);
                let path = written.path.join("::");
                let to = match self.resolve(index, written) {
                    Some(Target::Module(target)) => self.modules[target].file.clone(),
                    Some(Target::Item(file)) => file,
                    Some(Target::Elsewhere) => continue,
                    None => {
                        let file = from;
                        uses.unresolved.push(Unresolved { file, line, path });
                        continue;
                    }
                };
                if to != from && inside(&to) {
                    uses.arrows.push(Arrow {
                        from,
                        line,
                        path,
                        to,
                    });
                }
            }
        }
        uses.arrows.sort();
        uses.arrows.dedup();
        uses.unresolved.sort();
        uses
    }

    fn resolve(&self, module: usize, written: &Written) -> Option<Target> {
        if written.is_macro
            && let [name] = written.path.as_slice()
        {
            return Some(self.macro_by_name(module, name));
        }
        self.path(module, &written.path, 0)
    }

    /// A macro that is called by its name alone is in scope through a `use`, or through its place
    /// in the text: a definition in the same file, else the one of that name in the crate.
    fn macro_by_name(&self, module: usize, name: &str) -> Target {
        let here = &self.modules[module];
        let mut imports = here.imports.iter();
        if imports.any(|(import, _)| import == name)
            && let Some(target) = self.lookup(module, name, true, 0)
        {
            return target;
        }
        let defining = self.modules.iter().filter(|it| it.macros.contains(name));
        let files: Vec<&String> = defining.map(|it| &it.file).collect();
        let file = files.iter().find(|file| ***file == here.file);
        match file.or(files.first()) {
            Some(file) => Target::Item((*file).clone()),
            None => Target::Elsewhere,
        }
    }

    /// `None` if the path leads into this crate, which does not have what it names.
    fn path(&self, module: usize, path: &[String], imports: usize) -> Option<Target> {
        if imports > MAX_IMPORTS {
            return None;
        }
        let mut target = Target::Module(module);
        for (at, name) in path.iter().enumerate() {
            let here = match target {
                Target::Module(here) => here,
                // What follows is a variant or an associated item.
                Target::Item(_) | Target::Elsewhere => return Some(target),
            };
            let last = at + 1 == path.len();
            target = match name.as_str() {
                "crate" | "$crate" => Target::Module(0),
                "self" => target,
                "super" => Target::Module(self.modules[here].parent?),
                name => match self.lookup(here, name, last, imports) {
                    Some(found) => found,
                    // If the first name is not in scope, it is another crate, or a generic
                    // parameter.
                    None if at == 0 => Target::Elsewhere,
                    None => return None,
                },
            };
        }
        Some(target)
    }

    /// What `name` means in a module. The last name of a path means an item rather than a module.
    fn lookup(&self, module: usize, name: &str, last: bool, imports: usize) -> Option<Target> {
        let here = &self.modules[module];
        let item = || Target::Item(here.file.clone());
        let defined = here.items.contains(name).then(item);
        let child = here.children.get(name).copied().map(Target::Module);
        let declared = if last {
            defined.or(child)
        } else {
            child.or(defined)
        };
        if declared.is_some() {
            return declared;
        }
        let imported = here
            .imports
            .iter()
            .filter(|(import, _)| import == name)
            .find_map(|(_, path)| self.path(module, path, imports + 1));
        if imported.is_some() {
            return imported;
        }
        if module == 0
            && let Some(file) = self.exported_macros.get(name)
        {
            return Some(Target::Item(file.clone()));
        }
        let mut elsewhere = false;
        for glob in &here.globs {
            match self.path(module, glob, imports + 1) {
                Some(Target::Module(target)) if target != module => {
                    if imports < MAX_IMPORTS
                        && let Some(found) = self.lookup(target, name, last, imports + 1)
                    {
                        return Some(found);
                    }
                }
                Some(Target::Elsewhere) => elsewhere = true,
                _ => {}
            }
        }
        if here.has_expanded_items {
            return Some(item());
        }
        elsewhere.then_some(Target::Elsewhere)
    }
}
