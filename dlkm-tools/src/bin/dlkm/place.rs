//! Finds the module root that a command is about, and the kernels that run on it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use dlkm_client::Running;
use dlkm_config::Root;

use crate::failure::Failure;
use crate::message::Message;

/// A module root, and the kernels that run on it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) root: Root,
    pub(crate) kernels: Vec<Running>,
}

impl Place {
    /// The root that is named; or that of `DLKM_ROOT`; or that of the running kernels, if all have the
    /// same; or the folder `modules` here or in `target/debug`.
    pub(crate) fn find(named: Option<&Path>) -> Result<Self, Failure> {
        let running = kernels()?;
        let path = match named {
            Some(path) => path.to_owned(),
            None => match env::var_os("DLKM_ROOT").filter(|value| !value.is_empty()) {
                Some(path) => PathBuf::from(path),
                None => guess(&running)?,
            },
        };
        let root = Root::open(&path)?;
        let own = fs::canonicalize(&path)?;
        let is_own = |one: &Running| {
            let root = one.root().map(fs::canonicalize);
            root.and_then(Result::ok).as_deref() == Some(&own)
        };
        let kernels = running.into_iter().filter(is_own).collect();
        Ok(Place { root, kernels })
    }
}

/// All kernels of this user that can be reached.
pub(crate) fn kernels() -> Result<Vec<Running>, Failure> {
    dlkm_client::kernels().map_err(|error| {
        Failure::of(
            Message::KernelGone,
            format_args!("running kernels can't be looked for: {error}"),
        )
    })
}

fn guess(running: &[Running]) -> Result<PathBuf, Failure> {
    let mut roots: Vec<&Path> = running.iter().filter_map(Running::root).collect();
    roots.sort();
    roots.dedup();
    match roots[..] {
        [root] => return Ok(root.to_owned()),
        [] => {}
        _ => {
            let names: Vec<_> = roots
                .iter()
                .map(|root| root.display().to_string())
                .collect();
            return Err(Failure::of(
                Message::SeveralRoots,
                format_args!(
                    "kernels run on {} module roots: {}; choose one with --root",
                    roots.len(),
                    names.join(", ")
                ),
            ));
        }
    }
    let here = ["modules", "target/debug/modules"].map(Path::new);
    match here.into_iter().find(|path| path.is_dir()) {
        Some(path) => Ok(path.to_owned()),
        None => Err(Failure::of(
            Message::NoRoot,
            "no kernel runs, and there is neither a folder `modules` nor `target/debug/modules` \
             here; name the module root with --root or with the variable DLKM_ROOT",
        )),
    }
}
