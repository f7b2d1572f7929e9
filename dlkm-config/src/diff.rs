//! Compares two roots.

use std::collections::BTreeMap;

use dlkm_system::SystemFile;

use crate::error::Error;
use crate::inventory::Inventory;
use crate::plan_modules;
use crate::planned::Subject;
use crate::root::Root;
use crate::tunable_values::Tunables;

/// A difference of two roots.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// What kind of thing it is. An image is a [`Subject::Digest`].
    pub subject: Subject,
    /// Its name.
    pub name: String,
    /// Its text in the first root; `None` if it is not there.
    pub left: Option<String>,
    /// Its text in the second root.
    pub right: Option<String>,
}

/// Compares two roots: images, each module and each tunable at the next boot, `verify`, keys and
/// numbers. Comments, the order of lines, saved configurations and the log do not count.
///
/// ```
/// # let (one, other) = (tempfile::tempdir()?, tempfile::tempdir()?);
/// # std::fs::write(other.path().join("system"), "version 1\nverify warn\n")?;
/// use dlkm_config::{Root, diff};
///
/// let differences = diff(&Root::open(one.path())?, &Root::open(other.path())?)?;
/// assert_eq!(differences[0].left.as_deref(), Some("off"));
/// assert_eq!(differences[0].right.as_deref(), Some("warn"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A file of a root can't be read, or its system file can't be understood.
pub fn diff(left: &Root, right: &Root) -> Result<Vec<Difference>, Error> {
    let (mut left, mut right) = (content(left)?, content(right)?);
    let mut keys: Vec<Key> = left.keys().chain(right.keys()).cloned().collect();
    keys.sort();
    keys.dedup();
    let differences = keys.into_iter().filter_map(|key| {
        let (left, right) = (left.remove(&key), right.remove(&key));
        let (subject, name) = (Subject::ALL[key.0], key.1);
        (left != right).then_some(Difference {
            subject,
            name,
            left,
            right,
        })
    });
    Ok(differences.collect())
}

/// The place of the subject among all, and the name.
type Key = (usize, String);

fn content(root: &Root) -> Result<BTreeMap<Key, String>, Error> {
    let inventory = Inventory::read(root)?;
    let images = root.images()?;
    let system = root.system()?;
    let mut found = BTreeMap::new();
    let mut put = |subject: Subject, name: &str, text: String| {
        let place = Subject::ALL.iter().position(|one| *one == subject);
        found.insert((place.unwrap_or_default(), name.to_owned()), text);
    };
    for module in inventory.modules() {
        let digest = images.digest(&module.name)?;
        let text = format!("{} {digest}", module.version);
        put(Subject::Digest, &module.name, text);
        let text = plan_modules::text(system.as_ref(), &module.name, Some(module));
        put(Subject::Module, &module.name, text);
    }
    for image in inventory.damaged() {
        let name = image.file.file_stem().unwrap_or_default().to_string_lossy();
        put(Subject::Digest, &name, image.to_string());
    }
    let lines = system.as_ref().map_or(&[][..], SystemFile::modules).iter();
    for line in lines.filter(|line| inventory.module(&line.name).is_none()) {
        let text = plan_modules::text(system.as_ref(), &line.name, None);
        put(Subject::Module, &line.name, text);
    }
    for tunable in Tunables::of(system.as_ref(), &inventory).iter() {
        put(Subject::Tunable, &tunable.name, tunable.text());
    }
    let verify = system.as_ref().map(SystemFile::verify).unwrap_or_default();
    put(Subject::Verify, "", verify.to_string());
    for key in system.iter().flat_map(SystemFile::keys) {
        put(Subject::Key, key, key.to_owned());
    }
    for one in root.numbers()? {
        let name = format!("{} {}", one.class, one.name);
        put(Subject::Number, &name, one.number.to_string());
    }
    Ok(found)
}
