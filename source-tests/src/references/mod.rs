//! Names in the text of documents, compared with what the repository has.

mod names;
mod spans;

use std::collections::BTreeSet;

use crate::files::Files;
use names::Names;
pub use spans::Span;

/// Endings of the files that documents name.
const ENDINGS: &[&str] = &[".rs", ".md", ".toml", ".svg", ".css", ".h", ".stderr"];

/// What documents may name.
#[derive(Debug)]
pub struct Known {
    names: Names,
    paths: BTreeSet<String>,
    /// The names of all folders.
    folders: BTreeSet<String>,
}

impl Known {
    /// What is in these files.
    ///
    /// # Errors
    ///
    /// Says which file does not parse.
    pub fn new(files: &Files) -> Result<Known, String> {
        let paths: BTreeSet<String> = files.paths().map(str::to_owned).collect();
        let folders = paths.iter().filter_map(|path| path.rsplit_once('/'));
        let folders = folders.flat_map(|(folder, _)| folder.split('/'));
        Ok(Known {
            names: Names::read(files)?,
            folders: folders.map(str::to_owned).collect(),
            paths,
        })
    }

    /// What is wrong with `code` if it is the name of a file, a folder or an item in something,
    /// such as `link.rs`, `dlkm-core/src/os`, `link::check` or `Slot::bind`.
    ///
    /// A path may omit leading folders if only one file ends with it. A name may omit leading
    /// modules.
    pub fn problem(&self, code: &str) -> Option<String> {
        let gone = || Some("does not exist".to_owned());
        if let Some(names) = item_names(code) {
            let has = |name: &String| self.names.has(&name.split("::").collect::<Vec<_>>());
            return if names.iter().all(has) { None } else { gone() };
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_./-*{},".contains(c);
        if !code.chars().all(is_plain) || code.starts_with('/') {
            return None;
        }
        let file = ENDINGS.iter().any(|ending| {
            let stem = code.strip_suffix(ending);
            stem.is_some_and(|stem| !stem.is_empty() && !stem.ends_with(['/', '*']))
        });
        let first = code.split('/').next().expect("split gives one");
        let folder = code.contains('/') && self.folders.contains(first);
        if !file && !folder {
            return None;
        }
        for path in expanded(code) {
            let found = self.paths(&path);
            if found.is_empty() {
                return gone();
            }
            if found.len() > 1 && path.ends_with(".rs") && !found.contains(path.as_str()) {
                let found: Vec<_> = found.into_iter().collect();
                return Some(format!("may be any of {}", found.join(", ")));
            }
        }
        None
    }

    /// The paths that `path` may mean. Those in the source of dlkm's crates come before all others.
    fn paths(&self, path: &str) -> BTreeSet<&str> {
        // `a/b*` is every path that begins like this; `a/` is a folder.
        let (path, open) = match path.strip_suffix('*') {
            Some(path) => (path, true),
            None => (path.trim_end_matches('/'), false),
        };
        let fits = |known: &str| {
            let at = |start: usize| {
                let rest = known[start..].strip_prefix(path);
                rest.is_some_and(|rest| open || rest.is_empty() || rest.starts_with('/'))
            };
            let names = known.match_indices('/').map(|(slash, _)| slash + 1);
            std::iter::once(0).chain(names).any(at)
        };
        let found: BTreeSet<&str> = self
            .paths
            .iter()
            .map(String::as_str)
            .filter(|known| fits(known))
            .collect();
        let is_own = |path: &&str| path.starts_with("dlkm-") && path.contains("/src/");
        let own: BTreeSet<&str> = found.iter().copied().filter(is_own).collect();
        if own.is_empty() { found } else { own }
    }
}

/// The names in a piece of code, if it is a path of Rust: `a::B`, `a::{B, C}`, `a::b(1)`,
/// `a::B<T>`, `a::b!`.
fn item_names(code: &str) -> Option<Vec<String>> {
    let code = code.strip_prefix("::").unwrap_or(code);
    let end = code.find(['(', '<', '!']).unwrap_or(code.len());
    let code = &code[..end];
    let is_name = |name: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
        !name.is_empty() && name.chars().all(fits) && !name.starts_with(|c: char| c.is_numeric())
    };
    let names = expanded(code);
    let is_path = |name: &String| name.contains("::") && name.split("::").all(is_name);
    names.iter().all(is_path).then_some(names)
}

/// `a{b,c}d` is `abd` and `acd`.
fn expanded(code: &str) -> Vec<String> {
    let group = code.split_once('{').and_then(|(before, rest)| {
        let (inside, after) = rest.split_once('}')?;
        Some((before, inside, after))
    });
    match group {
        None => vec![code.to_owned()],
        Some((before, inside, after)) => inside
            .split(',')
            .flat_map(|one| expanded(&format!("{before}{}{after}", one.trim())))
            .collect(),
    }
}

/// The pieces of code in the text of a Markdown document, without fenced blocks.
pub fn spans(document: &str) -> Vec<Span> {
    spans::spans(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let files = Files::made_up(&[
            (
                "app-rt/src/lib.rs",
                "pub mod link; mod kernel; pub use kernel::Kernel; mod api;",
            ),
            (
                "app-rt/src/link.rs",
                "pub fn check() {} pub static ALL: [u8];",
            ),
            (
                "app-rt/src/kernel/mod.rs",
                "pub struct Kernel { pub table: u8 } impl<'a> Kernel { pub fn boot() {} }
                 enum Phase { Loaded(u8), Failed { why: u8 } } trait Look { const N: u8; fn look(&self); }
                 impl Look for Phase { type Seen = u8; }
                 exports! { pub fn export2() {} }
                 macro_rules! m { () => { fn made() {} } }
                 mod inner { pub const X: u8 = 0; }",
            ),
            (
                "app-rt/src/api.rs",
                "#[module(name = \"shm\")] trait Shm { fn get(); } #[module] trait Door { fn open(); }",
            ),
            ("dlkm-app/src/same.rs", ""),
            ("one/same.rs", ""),
            ("two/twice.rs", ""),
            ("three/twice.rs", ""),
            (".ci/run", ""),
            ("book/src/call.md", ""),
        ]);
        Known::new(&files).unwrap()
    }

    fn check(code: &[&str], expected: Option<&str>) {
        let known = known();
        for code in code {
            assert_eq!(known.problem(code).as_deref(), expected, "{code}");
        }
    }

    #[test]
    fn names_of_items_that_exist() {
        check(
            &[
                "link::check",
                "link::ALL",
                "app_rt::link::check()",
                "::app_rt::Kernel",
                "Kernel::boot",
                "Kernel::boot(1, a::b)",
                "Kernel::table",
                "kernel::Kernel::boot",
                "kernel::{Kernel, Phase}",
                "Phase::Loaded",
                "Phase::Failed::why",
                "Phase::Seen",
                "Look::look",
                "Look::N",
                "kernel::export2",
                "kernel::m!",
                "kernel::made",
                "inner::X",
                "shm::get(7, 4096)",
                "door::open",
                "Door::open",
            ],
            None,
        );
    }

    #[test]
    fn names_of_items_that_do_not_exist() {
        check(
            &[
                "link::gone",
                "gone::check",
                "Kernel::gone",
                "Kernel::check",
                "link::check::boot",
                "kernel::{Kernel, Gone}",
                "shm::open",
            ],
            Some("does not exist"),
        );
    }

    #[test]
    fn paths() {
        check(
            &[
                "link.rs",
                "kernel/mod.rs",
                "app-rt/src/kernel",
                "src/kernel/",
                "app-rt/src/{api,link}.rs",
                "app-rt/*",
                "app-rt/src/li*",
                "same.rs",
                "one/same.rs",
                ".ci/run",
                "src/call.md",
            ],
            None,
        );
        check(
            &[
                "gone.rs",
                "link/mod.rs",
                "ink.rs",
                "app-rt/src/gone",
                "kernel/gone/",
                "app-rt/src/{api,gone}.rs",
                ".ci/gone",
                "app-rt/src/go*",
            ],
            Some("does not exist"),
        );
        check(
            &["twice.rs"],
            Some("may be any of three/twice.rs, two/twice.rs"),
        );
        check(&["two/twice.rs"], None);
    }

    #[test]
    fn other_code() {
        check(
            &[
                "unsafe",
                "Kernel",
                "fn f() -> a::B",
                "/proc/self/maps",
                "and/or",
                "*.rs",
                "fail/<construct>-<fault>.rs",
                "key=value",
                "cargo run --bin x",
                "3::4",
            ],
            None,
        );
    }
}
