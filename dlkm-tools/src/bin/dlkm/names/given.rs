//! The system file that `-S` of the first generation gives, in place of the root's.

use std::fs;
use std::path::{Path, PathBuf};

use dlkm_config::{Change, GivenFile, Plan, PlanOptions};

use crate::change::{self, Changed, How};
use crate::failure::Failure;
use crate::place::Place;
use crate::view::View;

/// Which system file a command works on.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Given {
    /// System file to work on [default: `system` in the module root]
    #[arg(short = 'S', value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Given {
    /// The file, unless it is the root's own.
    fn other(&self, place: &Place) -> Option<&Path> {
        let file = self.file.as_deref()?;
        let own = fs::canonicalize(place.root.path().join(dlkm_system::FILE_NAME));
        let same = own.is_ok_and(|own| fs::canonicalize(file).is_ok_and(|file| file == own));
        Some(file).filter(|_| !same)
    }

    /// The root, as the file plans its modules and tunables. Running kernels are as they are.
    pub(super) fn view(&self, place: Place) -> Result<View, Failure> {
        match self.other(&place) {
            None => View::of(place),
            Some(file) => View::with(place, Some(GivenFile::open(file)?.system()?)),
        }
    }

    /// Changes the file. Running kernels don't follow.
    pub(super) fn change(
        &self,
        place: &Place,
        changes: &[Change],
        comment: &str,
    ) -> Result<Changed, Failure> {
        let options = PlanOptions::default().hold(true);
        let Some(file) = self.other(place) else {
            let how = How {
                hold: true,
                comment: comment.to_owned(),
                ..How::default()
            };
            return change::system(place, &how, |text, inventory| {
                Ok(Plan::new(text, inventory, changes, options)?)
            });
        };
        let given = GivenFile::open(file)?;
        let (inventory, _) = crate::view::inventory(&place.root, place.kernels.clone())?;
        let plan = Plan::new(Some(given.text()), &inventory, changes, options)?;
        given.replace(plan.text())?;
        Ok(Changed {
            planned: plan.changes().to_vec(),
            ..Changed::default()
        })
    }
}
