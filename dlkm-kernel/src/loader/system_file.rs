//! The system file of a module root.

use std::path::Path;
use std::sync::Arc;

use dlkm_system::SystemFile;

use super::{ModuleRoot, exposure, root_files};
use crate::error::{BootError, Cause, Failed, boot_error};
use crate::os;

/// Reads it, if there is one. Who can change it decides what the host loads, so the rule for images
/// holds for it too.
///
/// # Errors
/// It can't be read, others can change it, or it can't be understood.
pub(crate) fn read(root: &ModuleRoot) -> Result<Option<SystemFile>, BootError> {
    let Some(folder) = root.path() else {
        return Ok(None);
    };
    let system = |source| {
        BootError::from(boot_error::System {
            source: Arc::new(source),
        })
    };
    let Some(file) = SystemFile::open(folder).map_err(system)? else {
        return Ok(None);
    };
    let path = folder.join(dlkm_system::FILE_NAME);
    let rights = root_files::rights(root, &file).map_err(|source| {
        let file = path.clone();
        system(dlkm_system::ReadSystemError::Io { file, source })
    })?;
    if let Some([of_root, of_file]) = rights
        && of_file.is_file
    {
        let check = |path: &Path, rights| exposure::check(path, rights, os::user());
        check(folder, of_root)
            .and_then(|()| check(&path, of_file))
            .map_err(exposed)?;
    }
    SystemFile::read_open(folder, &file)
        .map(Some)
        .map_err(system)
}

fn exposed(cause: Failed) -> BootError {
    match &*cause {
        Cause::Exposed { file, reason, .. } => BootError::from(boot_error::Exposed {
            file: file.clone(),
            reason: reason.clone(),
        }),
        // The check has no other error.
        other => BootError::from(boot_error::Exposed {
            file: Default::default(),
            reason: format!("{other}"),
        }),
    }
}
