//! What the images of the root say of themselves: read once, and again when a file has changed.

use std::cmp::Ordering;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{ModuleRoot, OpenFile, exposure, root_files};
use crate::error::Failed;
use crate::metadata::Metadata;
use crate::os::{self, About, Rights, Stamp};
use crate::sorted::sort_by;

/// The images of a root. To read them takes long, so each is kept until its file changes.
#[derive(Debug)]
pub(super) struct Index {
    /// The folder before it was listed, if every later change of the folder gives it another stamp.
    listed: Option<Stamp>,
    /// The user who could read the files.
    user: u32,
    /// Sorted by path.
    images: Vec<Image>,
    /// Each interface of each image, and the image's position, sorted. Made when it is first needed.
    interfaces: Option<Vec<(Box<str>, usize)>>,
}

/// A file that should be an image.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) path: PathBuf,
    /// What it says of itself.
    pub(super) found: Result<Metadata, Failed>,
    /// The file, if every change since it was read gives it another stamp.
    stamp: Option<Stamp>,
}

impl Index {
    /// The index in `kept`; a new one if the folder has changed. (It does not look at the files in it:
    /// to replace one changes the folder.)
    ///
    /// # Errors
    /// The folder can't be listed.
    pub(super) fn current<'a>(
        kept: &'a mut Option<Self>,
        root: &ModuleRoot,
    ) -> io::Result<&'a mut Self> {
        let folder = root.path().and_then(stamp);
        let is_same = |index: &Index| index.listed.is_some() && index.listed == folder;
        match kept.take_if(|index| is_same(index)) {
            Some(index) => Ok(kept.insert(index)),
            None => Index::renewed(kept, root),
        }
    }

    /// The same, after a look at each file.
    ///
    /// # Errors
    /// The folder can't be listed.
    pub(super) fn renewed<'a>(
        kept: &'a mut Option<Self>,
        root: &ModuleRoot,
    ) -> io::Result<&'a mut Self> {
        let begin = SystemTime::now();
        let (user, folder) = (os::user(), root.path());
        let listed = folder.and_then(stamp);
        let mut paths = root_files::files(root)?;
        sort_by(&mut paths, |one, other| order(one, other));
        let rights = root_files::folder_rights(root)?;
        let is_usable = |index: &Index| index.user == user && !is_exposed(root, rights, user);
        let kept_before = kept.take().filter(is_usable);
        let (images, mut interfaces) =
            kept_before.map_or((Vec::new(), None), |index| (index.images, index.interfaces));
        let count = images.len();
        let mut before = images.into_iter().peekable();
        let mut same = 0;
        let mut images = Vec::with_capacity(paths.len());
        for path in paths {
            while before
                .next_if(|image| order(&image.path, &path) == Ordering::Less)
                .is_some()
            {}
            let image = before.next_if(|image| order(&image.path, &path) == Ordering::Equal);
            images.push(match image.filter(Image::is_unchanged) {
                Some(image) => {
                    same += 1;
                    image
                }
                None => Image::read(root, rights, path, begin),
            });
        }
        if same != count || same != images.len() {
            interfaces = None;
        }
        Ok(kept.insert(Index {
            listed: listed.filter(|folder| folder.shows_changes_after(begin)),
            user,
            images,
            interfaces,
        }))
    }

    /// All files that should be images, sorted.
    pub(super) fn images(&self) -> &[Image] {
        &self.images
    }

    /// The modules that provide the interface of a switch table.
    pub(super) fn all(&mut self, interface: &str) -> impl Iterator<Item = &Metadata> {
        let of_interface = self.providing(interface).map(|(_, metadata)| metadata);
        of_interface.filter(move |metadata| {
            metadata
                .interface(interface)
                .is_some_and(|one| one.is_switch())
        })
    }

    /// A module that provides the interface and is `used`, and the images of all that are, sorted.
    pub(super) fn providers(
        &mut self,
        interface: &str,
        used: &dyn Fn(&str) -> bool,
    ) -> (Option<&str>, Vec<&Path>) {
        let mut module = None;
        let mut files: Vec<&Path> = Vec::new();
        for (file, metadata) in self.providing(interface) {
            if used(metadata.name()) {
                module = Some(metadata.name());
                files.push(file);
            }
        }
        files.dedup();
        (module, files)
    }

    /// The images that provide an interface, sorted. One that lists it twice is there twice.
    fn providing(&mut self, interface: &str) -> impl Iterator<Item = (&Path, &Metadata)> {
        let images = &self.images;
        let all = self.interfaces.get_or_insert_with(|| interfaces(images));
        let first = all.partition_point(|(name, _)| **name < *interface);
        let same = all[first..]
            .iter()
            .take_while(move |(name, _)| **name == *interface);
        same.filter_map(|(_, at)| {
            let image = &images[*at];
            Some((&*image.path, image.found.as_ref().ok()?))
        })
    }
}

impl Image {
    /// Reads it; what happens to the file after `begin` may not be in what was read.
    fn read(root: &ModuleRoot, rights: Option<Rights>, path: PathBuf, begin: SystemTime) -> Self {
        let mut stamp = None;
        let found = OpenFile::open_in(root, &|| Ok(rights), path.clone())
            .map_err(|(_, cause)| cause)
            .and_then(|image| {
                stamp = image.stamp();
                image.listed()
            });
        Image {
            path,
            found,
            stamp: stamp.filter(|stamp| stamp.shows_changes_after(begin)),
        }
    }

    /// Whether reading it again would say the same. An error may have other reasons than the file.
    fn is_unchanged(&self) -> bool {
        self.found.is_ok() && self.stamp.is_some() && self.stamp == stamp(&self.path)
    }
}

/// Each interface of each image, and the image's position, sorted.
fn interfaces(images: &[Image]) -> Vec<(Box<str>, usize)> {
    let mut all: Vec<(Box<str>, usize)> = Vec::new();
    for (at, image) in images.iter().enumerate() {
        for interface in image.found.iter().flat_map(Metadata::interfaces) {
            all.push((interface.name().into(), at));
        }
    }
    // Equal names stay in the order of the images.
    sort_by(&mut all, |one, other| one.0.cmp(&other.0));
    all
}

/// They are in one folder, so their bytes have the order of their names.
fn order(one: &Path, other: &Path) -> Ordering {
    let [one, other] = [one, other].map(|path| path.as_os_str().as_encoded_bytes());
    one.cmp(other)
}

/// Whether no image of the root may be used, because others can change the folder.
fn is_exposed(root: &ModuleRoot, rights: Option<Rights>, user: u32) -> bool {
    let folder = root.path().unwrap_or(Path::new(""));
    rights.is_some_and(|rights| exposure::check(folder, rights, user).is_err())
}

/// The stamp of a file or folder, or of what a link leads to.
fn stamp(path: &Path) -> Option<Stamp> {
    About::of_path(path).ok().map(|about| about.stamp())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use super::*;
    use crate::error::Cause;

    /// A folder of its own, removed at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("dlkm-{name}-{}", std::process::id()));
            fs::create_dir(&folder).unwrap();
            Folder(folder)
        }

        fn root(&self) -> ModuleRoot {
            // SAFETY: the folder is only listed; nothing in it is loaded.
            unsafe { ModuleRoot::trusted(&self.0) }
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn metadata(module: &str, interfaces: &[&str]) -> Metadata {
        let mut text = format!("format=2\0name={module}\0version=1.0.0\0kind=misc\0desc=\0");
        text += "states=auto\0depends=\0rustc=1\0commit=\0target=\0pointer=\0panic=\0";
        text += "runtime=\0sanitizer=\0flags=\0features=\0";
        for interface in interfaces {
            text += &format!("interface={interface} load-only Rust 1.0.0\0");
        }
        Metadata::parse(text.as_bytes()).unwrap()
    }

    fn image(path: PathBuf, metadata: Metadata) -> Image {
        Image {
            stamp: stamp(&path),
            path,
            found: Ok(metadata),
        }
    }

    fn index(images: Vec<Image>) -> Index {
        Index {
            listed: None,
            user: os::user(),
            images,
            interfaces: None,
        }
    }

    #[test]
    fn all_providers_are_found_each_once_and_sorted() {
        let image = |path: &str, module, all: &[&str]| image(path.into(), metadata(module, all));
        let mut index = index(vec![
            image("/one.so", "one", &["a", "a"]),
            image("/three.so", "three", &[]),
            image("/two.so", "two", &["b", "a"]),
        ]);
        let two = (Some("two"), vec![Path::new("/two.so")]);
        assert_eq!(index.providers("b", &|_| true), two);
        let (_, files) = index.providers("a", &|_| true);
        assert_eq!(files, [Path::new("/one.so"), Path::new("/two.so")]);
        let one = (Some("one"), vec![Path::new("/one.so")]);
        assert_eq!(index.providers("a", &|module| module != "two"), one);
        assert_eq!(index.providers("c", &|_| true), (None, vec![]));
        assert_eq!(index.all("a").count(), 0, "it is no switch table");
    }

    #[test]
    fn it_is_kept_while_the_folder_is_as_it_was_and_no_longer() {
        let folder = Folder::new("index-folder");
        let root = folder.root();
        let long_ago = stamp(&folder.0).unwrap();
        let later = SystemTime::now() + Duration::from_secs(5);
        assert!(long_ago.shows_changes_after(later));
        // What no listing finds marks a kept index.
        let marked = |listed| {
            let mut index = index(vec![image("/one.so".into(), metadata("one", &["a"]))]);
            index.listed = listed;
            Some(index)
        };
        let is_kept = |kept: &mut Option<Index>| {
            let index = Index::current(kept, &root).unwrap();
            !index.images.is_empty()
        };
        let mut kept = marked(Some(long_ago));
        assert!(is_kept(&mut kept));
        assert!(is_kept(&mut kept));
        assert!(!is_kept(&mut marked(None)), "a change would not have shown");
        fs::write(folder.0.join("notes"), "").unwrap();
        assert!(!is_kept(&mut kept), "the folder changed");
        fs::remove_dir_all(&folder.0).unwrap();
        assert!(Index::current(&mut marked(Some(long_ago)), &root).is_err());
        fs::create_dir(&folder.0).unwrap();
        let mut again = marked(Some(long_ago));
        assert!(!is_kept(&mut again), "it is another folder");
    }

    #[test]
    fn an_image_is_read_again_when_its_file_has_changed_and_not_before() {
        let folder = Folder::new("index-files");
        let root = folder.root();
        let files = ["a.so", "b.so", "c.so", "d.so"].map(|name| folder.0.join(name));
        for file in &files {
            fs::write(file, "no image").unwrap();
        }
        // As if they had been images when they were read.
        let all = files
            .each_ref()
            .map(|file| image(file.clone(), metadata("x", &["i"])));
        let mut kept = Some(index(all.into()));
        let found = |kept: &mut Option<Index>| {
            let index = Index::renewed(kept, &root).unwrap();
            let images = index.images().iter();
            let all = images.map(|image| {
                let name = image.path.file_stem().unwrap().to_str().unwrap();
                format!("{name}{}", if image.found.is_ok() { "+" } else { "-" })
            });
            let all: Vec<_> = all.collect();
            let providing = index.providing("i").count();
            (all.join(" "), providing)
        };
        assert_eq!(found(&mut kept), ("a+ b+ c+ d+".to_owned(), 4));
        // Another file of the same content and length; one that others may write to; a new one.
        fs::rename(&files[0], folder.0.join("old")).unwrap();
        fs::write(&files[0], "no image").unwrap();
        let mut rights = fs::metadata(&files[1]).unwrap().permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut rights, 0o666);
        fs::set_permissions(&files[1], rights).unwrap();
        fs::write(folder.0.join("bb.so"), "no image").unwrap();
        fs::remove_file(&files[2]).unwrap();
        assert_eq!(found(&mut kept), ("a- b- bb- d+".to_owned(), 1));
        let second = &kept.as_ref().unwrap().images()[1].found;
        assert!(matches!(
            **second.as_ref().unwrap_err(),
            Cause::Exposed { .. }
        ));
        // Another user may not be able to read them, or must not trust them.
        kept.as_mut().unwrap().user += 1;
        assert_eq!(found(&mut kept), ("a- b- bb- d-".to_owned(), 0));
    }
}
