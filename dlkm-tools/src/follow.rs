//! Follows the system file of a module root: which modules it wants linked into the host, and how an
//! image gets into a root that has the file.

use std::path::Path;
use std::time::Duration;

use dlkm_config::{By, Root};
use dlkm_system::Choice;

use crate::error::Error;

/// How long another tool may change the root before this is an error.
const WAIT: Duration = Duration::from_secs(30);

/// The root, if there is a system file in it.
pub(crate) fn configured(root: &Path) -> Result<Option<Root>, Error> {
    if !root.join(dlkm_system::FILE_NAME).exists() {
        return Ok(None);
    }
    Root::open(root).map(Some).map_err(Error::Configuration)
}

/// The modules that the system file wants to be static.
pub(crate) fn linked_modules(root: &Path) -> Result<Vec<String>, Error> {
    let Some(root) = configured(root)? else {
        return Ok(Vec::new());
    };
    let system = root.system().map_err(Error::Configuration)?;
    let lines = system.iter().flat_map(|system| system.modules());
    let linked = lines.filter(|line| line.choice == Choice::Static);
    Ok(linked.map(|line| line.name.to_string()).collect())
}

/// Installs an image with all that belongs to it: its line in the system file, if it has none, its
/// digest, and an entry of the log. Returns whether anything has changed.
pub(crate) fn install(root: &Root, image: &Path) -> Result<bool, Error> {
    let locked = root.lock(WAIT).map_err(Error::Configuration)?;
    let by = By::now("cargo dlkm build");
    let installed = locked.install(image, true, &by);
    Ok(installed.map_err(Error::Configuration)?.changed)
}
