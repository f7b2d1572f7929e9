//! Sets tunables: before the load hook, and while the module serves.

use dlkm_system::{SystemFile, Value, same_name};

use super::mark::Mark;
use super::observe::Event;
use super::record::{Running, me};
use super::state::Kernel;
use super::tunable_values::{TunedBy, Values};
use crate::declare::tunable::{Raw, Stored, TunableRecord};
use crate::error::{Cause, LoadError, SystemLine, TunableError};
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
        let info = info.ok_or_else(|| TunableError::Unknown {
            module: module.to_owned(),
            tunable: tunable.to_owned(),
            known: known.iter().map(|one| one.name().to_owned()).collect(),
        })?;
        let names = || (module.to_owned(), info.name().to_owned());
        let records = records(&running);
        let Some(record) = record_of(&records, info) else {
            let (module, tunable) = names();
            let at = None;
            return Err(TunableError::OtherCompiler {
                module,
                tunable,
                at,
            });
        };
        if !info.is_dynamic() {
            let (module, tunable) = names();
            return Err(TunableError::NotDynamic { module, tunable });
        }
        let value = self.values().typed(module, info, value)?;
        let shown = value.to_string();
        let raw = raw(&value, info);
        if let Some(changed) = record.changed {
            changed(raw).map_err(|source| {
                let (module, tunable) = names();
                TunableError::Refused {
                    module,
                    tunable,
                    value: shown.clone(),
                    source,
                }
            })?;
        }
        record.cell.set(raw);
        self.tuned.set(module, info.name(), value);
        Ok((info.name().to_owned(), shown))
    }

    fn begin_tune<'a>(&'a self, module: &'a str) -> Result<(Running, Mark<'a>), TunableError> {
        let named = || module.to_owned();
        // Waiting fails if this thread itself is changing the module.
        let settled = self.control.settle_wholly(self.control.lock(), module);
        let mut table = settled.map_err(|_| TunableError::Inside { module: named() })?;
        let Some(running) = table.running(module).cloned() else {
            return Err(TunableError::NotLoaded { module: named() });
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
        let mut values = self.values();
        let Some(running) = running else {
            let found = self.catalog.find(module, None).map_err(failed)?;
            let all = found.metadata.tunables().iter().map(|info| {
                let (value, set_by) = values.of(module, info)?;
                Ok(TunableState {
                    info: info.clone(),
                    value: value.to_string(),
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
                None => (info.default().to_owned(), TunedBy::Default),
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
            Some(setting) => TunedBy::System { line: setting.line },
            None => TunedBy::Default,
        }
    }

    fn values(&self) -> Values<'_> {
        Values::new(
            &self.catalog,
            &self.configuration,
            &self.control,
            &self.tuned,
        )
    }

    /// Checks that each tunable of a module that is to be loaded can have its value.
    ///
    /// # Errors
    /// A value is none of the tunable's.
    pub(super) fn check_tunables(&self, metadata: &Metadata) -> Result<(), Cause> {
        let module = metadata.name();
        let mut values = self.values();
        for info in metadata.tunables() {
            let computed = values.of(module, info);
            computed.map_err(of_tunable)?;
        }
        Ok(())
    }

    /// Reports the lines of the system file for tunables that a loaded module does not have.
    pub(super) fn tell_unknown_tunables(&self, metadata: &Metadata) {
        let module = metadata.name();
        let file = self.configuration.file();
        let lines = file.as_deref().map_or(&[][..], SystemFile::tunables);
        for setting in lines {
            // With a `_` between them, the name may be that of another module's tunable.
            let key = setting.name.split_once('.');
            if let Some((_, key)) = key.filter(|(of, _)| same_name(of, module))
                && !metadata
                    .tunables()
                    .iter()
                    .any(|one| same_name(one.name(), key))
            {
                self.observers.tell(&Event::UnknownTunable {
                    module,
                    tunable: key,
                    line: setting.line,
                });
            }
        }
    }

    /// Sets the tunables of a module, before its load hook runs.
    ///
    /// # Errors
    /// A value is none of the tunable's.
    pub(super) fn set_tunables(&self, running: &Running) -> Result<(), LoadError> {
        let metadata = &running.metadata;
        let module = metadata.name();
        let failed = |source| LoadError::new(module, of_tunable(source));
        if let Some(astray) = running.wrapper().and_then(AnyWrapper::astray) {
            return Err(failed(TunableError::Astray {
                tunable: astray.name.to_owned(),
                declared_at: astray.declared_at.to_owned(),
                package: astray.owner.package().to_owned(),
            }));
        }
        if metadata.tunables().is_empty() {
            return Ok(());
        }
        let records = records(running);
        let mut values = self.values();
        for info in metadata.tunables() {
            let (value, set_by) = values.of(module, info).map_err(failed)?;
            match (record_of(&records, info), set_by) {
                (Some(record), TunedBy::Default) => record.cell.set(Raw::Default),
                (Some(record), _) => record.cell.set(raw(&value, info)),
                // It has its default already.
                (None, _) if Value::default_of(info).is_ok_and(|default| default == value) => {}
                (None, _) => {
                    let at = match set_by {
                        TunedBy::System { line } => Some(Box::new(SystemLine {
                            file: self.configuration.path().clone(),
                            line,
                        })),
                        _ => None,
                    };
                    return Err(failed(TunableError::OtherCompiler {
                        module: module.to_owned(),
                        tunable: info.name().to_owned(),
                        at,
                    }));
                }
            }
        }
        Ok(())
    }
}

fn of_tunable(source: TunableError) -> Cause {
    Cause::Tunable {
        source: Box::new(source),
    }
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

/// The value as an image takes it.
fn raw<'a>(value: &'a Value, info: &TunableInfo) -> Raw<'a> {
    match value {
        Value::Bool(value) => Raw::Bits((*value).into()),
        // Of an integer with a sign, the bits that its own type lacks are those of the sign.
        Value::Integer(value) => Raw::Bits(*value as u64),
        Value::Float(value) => Raw::Bits(value.to_bits()),
        Value::Text(text) => Raw::Text(text),
        Value::Choice(word) => {
            let position = info.choices().iter().position(|known| known == word);
            position.map_or(Raw::Default, |at| Raw::Bits(at as u64))
        }
        Value::Duration(time) => u64::try_from(time.as_nanos()).map_or(Raw::Default, Raw::Bits),
        Value::Size(size) => Raw::Bits(*size),
        _ => Raw::Default,
    }
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
            return word.map_or(info.default(), String::as_str).to_owned();
        }
    };
    value.to_string()
}
