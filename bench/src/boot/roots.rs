//! Fills the module roots.

use std::fs;
use std::path::{Path, PathBuf};

use super::generate::NAMED;
use crate::renamed::renamed;

/// Module files in the full root.
const FILES: usize = 1000;

/// Makes the roots `few`, `two` and `many` from the images that were built. Returns their folder.
pub(super) fn fill(release: &Path) -> PathBuf {
    let (built, roots) = (release.join("modules"), release.join("roots"));
    // Files of an earlier run may have other names.
    if roots.exists() {
        fs::remove_dir_all(&roots).unwrap_or_else(|error| panic!("{}: {error}", roots.display()));
    }
    let named = format!("many{NAMED}");
    let read = |module: &str| {
        let file = built.join(format!("{module}.so"));
        fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    };
    let put = |root: &str, module: &str, image: &[u8]| {
        let file = roots.join(root).join(format!("{module}.so"));
        fs::create_dir_all(roots.join(root))
            .and_then(|()| fs::write(&file, image))
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    };
    for (module, in_roots) in [
        ("few", &["few", "many"]),
        (&named, &["two", "many"]),
        ("another", &["two", "many"]),
    ] {
        let image = read(module);
        in_roots.iter().for_each(|root| put(root, module, &image));
    }
    // Modules that are never called: one image under other names.
    let image = read(&named);
    for i in 0..FILES - 3 {
        let other = format!("o{i:0width$}", width = named.len() - 1);
        let names = ["name", "interface"].map(|key| (key, &*named, &*other));
        put("many", &other, &renamed(&image, &names));
    }
    roots
}
