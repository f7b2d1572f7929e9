//! The module root: the folder with the installed images.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Component, Path, PathBuf};

use dlkm_metadata::Metadata;

/// The extension of an image's file name.
const EXTENSION: &str = "so";

/// The path of a module's image in a root, or `None` if the module's name can't be a file name.
pub(crate) fn image_path(root: &Path, module: &str) -> Option<PathBuf> {
    let mut components = Path::new(module).components();
    let plain = matches!(components.next(), Some(Component::Normal(name)) if name == module)
        && !module.starts_with('.')
        && !module.contains('\0');
    plain.then(|| root.join(format!("{module}.{EXTENSION}")))
}

/// Copies an image to its place. Returns `false` if an identical image was already there; it is not
/// touched.
///
/// An error comes with the step that failed.
pub(crate) fn install(image: &Path, place: &Path) -> Result<bool, (&'static str, io::Error)> {
    let root = place.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(root).map_err(|error| ("create the module root", error))?;
    if same(image, place).map_err(|error| ("compare with the installed image", error))? {
        return Ok(false);
    }
    copy(image, root, place).map_err(|error| ("copy the image", error))?;
    Ok(true)
}

/// Writes a temporary file beside the place, and renames it. A running host has the old file mapped.
/// Writing to that file would change the host's code; after a rename, the host keeps the old file.
fn copy(image: &Path, root: &Path, place: &Path) -> io::Result<()> {
    let mut from = File::open(image)?;
    let mut temporary = tempfile::Builder::new()
        .prefix(".dlkm-")
        .suffix(".tmp")
        .tempfile_in(root)?;
    io::copy(&mut from, temporary.as_file_mut())?;
    temporary
        .as_file()
        .set_permissions(from.metadata()?.permissions())?;
    temporary.persist(place)?;
    Ok(())
}

/// Whether `installed` is a regular file with the same contents.
fn same(image: &Path, installed: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(installed) {
        Ok(metadata) if metadata.is_file() && metadata.len() == fs::metadata(image)?.len() => {}
        Ok(_) => return Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    }
    let (mut left, mut right) = (
        BufReader::new(File::open(image)?),
        BufReader::new(File::open(installed)?),
    );
    let (mut left_part, mut right_part) = ([0; 16 * 1024], [0; 16 * 1024]);
    loop {
        let length = left.read(&mut left_part)?;
        if length == 0 {
            return Ok(true);
        }
        match right.read_exact(&mut right_part[..length]) {
            Ok(()) if left_part[..length] == right_part[..length] => {}
            Ok(()) => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
        }
    }
}

/// The sorted file names of the images in the root that are not among `known`, without stub modules, which
/// are built apart from modules.
pub(crate) fn other_images(root: &Path, known: &[PathBuf]) -> Vec<String> {
    let entries = fs::read_dir(root)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let is_image = |path: &PathBuf| path.extension().is_some_and(|suffix| suffix == EXTENSION);
    let mut found: Vec<String> = entries
        .filter(|path| is_image(path) && !known.contains(path) && !is_stub_module(path))
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect();
    found.sort();
    found
}

fn is_stub_module(image: &Path) -> bool {
    Metadata::read(image).is_ok_and(|metadata| metadata.stub_of().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_path_stays_in_the_module_root() {
        let root = Path::new("root");
        assert_eq!(image_path(root, "shm"), Some("root/shm.so".into()));
        assert_eq!(
            image_path(root, "net-ip_v4.2"),
            Some("root/net-ip_v4.2.so".into())
        );
        for bad in [
            "",
            ".",
            "..",
            ".hidden",
            "/etc/passwd",
            "a/b",
            "../a",
            "a/",
            "a\0b",
        ] {
            assert_eq!(image_path(root, bad), None, "{bad:?}");
        }
    }

    #[test]
    fn an_image_is_installed_once_and_replaced_if_it_differs() {
        let dir = tempfile::tempdir().unwrap();
        let (image, place) = (dir.path().join("libx.so"), dir.path().join("modules/x.so"));
        for (contents, changed) in [
            ("one", true),
            ("one", false),
            ("two", true),
            ("longer", true),
        ] {
            fs::write(&image, contents).unwrap();
            assert_eq!(install(&image, &place).unwrap(), changed);
            assert_eq!(fs::read_to_string(&place).unwrap(), contents);
        }
        let left: Vec<_> = fs::read_dir(dir.path().join("modules")).unwrap().collect();
        assert_eq!(left.len(), 1, "a temporary file is left");
    }

    #[test]
    fn a_failed_install_names_its_step() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("image"), "x").unwrap();
        fs::write(dir.path().join("file"), "in the way").unwrap();
        let (step, _) =
            install(&dir.path().join("image"), &dir.path().join("file/x.so")).unwrap_err();
        assert_eq!(step, "create the module root");
    }
}
