//! A workspace that the benchmark writes and builds: hosts and modules in numbers that no one would
//! write by hand.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the workspace.
pub(crate) struct Workspace {
    place: PathBuf,
}

impl Workspace {
    /// Writes the manifest. All folders in `place` but `target` are members.
    pub(crate) fn new(place: &Path) -> Self {
        let place = place.to_owned();
        let workspace = Workspace { place };
        workspace.put(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\nexclude = [\"target\"]\n\n\
             [profile.release]\nstrip = true\n",
        );
        if !workspace.place.join("Cargo.lock").exists() {
            workspace.put("Cargo.lock", include_str!("../../Cargo.lock"));
        }
        workspace
    }

    /// Writes a crate of one source file. It depends on dlkm, and on what the lines `more` say.
    pub(crate) fn krate(&self, name: &str, more: &str, file: &str, source: &str) {
        let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dlkm-rt");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [dependencies]\ndlkm-rt = {{ path = {runtime:?} }}\n{more}"
        );
        self.put(&format!("{name}/Cargo.toml"), &manifest);
        self.put(&format!("{name}/src/{file}"), source);
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.place.join(path);
        // Cargo does not rebuild what has not changed.
        if fs::read_to_string(&path).is_ok_and(|there| there == text) {
            return;
        }
        fs::create_dir_all(path.parent().expect("a file lies in a folder"))
            .and_then(|()| fs::write(&path, text))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}
