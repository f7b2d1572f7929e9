//! Which crate needs which, directly or through others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::{DependencyKind, MetadataCommand};

/// The dependencies of the workspace's packages and of all that they need.
#[derive(Debug, Default)]
pub struct Crates {
    needs: BTreeMap<String, BTreeSet<String>>,
    /// The packages of the workspace that are for others to use.
    published: BTreeSet<String>,
}

impl Crates {
    /// The crates of this workspace. The manifests say what its packages need, apart from tests,
    /// and `Cargo.lock` says what the others need.
    ///
    /// # Panics
    ///
    /// If cargo can't read the manifests.
    pub fn of_workspace(lock: &str) -> Crates {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let metadata = MetadataCommand::new()
            .manifest_path(root.join("Cargo.toml"))
            .no_deps()
            .exec()
            .expect("cargo reads the manifests");
        let mut crates = Crates {
            needs: locked(lock),
            published: BTreeSet::new(),
        };
        for package in metadata.packages {
            let name = package.name.to_string();
            let needs = package.dependencies.iter();
            let needs = needs.filter(|needed| needed.kind != DependencyKind::Development);
            let needs = needs.map(|needed| needed.name.clone()).collect();
            crates.needs.insert(name.clone(), needs);
            if package.publish.is_none() {
                crates.published.insert(name);
            }
        }
        crates
    }

    /// The packages of the workspace that are for others to use.
    pub fn published(&self) -> impl Iterator<Item = &str> {
        self.published.iter().map(String::as_str)
    }

    /// What a package names in its manifest.
    pub fn direct(&self, package: &str) -> impl Iterator<Item = &str> {
        let needs = self.needs.get(package).into_iter().flatten();
        needs.map(String::as_str)
    }

    /// The packages through which `package` needs `other`, both included.
    pub fn way(&self, package: &str, other: &str) -> Option<Vec<String>> {
        let mut seen = BTreeSet::new();
        let mut ways = vec![vec![package.to_owned()]];
        while let Some(way) = ways.pop() {
            let last = way.last().expect("ways are not empty");
            for needed in self.direct(last) {
                let longer = [way.clone(), vec![needed.to_owned()]].concat();
                if needed == other {
                    return Some(longer);
                }
                if seen.insert(needed.to_owned()) {
                    ways.push(longer);
                }
            }
        }
        None
    }
}

/// The dependencies in the text of a `Cargo.lock`. Versions of one package count as one.
fn locked(lock: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut name = "";
    for line in lock.lines() {
        if let Some(rest) = line.strip_prefix("name = \"") {
            name = rest.trim_end_matches('"');
            needs.entry(name.to_owned()).or_default();
        } else if let Some(rest) = line.strip_prefix(" \"") {
            // ` "syn 3.0.9",`, with the version only if there are several.
            let needed = rest.split([' ', '"']).next().expect("split gives one");
            let of_name = needs.entry(name.to_owned()).or_default();
            of_name.insert(needed.to_owned());
        }
    }
    needs
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "\
version = 4

[[package]]
name = \"a\"
version = \"1.0.0\"
dependencies = [
 \"b\",
 \"syn 3.0.9\",
]

[[package]]
name = \"b\"
version = \"0.1.0\"
dependencies = [
 \"c\",
]

[[package]]
name = \"c\"
version = \"0.1.0\"
";

    #[test]
    fn finds_what_is_needed_through_others() {
        let crates = Crates {
            needs: locked(LOCK),
            ..Crates::default()
        };
        let direct: Vec<_> = crates.direct("a").collect();
        assert_eq!(direct, ["b", "syn"]);
        assert_eq!(crates.way("a", "c").unwrap(), ["a", "b", "c"]);
        assert_eq!(crates.way("c", "a"), None);
    }

    #[test]
    fn reads_this_workspace() {
        let crates = Crates::of_workspace(include_str!("../../Cargo.lock"));
        assert!(crates.published().any(|name| name == "dlkm-rt"));
        assert!(!crates.published().any(|name| name == "source-tests"));
        // `unicode-ident` is needed by syn, which is not of the workspace.
        let way = crates.way("dlkm-macros", "unicode-ident").unwrap();
        assert!(way.contains(&"syn".to_owned()), "{way:?}");
        // A dependency of tests does not count.
        assert_eq!(crates.way("dlkm-macros", "dlkm-rt"), None);
    }
}
