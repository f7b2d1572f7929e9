//! Records and phases of modules: which thread may change what next, and which thread waits for
//! which module.

use std::time::{Duration, Instant};

use dlkm_metadata::small::{list, owned};

use super::contested::Contested;
use super::departed::DepartedImages;
use super::images::Images;
use super::record::{Kept, KeptImage, ModuleRecord, Retired, Running, Stage, Stay, Thread, me};
use crate::error::{Failed, LoadError, Remembered, cause};
use crate::loader::Mapped;
use crate::primitive::{Arc, Condvar, Mutex, MutexGuard, PoisonError, lock};
use crate::sorted::Sorted;

#[derive(Debug)]
pub(super) struct Table {
    records: Sorted<String, Box<ModuleRecord>>,
    /// The images whose stubs this kernel binds.
    pub(super) images: Images,
    /// The modules that are loaded and provide an interface, sorted: see [`Table::put`].
    serving: Sorted<String, Vec<String>>,
    /// Versions that were replaced, and that may still have calls or values.
    pub(super) retired: Vec<Retired>,
    /// Images of unloaded modules that threads or values still need.
    pub(super) kept: Vec<KeptImage>,
    /// Images that may still be in calls without a hold.
    pub(super) departed: DepartedImages,
    /// How many threads wait for [`Control::changed`].
    sleeping: usize,
    /// The module that each waiting thread waits for.
    waiting: Sorted<Thread, String>,
    /// The modules that each loading thread loads, outermost first.
    loading: Sorted<Thread, Vec<String>>,
    /// The interfaces of several modules that are linked in.
    pub(super) contested: Contested,
    /// The module behind each interface that was looked up.
    providers: Sorted<String, String>,
    /// The modules in each switch table; their positions are their numbers.
    pub(super) numbers: Sorted<String, Vec<String>>,
    /// The failures that stubs repeat. They are never freed, because a call may be reading one;
    /// so no two are equal.
    pub(super) remembered: Vec<&'static Remembered>,
    /// Why images stay mapped, each text once.
    pub(super) reasons: Vec<&'static str>,
    /// How many loads have succeeded.
    pub(super) loads: u64,
}

impl Table {
    /// The records of all modules that have one, by name.
    pub(super) fn records(&self) -> impl Iterator<Item = (&str, &ModuleRecord)> {
        let all = self.records.iter();
        all.map(|(name, record)| (name.as_str(), &**record))
    }

    pub(super) fn get(&self, module: &str) -> Option<&ModuleRecord> {
        self.records.get(module).map(|record| &**record)
    }

    pub(super) fn record(&mut self, module: &str) -> &mut ModuleRecord {
        self.records.get_or_insert(module, Box::default)
    }

    pub(super) fn state(&self, module: &str) -> (Stage, Option<LoadError>) {
        match self.records.get(module) {
            Some(record) => (record.phase, record.failure.clone()),
            None => (Stage::Unloaded, None),
        }
    }

    pub(super) fn running(&self, module: &str) -> Option<&Running> {
        let record = self.records.get(module)?;
        record
            .running
            .as_ref()
            .filter(|_| record.phase == Stage::Loaded)
    }

    /// Why the code of an unloaded module is still in memory.
    pub(super) fn kept(&self, module: &str) -> Option<Kept> {
        self.records.get(module)?.kept
    }

    /// The message of the module's panic, if the module is loaded but must not be called again.
    pub(super) fn distrusted(&self, module: &str) -> Option<&str> {
        self.records.get(module)?.distrusted.as_deref()
    }

    /// The records of all modules that are loaded.
    fn loaded_records(&self) -> impl Iterator<Item = &ModuleRecord> {
        let records = self.records.iter().map(|(_, record)| &**record);
        records.filter(|record| record.phase == Stage::Loaded)
    }

    /// All modules that are loaded.
    pub(super) fn all_loaded(&self) -> impl Iterator<Item = &Running> {
        self.loaded_records()
            .filter_map(|record| record.running.as_ref())
    }

    /// All modules that are loaded and may be called.
    pub(super) fn all_running(&self) -> impl Iterator<Item = &Running> {
        self.loaded_records()
            .filter(|record| record.distrusted.is_none())
            .filter_map(|record| record.running.as_ref())
    }

    /// The modules that are loaded, may be called and provide an interface, sorted by name.
    pub(super) fn serving(&self, interface: &str) -> impl Iterator<Item = &Running> {
        let modules = self.serving.get(interface).map_or(&[][..], Vec::as_slice);
        let trusted = modules.iter().filter(|one| self.distrusted(one).is_none());
        trusted.filter_map(|module| self.running(module))
    }

    /// Changes what is loaded as `module`. (Nothing else may: the lists in `serving` follow.)
    pub(super) fn put(&mut self, module: &str, running: Option<Running>) {
        let old = self.record(module).running.take();
        for interface in old.iter().flat_map(|old| old.metadata.interfaces()) {
            if let Some(modules) = self.serving.get_mut(interface.name()) {
                modules.retain(|one| one != module);
                if modules.is_empty() {
                    self.serving.remove(interface.name());
                }
            }
        }
        for interface in running.iter().flat_map(|new| new.metadata.interfaces()) {
            let modules = self.serving.get_or_insert(interface.name(), Vec::new);
            if let Err(at) = modules.binary_search_by(|one| (**one).cmp(module)) {
                modules.insert(at, owned(module));
            }
        }
        self.record(module).running = running;
    }

    /// The modules that depend on `module` and are loaded or being loaded, or of which an old
    /// version that is still in use depends on it.
    pub(super) fn dependants(&self, module: &str) -> Vec<String> {
        let needs = |depends: &[String]| depends.iter().any(|name| name == module);
        let all = self.records.iter();
        let all = all.filter(|(_, one)| one.phase != Stage::Unloaded && needs(&one.depends));
        let mut names = list(all.map(|(name, _)| name.clone()));
        for old in self.retired.iter().map(|one| &one.running) {
            let name = old.metadata.name();
            if needs(&old.depends) && names.iter().all(|known| known != name) {
                names.push(owned(name));
            }
        }
        names
    }

    pub(super) fn provider(&self, interface: &str) -> Option<String> {
        self.providers.get(interface).cloned()
    }

    pub(super) fn remember_provider(&mut self, interface: &str, module: &str) {
        let known = self.providers.get_or_insert(interface, String::new);
        module.clone_into(known);
    }

    /// Lets modules whose load failed be loaded by calls again.
    pub(super) fn forget_load_failures(&mut self) {
        for record in self.records.values_mut() {
            record.failure = None;
        }
    }

    pub(super) fn forget_providers(&mut self) {
        self.providers.clear();
    }

    /// If waiting for `module` would never end, the cycle of modules that shows why.
    fn circle(&self, module: &str, me: Thread) -> Option<Vec<String>> {
        let mut chain = vec![owned(module)];
        let mut last = module;
        let mut worker = self.records.get(last)?.worker()?;
        while worker != me {
            // No thread waits for itself to begin with, so the walk ends.
            last = self.waiting.get(&worker)?;
            chain.push(owned(last));
            worker = self.records.get(last)?.worker()?;
        }
        let mine = self.loading.get(&me).map_or(&[][..], Vec::as_slice);
        let after = mine
            .iter()
            .position(|name| name == last)
            .map_or(0, |at| at + 1);
        chain.extend_from_slice(mine.get(after..).unwrap_or_default());
        chain.push(owned(module));
        Some(chain)
    }
}

/// What [`Control::begin_load`] found.
pub(super) enum Begin<'a> {
    /// The module is loaded, for as long as the lock is held.
    Loaded(MutexGuard<'a, Table>),
    /// The caller must load it, and report the outcome through the ticket.
    Mine(Ticket<'a>),
}

#[derive(Debug)]
pub(super) struct Control {
    table: Mutex<Table>,
    changed: Condvar,
}

impl Control {
    pub(super) fn new(host: Arc<Mapped>) -> Self {
        let table = Table {
            records: Sorted::new(),
            images: Images::new(host),
            serving: Sorted::new(),
            retired: Vec::new(),
            kept: Vec::new(),
            departed: DepartedImages::default(),
            sleeping: 0,
            waiting: Sorted::new(),
            loading: Sorted::new(),
            contested: Contested::default(),
            providers: Sorted::new(),
            numbers: Sorted::new(),
            remembered: Vec::new(),
            reasons: Vec::new(),
            loads: 0,
        };
        Control {
            table: Mutex::new(table),
            changed: Condvar::new(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Table> {
        lock(&self.table)
    }

    /// Wakes the threads that wait for a module to change its phase. A waiting thread has counted
    /// itself under the table's lock, so it does not miss a change made under the lock.
    pub(super) fn changed(&self, table: &Table) {
        if table.sleeping > 0 {
            self.changed.notify_all();
        }
    }

    /// Waits until some module changes its phase, for `most` at most; may return earlier.
    pub(super) fn wait<'a>(
        &'a self,
        mut table: MutexGuard<'a, Table>,
        most: Option<Duration>,
    ) -> MutexGuard<'a, Table> {
        table.sleeping += 1;
        let mut table = match most {
            Some(most) => {
                let waited = self.changed.wait_timeout(table, most);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
            None => self
                .changed
                .wait(table)
                .unwrap_or_else(PoisonError::into_inner),
        };
        table.sleeping -= 1;
        table
    }

    /// Waits until `module` is neither being loaded nor unloaded.
    ///
    /// # Errors
    /// Waiting would never end.
    pub(super) fn settle<'a>(
        &'a self,
        table: MutexGuard<'a, Table>,
        module: &str,
    ) -> Result<MutexGuard<'a, Table>, LoadError> {
        self.settle_by(table, module, |record| record.phase.worker())
    }

    /// Like [`settle`](Self::settle), but waits for the end of an upgrade too.
    pub(super) fn settle_wholly<'a>(
        &'a self,
        table: MutexGuard<'a, Table>,
        module: &str,
    ) -> Result<MutexGuard<'a, Table>, LoadError> {
        self.settle_by(table, module, ModuleRecord::worker)
    }

    fn settle_by<'a>(
        &'a self,
        mut table: MutexGuard<'a, Table>,
        module: &str,
        worker: fn(&ModuleRecord) -> Option<Thread>,
    ) -> Result<MutexGuard<'a, Table>, LoadError> {
        let me = me();
        while table
            .records
            .get(module)
            .is_some_and(|one| worker(one).is_some())
        {
            if let Some(chain) = table.circle(module, me) {
                return Err(LoadError::new(
                    module,
                    Failed::from(cause::Circular { chain }),
                ));
            }
            module.clone_into(table.waiting.get_or_insert(&me, String::new));
            table = self.wait(table, None);
            table.waiting.remove(&me);
        }
        Ok(table)
    }

    /// Gives the caller the task to load `module`, unless it is loaded. Waits for another
    /// thread that loads or unloads it, and returns that thread's failure. With `again`, an
    /// earlier failure does not count.
    ///
    /// # Errors
    /// Waiting would never end, or the load failed, now or (without `again`) earlier.
    pub(super) fn begin_load<'a>(
        &'a self,
        table: MutexGuard<'a, Table>,
        module: &str,
        again: bool,
    ) -> Result<Begin<'a>, LoadError> {
        let phase = table.state(module).0;
        let other_loads = matches!(phase, Stage::Loading(_));
        let mut table = self.settle(table, module)?;
        let record = table.record(module);
        if record.phase == Stage::Loaded {
            return Ok(Begin::Loaded(table));
        }
        if let Some(failure) = record.failure.clone()
            && (other_loads || !again)
        {
            return Err(failure);
        }
        let me = me();
        record.phase = Stage::Loading(me);
        let mine = table.loading.get_or_insert(&me, Vec::new);
        mine.push(owned(module));
        Ok(Begin::Mine(Ticket {
            control: self,
            module: owned(module),
            waited: phase.worker().is_some(),
            started: Instant::now(),
            done: false,
        }))
    }
}

/// The right, and the duty, to end a load. If it is dropped before that (by a panic in between),
/// the module becomes unloaded again, so that no thread waits forever.
pub(super) struct Ticket<'a> {
    control: &'a Control,
    module: String,
    /// Whether the caller had to wait for another thread's load or unload.
    pub(super) waited: bool,
    started: Instant,
    done: bool,
}

impl Ticket<'_> {
    /// Ends the load. `Ok` puts the module into service: `bind` and then `then` run under the same
    /// lock.
    pub(super) fn end(
        mut self,
        result: Result<Running, LoadError>,
        bind: impl FnOnce(&Table, &Running),
        then: &mut dyn FnMut(&mut Table),
    ) -> Result<(), LoadError> {
        self.done = true;
        // Before any call can reach the module: calls that wait for this load count as its own.
        let stay = result.as_ref().ok().map(|it| Stay::begin(it, self.started));
        let mut table = self.control.lock();
        if let Ok(running) = &result {
            bind(&table, running);
            table.record(&self.module).stay = stay;
            table.loads += 1;
        }
        self.leave(&mut table, result)?;
        then(&mut table);
        Ok(())
    }

    fn leave(
        &self,
        table: &mut Table,
        result: Result<Running, LoadError>,
    ) -> Result<(), LoadError> {
        let me = me();
        if let Some(mine) = table.loading.get_mut(&me) {
            mine.retain(|name| *name != self.module);
            if mine.is_empty() {
                table.loading.remove(&me);
            }
        }
        let outcome = match result {
            Ok(running) => {
                table.put(&self.module, Some(running));
                let record = table.record(&self.module);
                record.phase = Stage::Loaded;
                record.kept = None;
                record.failure = None;
                Ok(())
            }
            Err(error) => {
                let record = table.record(&self.module);
                record.phase = Stage::Unloaded;
                record.failure = Some(error.clone());
                record.depends.clear();
                Err(error)
            }
        };
        self.control.changed(table);
        outcome
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        if !self.done {
            let gone = owned("a panic in the host interrupted the load");
            let error = LoadError::new(
                &*self.module,
                Failed::from(cause::Hook {
                    source: crate::error::HookError::from_panic(gone),
                }),
            );
            let mut table = self.control.lock();
            let _ = self.leave(&mut table, Err(error));
        }
    }
}
