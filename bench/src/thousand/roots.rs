//! Fills the module roots.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::generate::{BUILT, MODULES, TUNABLES};
use crate::renamed::renamed;

pub(super) struct Roots {
    /// One image, and no system file.
    pub(super) one: PathBuf,
    /// All images, and no system file.
    pub(super) without_file: PathBuf,
    /// All images, and a system file with a line for each.
    pub(super) with_file: PathBuf,
    /// Where `dlkm install` puts them.
    pub(super) installed: PathBuf,
}

impl Roots {
    /// Makes the images and the roots from the modules that were built.
    pub(super) fn fill(release: &Path) -> Self {
        let folder = release.join("roots");
        // Files of an earlier run may have other names.
        clear(&folder);
        let root = |name: &str| {
            let root = folder.join(name);
            done(&root, fs::create_dir_all(&root));
            root
        };
        let roots = Roots {
            one: root("one"),
            without_file: root("without-file"),
            with_file: root("with-file"),
            installed: folder.join("installed"),
        };
        for (sort, built) in BUILT.iter().enumerate() {
            let file = release.join("modules").join(format!("{built}.so"));
            let image = done(&file, fs::read(&file));
            for first in (0..MODULES).step_by(BUILT.len()) {
                let name = name(first + sort);
                let mut names = vec![("name", *built, &*name), ("interface", built, &name)];
                // The third sort needs the first, and the fourth the second.
                let needs = sort.checked_sub(2).map(|needs| self::name(first + needs));
                if let Some(needs) = &needs {
                    names.push(("depends", BUILT[sort - 2], needs));
                }
                let file = roots.without_file.join(format!("{name}.so"));
                done(&file, fs::write(&file, renamed(&image, &names)));
            }
        }
        for image in roots.images() {
            let name = image.file_name().expect("it is a file");
            let second = roots.with_file.join(name);
            done(&second, fs::hard_link(&image, &second));
        }
        let (first, only) = (format!("{}.so", BUILT[0]), roots.one.join("m0000.so"));
        done(&only, fs::hard_link(roots.without_file.join(first), &only));
        let system = roots.with_file.join("system");
        done(&system, fs::write(&system, system_file()));
        roots
    }

    /// All images, in the order of their names.
    pub(super) fn images(&self) -> Vec<PathBuf> {
        let entries = done(&self.without_file, fs::read_dir(&self.without_file));
        let files = entries.map(|entry| done(&self.without_file, entry).path());
        let mut files: Vec<PathBuf> = files.collect();
        files.sort();
        files
    }

    /// The size of all images, in MB.
    pub(super) fn megabytes(&self) -> u64 {
        let sizes = self.images().into_iter();
        let sizes = sizes.map(|file| done(&file, fs::metadata(&file)).len());
        sizes.sum::<u64>() / 1_000_000
    }

    /// Empties the folder for `dlkm install`, except for a system file that names no module.
    pub(super) fn empty(&self) {
        clear(&self.installed);
        done(&self.installed, fs::create_dir(&self.installed));
        let system = self.installed.join("system");
        done(&system, fs::write(&system, "version 1\nverify warn\n"));
    }
}

fn clear(folder: &Path) {
    if folder.exists() {
        done(folder, fs::remove_dir_all(folder));
    }
}

fn done<T>(file: &Path, result: io::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn name(number: usize) -> String {
    format!("m{number:04}")
}

/// A line for each module, and for each tunable of those that have some.
fn system_file() -> String {
    let mut text = String::from("version 1\n");
    for number in 0..MODULES {
        let state = ["best", "auto"][number % 2];
        let _ = writeln!(text, "module {} {state}", name(number));
    }
    for number in (1..MODULES).step_by(BUILT.len()) {
        for (key, value) in TUNABLES {
            let _ = writeln!(text, "tunable {}.{key} {value}", name(number));
        }
    }
    text
}
