//! The files of the repository, or of a made-up one.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Texts by path. Paths are relative to the repository's root and have `/` between names.
#[derive(Debug, Default)]
pub struct Files(BTreeMap<String, String>);

impl Files {
    /// The files that git tracks, and the new ones that it does not ignore.
    ///
    /// # Panics
    ///
    /// If git can't list them.
    pub fn of_repository() -> Files {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let listed = Command::new("git")
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(&root)
            .output()
            .expect("git runs");
        assert!(
            listed.status.success(),
            "git ls-files: {}",
            String::from_utf8_lossy(&listed.stderr)
        );
        let listed = String::from_utf8(listed.stdout).expect("the paths are UTF-8");
        let texts = listed.split_terminator('\0').filter_map(|path| {
            // A file that was deleted is still listed until the next commit.
            let bytes = std::fs::read(root.join(path)).ok()?;
            Some((
                path.to_owned(),
                String::from_utf8_lossy(&bytes).into_owned(),
            ))
        });
        Files(texts.collect())
    }

    /// Made-up files: pairs of path and text.
    pub fn made_up(files: &[(&str, &str)]) -> Files {
        let texts = files
            .iter()
            .map(|(path, text)| (path.to_string(), text.to_string()));
        Files(texts.collect())
    }

    /// The text of a file, if there is one.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// All paths, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The paths below `folder` that end in `.rs`.
    pub fn sources<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        self.paths()
            .filter(move |path| below(path, folder).is_some() && path.ends_with(".rs"))
    }
}

/// The rest of `path` after `folder/`.
pub fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    path.strip_prefix(folder)?.strip_prefix('/')
}
