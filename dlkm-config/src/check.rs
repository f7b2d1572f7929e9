//! Everything that would go wrong at the next boot, all at once.

use std::fmt;

use dlkm_system::{Choice, SystemFile, Verify, Warning, same_name};
use dlkm_verify::KeyError;

use crate::digests::{Compared, trust};
use crate::error::Error;
use crate::inventory::Inventory;
use crate::problems::{absent, faults, problems, unknown_tunables};
use crate::refusal::Refusal;
use crate::root::Root;

/// The result of checking a root.
#[derive(Debug, Default)]
pub struct Report {
    /// Findings that would make something fail at the next boot.
    pub errors: Vec<Finding>,
    /// Findings that do no harm.
    pub warnings: Vec<Finding>,
    /// What may be as it is meant.
    pub notes: Vec<Finding>,
}

/// Something that a check has found. The message says what to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum Finding {
    /// A file can't be read or understood.
    File(Error),
    /// A reason for which a change would be refused.
    Refusal(Refusal),
    /// An image can't be used. The text names it and says why.
    Image(String),
    /// A key in the system file is none.
    Key(KeyError),
    /// An image is not the one that was recorded, or its signature is not valid.
    #[allow(missing_docs)]
    Digest { module: String, found: Compared },
    /// Two lines of the system file speak of one thing.
    Line(Warning),
    /// A line is about a tunable that no installed module has.
    #[allow(missing_docs)]
    UnknownTunable { name: String, line: usize },
    /// A module is static, and has no image. Only its host knows whether it is there.
    #[allow(missing_docs)]
    OnlyLinked { name: String, line: usize },
    /// A line is about a module that is not installed, and that is unused.
    #[allow(missing_docs)]
    UnknownModule { name: String, line: usize },
    /// A module that is used wants others before or after it, and they are not installed.
    #[allow(missing_docs)]
    Absent { module: String, wants: Vec<String> },
    /// A line chooses another state for a module that is linked into the host.
    #[allow(missing_docs)]
    Linked {
        module: String,
        line: usize,
        choice: Choice,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::File(error) => error.fmt(f),
            Finding::Refusal(refusal) => refusal.fmt(f),
            Finding::Image(problem) => f.write_str(problem),
            Finding::Key(error) => write!(f, "`system`: {error}; correct the line"),
            Finding::Digest { module, found } => write!(f, "the module `{module}` {found}"),
            Finding::Line(warning) => warning.fmt(f),
            Finding::UnknownTunable { name, line } => write!(
                f,
                "`system`, line {line}: no installed module has the tunable `{name}`; remove the \
                 line"
            ),
            Finding::OnlyLinked { name, line } => write!(
                f,
                "`system`, line {line}: the module `{name}` is static and has no image here; it must be \
                 linked into the host"
            ),
            Finding::UnknownModule { name, line } => write!(
                f,
                "`system`, line {line}: the module `{name}` is not installed; remove the line"
            ),
            Finding::Absent { module, wants } => write!(
                f,
                "the module `{module}` is used without {}, which it would like to have loaded with \
                 it; install it if you need it",
                wants
                    .iter()
                    .map(|name| format!("`{name}`"))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
            Finding::Linked {
                module,
                line,
                choice,
            } => write!(
                f,
                "`system`, line {line}: the module `{module}` is linked into the host, so it can't \
                 be `{choice}`; build the host without it"
            ),
        }
    }
}

impl Report {
    /// Whether nothing would go wrong.
    pub fn is_good(&self) -> bool {
        self.errors.is_empty()
    }
}

impl Root {
    /// Finds everything that would go wrong at the next boot. If the system file says `verify warn`
    /// or `verify enforce`, it reads all images and compares them with their records, and with their signatures if the
    /// file has keys.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("system"), "version 1\nmodule shm auto\n")?;
    /// use dlkm_config::{Inventory, Root};
    ///
    /// let root = Root::open(folder.path())?;
    /// let report = root.check(&Inventory::read(&root)?);
    /// assert_eq!(report.errors[0].to_string(), "no module `shm` is installed");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check(&self, inventory: &Inventory) -> Report {
        self.check_with(inventory, &mut || {})
    }

    /// Like [`check`](Self::check). After each image that is compared it calls `compared`.
    pub fn check_with(&self, inventory: &Inventory, compared: &mut dyn FnMut()) -> Report {
        let mut report = Report::default();
        let system = match self.system() {
            Ok(system) => system,
            Err(error) => {
                report.errors.push(Finding::File(error));
                None
            }
        };
        let damaged = images(inventory, system.as_ref(), &mut report);
        for refusal in problems(system.as_ref(), inventory) {
            // The image is there, and is reported itself.
            let known = matches!(&refusal, Refusal::UnknownModule { name, .. }
                if damaged.iter().any(|one| same_name(one, name)));
            if !known {
                report.errors.push(Finding::Refusal(refusal));
            }
        }
        let harmless = faults(system.as_ref(), inventory, false).into_iter();
        report.warnings.extend(harmless.map(Finding::Refusal));
        for (module, wants) in absent(system.as_ref(), inventory) {
            report.notes.push(Finding::Absent { module, wants });
        }
        if let Some(system) = &system {
            lines(system, inventory, &mut report);
        }
        let verify = system.as_ref().map(SystemFile::verify).unwrap_or_default();
        self.trusted(verify, system.as_ref(), inventory, compared, &mut report);
        for error in [self.numbers().err(), self.log().err()] {
            report.errors.extend(error.map(Finding::File));
        }
        report
    }

    fn trusted(
        &self,
        verify: Verify,
        system: Option<&SystemFile>,
        inventory: &Inventory,
        compared: &mut dyn FnMut(),
        report: &mut Report,
    ) {
        let trust = match trust(system) {
            Ok(trust) => trust,
            Err(error) => {
                match verify {
                    Verify::Off => report.warnings.push(Finding::Key(error)),
                    _ => report.errors.push(Finding::Key(error)),
                }
                return;
            }
        };
        let results = match verify {
            Verify::Off => self.image_records().map(|_| Vec::new()),
            _ => self.compare_images_with(inventory, &trust, compared),
        };
        match results {
            Err(error) => report.errors.push(Finding::File(error)),
            Ok(all) => {
                for (module, found) in all {
                    let harmless = verify != Verify::Enforce || found == Compared::Missing;
                    let list = match harmless {
                        _ if found == Compared::Same => continue,
                        true => &mut report.warnings,
                        false => &mut report.errors,
                    };
                    list.push(Finding::Digest { module, found });
                }
            }
        }
    }
}

/// Images that can't be used. Returns the names of their modules.
fn images(inventory: &Inventory, system: Option<&SystemFile>, report: &mut Report) -> Vec<String> {
    let mut names = Vec::new();
    for image in inventory.damaged() {
        let name = image.file.file_stem().unwrap_or_default().to_string_lossy();
        let used = system.is_none_or(|system| {
            let line = system.module(&name);
            line.is_some_and(|line| line.choice != Choice::Unused)
        });
        let finding = Finding::Image(image.to_string());
        match used {
            true => report.errors.push(finding),
            false => report.warnings.push(finding),
        }
        names.push(name.into_owned());
    }
    names
}

/// Warnings about lines of the file.
fn lines(system: &SystemFile, inventory: &Inventory, report: &mut Report) {
    let warnings = system.warnings().iter().cloned();
    report.warnings.extend(warnings.map(Finding::Line));
    for line in system.modules() {
        let (name, choice) = (line.name.to_string(), line.choice);
        let line = line.line;
        match inventory.module(&name) {
            None if choice == Choice::Unused => {
                report.warnings.push(Finding::UnknownModule { name, line });
            }
            None if choice == Choice::Static => {
                report.notes.push(Finding::OnlyLinked { name, line });
            }
            Some(module) if module.linked => {
                let module = name;
                let finding = Finding::Linked {
                    module,
                    line,
                    choice,
                };
                match choice {
                    Choice::Unused => report.errors.push(finding),
                    Choice::Loaded | Choice::Auto => report.warnings.push(finding),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    for (name, line) in unknown_tunables(Some(system), inventory) {
        report.warnings.push(Finding::UnknownTunable { name, line });
    }
}
