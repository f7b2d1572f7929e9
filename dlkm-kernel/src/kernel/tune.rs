//! Sets tunables: before the load hook, and while the module serves.

use dlkm_metadata::small::owned;
use dlkm_system::{SystemFile, Value, same_name};

use super::mark::Mark;
use super::observe::Event;
use super::record::{Running, me};
use super::state::Kernel;
use crate::declare::tunable::{Settings, Stored, TunableRecord, TunedBy, Values, of_module, raw};
use crate::error::{Failed, LoadError, SystemLine, TunableError, cause, tunable_error};
use crate::loader::AnyWrapper;
use crate::metadata::{Metadata, TunableInfo, TunableType};

/// A tunable and its value, from [`Kernel::tunables`].
#[derive(Clone, Debug)]
pub struct TunableState {
    info: TunableInfo,
    value: String,
    set_by: TunedBy,
}

impl TunableState {
    /// Its name, without the module's.
    pub fn name(&self) -> &str {
        self.info.name()
    }

    /// What its author declares: type, range, default, description.
    pub fn info(&self) -> &TunableInfo {
        &self.info
    }

    /// Its value, in the form of the system file. If the module is not loaded, the value that it
    /// will have then.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Where the value comes from.
    pub fn set_by(&self) -> TunedBy {
        self.set_by
    }
}

impl Kernel {
    /// Sets a tunable of a loaded module, if its author says that it is `dynamic`. The value is
    /// written as in the system file: `4096`, `shm.segments*2`, `64KiB`, `250ms`, a word, a text;
    /// `default` is its default. In names, `-` and `_` are one.
    ///
    /// The author's hook may refuse the value. If it does not, readers find the new value from then
    /// on, each of them either the old one or the new one. It holds as long as the program runs:
    /// also after an upgrade, and if the module is unloaded and loaded again. The system file stays
    /// as it is.
    ///
    /// ```
    /// use dlkm_rt::{Kernel, ModuleRoot, TunableError};
    ///
    /// let kernel = Kernel::boot(ModuleRoot::none())?;
    /// let error = kernel.tune("disk", "bufsz", "64").unwrap_err();
    /// assert!(matches!(error, TunableError::NotLoaded { .. }));
    /// # Ok::<(), dlkm_rt::BootError>(())
    /// ```
    ///
    /// # Errors
    /// The module is not loaded, or has no such tunable; the tunable is not dynamic; the value is
    /// none of the tunable's; the hook refused it or panicked; or the caller is in a load, an unload
    /// or an upgrade of the module, or in a hook of this kind. The tunable has its old value.
    pub fn tune(&self, module: &str, tunable: &str, value: &str) -> Result<(), TunableError> {
        let module = &*self.spelled(module);
        let (name, value) = self.tune_loaded(module, tunable, value)?;
        // Without the mark: an observer may unload the module.
        self.observers.tell(&Event::Tuned {
            module,
            tunable: &name,
            value: &value,
        });
        Ok(())
    }

    fn tune_loaded(
        &self,
        module: &str,
        tunable: &str,
        value: &str,
    ) -> Result<(String, String), TunableError> {
        // Neither an unload nor an upgrade nor another change comes in between.
        let (running, _mark) = self.begin_tune(module)?;
        let known = running.metadata.tunables();
        let info = known.iter().find(|one| same_name(one.name(), tunable));
        let info = info.ok_or_else(|| {
            TunableError::from(tunable_error::Unknown {
                module: owned(module),
                tunable: owned(tunable),
                known: known.iter().map(|one| owned(one.name())).collect(),
            })
        })?;
        let names = || (owned(module), owned(info.name()));
        let records = records(&running);
        let Some(record) = record_of(&records, info) else {
            let (module, tunable) = names();
            let at = None;
            return Err(TunableError::from(tunable_error::OtherCompiler {
                module,
                tunable,
                at,
            }));
        };
        if !info.is_dynamic() {
            let (module, tunable) = names();
            return Err(TunableError::from(tunable_error::NotDynamic {
                module,
                tunable,
            }));
        }
        let value = Values::new(&self).typed(module, info, value)?;
        let shown = format!("{value}");
        let raw = raw(&value, info);
        if let Some(changed) = record.changed {
            changed(raw).map_err(|source| {
                let (module, tunable) = names();
                TunableError::from(tunable_error::Refused {
                    module,
                    tunable,
                    value: shown.clone(),
                    source,
                })
            })?;
        }
        record.cell.set(raw);
        self.tuned.set(module, info.name(), &shown);
        Ok((owned(info.name()), shown))
    }

    fn begin_tune<'a>(&'a self, module: &'a str) -> Result<(Running, Mark<'a>), TunableError> {
        let named = || owned(module);
        // Waiting fails if this thread itself is changing the module.
        let settled = self.control.settle_wholly(self.control.lock(), module);
        let mut table =
            settled.map_err(|_| TunableError::from(tunable_error::Inside { module: named() }))?;
        let Some(running) = table.running(module).cloned() else {
            return Err(TunableError::from(tunable_error::NotLoaded {
                module: named(),
            }));
        };
        table.record(module).upgrading = Some(me());
        let control = &self.control;
        Ok((running, Mark { control, module }))
    }

    /// The tunables of a module, sorted by name, with their values.
    ///
    /// # Errors
    /// The module does not exist or its image can't be used; or it is not loaded, and can't be,
    /// because the system file sets one of its tunables to a value that it can't have.
    pub fn tunables(&self, module: &str) -> Result<Vec<TunableState>, LoadError> {
        let module = &*self.spelled(module);
        let failed = |cause| LoadError::new(module, cause);
        let running = self.control.lock().running(module).cloned();
        let mut values = Values::new(&self);
        let Some(running) = running else {
            let found = self.catalog.find(module, None).map_err(failed)?;
            let all = found.metadata.tunables().iter().map(|info| {
                let (value, set_by) = values.of(module, info)?;
                Ok(TunableState {
                    info: info.clone(),
                    value: format!("{value}"),
                    set_by,
                })
            });
            let all: Result<_, _> = all.collect();
            return all.map_err(|source| failed(of_tunable(source)));
        };
        let records = records(&running);
        let all = running.metadata.tunables().iter().map(|info| {
            let (value, set_by) = match record_of(&records, info) {
                Some(record) => (
                    stored(&record.cell.stored(), info),
                    self.set_by(module, info),
                ),
                None => (owned(info.default()), TunedBy::Default),
            };
            TunableState {
                info: info.clone(),
                value,
                set_by,
            }
        });
        Ok(all.collect())
    }

    fn set_by(&self, module: &str, info: &TunableInfo) -> TunedBy {
        if self.tuned.get(module, info.name()).is_some() {
            return TunedBy::Tuned;
        }
        let file = self.configuration.file();
        match file
            .as_deref()
            .and_then(|file| file.tunable(module, info.name()))
        {
            Some(setting) => TunedBy::line(setting.line),
            None => TunedBy::Default,
        }
    }

    /// Reports the lines of the system file for tunables that a loaded module does not have.
    pub(super) fn tell_unknown_tunables(&self, metadata: &Metadata) {
        let module = metadata.name();
        let file = self.configuration.file();
        let lines = file.as_deref().map_or(&[][..], SystemFile::tunables);
        for setting in lines {
            let name = &*setting.name;
            let dotted = name.split_once('.');
            let joined = || {
                let (of, key) = name.split_at_checked(module.len())?;
                Some((of, key.strip_prefix('_')?))
            };
            let of_module = dotted
                .or_else(joined)
                .filter(|(of, _)| same_name(of, module));
            let Some((_, key)) = of_module else {
                continue;
            };
            let mut tunables = metadata.tunables().iter();
            let known = tunables.any(|one| same_name(one.name(), key));
            // With a `_`, it may be that of another module, or a user's own.
            if !known && (dotted.is_some() || self.is_unused(name)) {
                self.observers.tell(&Event::UnknownTunable {
                    module,
                    tunable: key,
                    line: setting.line,
                });
            }
        }
    }

    /// Whether a name is that of a line only, and no other line is computed from it.
    fn is_unused(&self, name: &str) -> bool {
        let file = self.configuration.file();
        let lines = file.as_deref().map_or(&[][..], SystemFile::tunables);
        // The words of an expression.
        let between = |sign: char| !(sign.is_alphanumeric() || sign == '.' || sign == '_');
        let uses = |value: &str| value.split(between).any(|word| same_name(word, name));
        of_module(&self, name).is_none() && !lines.iter().any(|line| uses(&line.value))
    }

    /// Sets the tunables of a module whose load hook has not run.
    ///
    /// # Errors
    /// A value is none of the tunable's. All have their defaults.
    pub(super) fn set_tunables(&self, running: &Running) -> Result<(), Failed> {
        let metadata = &running.metadata;
        let module = metadata.name();
        if let Some(astray) = running.wrapper().and_then(AnyWrapper::astray) {
            return Err(of_tunable(TunableError::from(tunable_error::Astray {
                tunable: owned(astray.name),
                declared_at: owned(astray.declared_at),
                package: owned(astray.owner.package()),
            })));
        }
        if metadata.tunables().is_empty() {
            return Ok(());
        }
        let records = records(running);
        for info in metadata.tunables() {
            if record_of(&records, info).is_none() && self.is_set(module, info) {
                return Err(of_tunable(TunableError::from(
                    tunable_error::OtherCompiler {
                        module: owned(module),
                        tunable: owned(info.name()),
                        at: self.line_for(module, info.name()).map(|setting| {
                            Box::new(SystemLine::new(self.configuration.path(), setting.line))
                        }),
                    },
                )));
            }
        }
        match records.first() {
            // Code of the image, so that the host has it only for tunables of its own.
            Some(any) => {
                let set = any.cell.set_all(&records, metadata, &self);
                set.map_err(of_tunable)
            }
            None => Ok(()),
        }
    }

    /// Whether a tunable is to have another value than its default.
    fn is_set(&self, module: &str, info: &TunableInfo) -> bool {
        let is_default =
            |text: &str| text.eq_ignore_ascii_case("default") || text == info.default();
        let line = self.line_for(module, info.name());
        self.tuned.get(module, info.name()).is_some()
            || line.is_some_and(|setting| !is_default(&setting.value))
    }
}

fn of_tunable(source: TunableError) -> Failed {
    cause::Tunable {
        source: Box::new(source),
    }
    .into()
}

/// The tunables in the module's image.
fn records(running: &Running) -> Vec<&TunableRecord> {
    let wrapper = running.wrapper();
    wrapper.map_or_else(Vec::new, |wrapper| wrapper.tunables())
}

fn record_of<'a>(records: &[&'a TunableRecord], info: &TunableInfo) -> Option<&'a TunableRecord> {
    let mut records = records.iter();
    records.find(|one| one.name == info.name()).copied()
}

/// The value that an image returned, in the form of the system file.
fn stored(stored: &Stored, info: &TunableInfo) -> String {
    let bits = match stored {
        Stored::Text(text) => return text.to_string(),
        Stored::Bits(bits) => *bits,
    };
    let value = match info.ty() {
        TunableType::Bool => Value::Bool(bits != 0),
        TunableType::Integer { min, .. } if min < 0 => Value::Integer((bits as i64).into()),
        TunableType::Integer { .. } => Value::Integer(bits.into()),
        TunableType::Float => Value::Float(f64::from_bits(bits)),
        TunableType::Duration => Value::Duration(std::time::Duration::from_nanos(bits)),
        TunableType::Size => Value::Size(bits),
        _ => {
            let word = usize::try_from(bits)
                .ok()
                .and_then(|at| info.choices().get(at));
            return owned(word.map_or(info.default(), String::as_str));
        }
    };
    format!("{value}")
}
