//! The system file of a module root.

use std::path::Path;
use std::sync::Arc;

use dlkm_system::SystemFile;

use super::{ModuleRoot, exposure, root_files};
use crate::error::{BootError, Cause, Failed, boot_error};
use crate::os::{self, About};

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
    let io_error = |source| {
        let file = path.clone();
        system(dlkm_system::ReadSystemError::Io { file, source })
    };
    if let Some(of_root) = root_files::folder_rights(root).map_err(io_error)? {
        let of_file = About::of(&file).map_err(io_error)?.rights();
        let check = |path: &Path, rights| exposure::check(path, rights, os::user());
        if of_file.is_file {
            check(folder, of_root)
                .and_then(|()| check(&path, of_file))
                .map_err(exposed)?;
        }
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
