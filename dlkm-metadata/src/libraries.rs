//! Libraries that an image has beside itself.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::small::list;

/// The libraries that an image needs, if it names folders for them relative to its own: `$ORIGIN` in
/// its run path. Otherwise it has none.
///
/// The dynamic linker takes that folder from the name by which it opens the image, which may be
/// another name than that of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Libraries {
    names: Vec<OsString>,
    folders: Vec<OsString>,
}

/// How `ld.so` writes the folder of an image.
const WORDS: [&[u8]; 2] = [b"$ORIGIN", b"${ORIGIN}"];

impl Libraries {
    /// Of an image that needs libraries of these names, and has this run path.
    pub(crate) fn new<'a>(names: impl Iterator<Item = &'a [u8]>, run_path: &[u8]) -> Self {
        let folders = run_path.split(|byte| *byte == b':');
        let folders = list(folders.map(|one| OsString::from_vec(one.to_owned())));
        let relative = folders.iter().any(|one| origin(one.as_bytes()).is_some());
        if !relative {
            return Libraries::default();
        }
        let plain = names.filter(|name| !name.contains(&b'/'));
        Libraries {
            names: list(plain.map(|name| OsString::from_vec(name.to_owned()))),
            folders,
        }
    }

    /// The names of the libraries.
    pub fn names(&self) -> impl Iterator<Item = &OsStr> {
        self.names.iter().map(OsString::as_os_str)
    }

    /// The folders in which they are, in this order, for an image in the folder `own`.
    pub fn folders(&self, own: &Path) -> Vec<PathBuf> {
        let folders = self.folders.iter().map(|folder| folder.as_bytes());
        folders
            .map(|folder| match origin(folder) {
                Some(rest) => {
                    let mut path = own.as_os_str().as_bytes().to_owned();
                    path.extend_from_slice(rest);
                    OsString::from_vec(path).into()
                }
                None => Path::new(OsStr::from_bytes(folder)).to_owned(),
            })
            .collect()
    }
}

/// What follows the image's folder, if the text begins with it.
fn origin(folder: &[u8]) -> Option<&[u8]> {
    let mut words = WORDS.iter();
    let rest = words.find_map(|word| folder.strip_prefix(*word))?;
    // `$ORIGINAL` is another word.
    (rest.is_empty() || rest.starts_with(b"/")).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn libraries(run_path: &str) -> Libraries {
        Libraries::new(
            [&b"liba.so"[..], b"/b/libb.so"].into_iter(),
            run_path.as_bytes(),
        )
    }

    #[test]
    fn folders_are_relative_to_the_images_own() {
        let folders =
            libraries("$ORIGIN:${ORIGIN}/../lib:/usr/lib:$ORIGINAL").folders("/m".as_ref());
        let expected = ["/m", "/m/../lib", "/usr/lib", "$ORIGINAL"].map(PathBuf::from);
        assert_eq!(folders, expected);
        assert_eq!(
            libraries("$ORIGIN").names().collect::<Vec<_>>(),
            ["liba.so"]
        );
    }

    #[test]
    fn without_such_a_folder_there_are_none() {
        assert_eq!(libraries("/usr/lib:/opt/$LIB"), Libraries::default());
        assert_eq!(libraries(""), Libraries::default());
    }
}
