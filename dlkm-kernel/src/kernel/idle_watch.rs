//! Since when each module is idle: a pure function of times and numbers of calls.

use std::time::{Duration, Instant};

use super::control::Table;
use super::record::Stage;
use super::stays::Stays;
use crate::primitive::Mutex;
use crate::sorted::Sorted;

/// The present state of a loaded module with `idle`.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) module: String,
    idle: Duration,
    loaded: Instant,
    /// Since it was loaded.
    calls: u64,
    /// Whether it has a call in flight, a thread that holds it, or a value that is held, or an
    /// image that has left may be in a call of it.
    in_use: bool,
}

impl Look {
    /// `None` for a module that is not loaded, and for one that always stays: without `idle`,
    /// static, load-only, pinned. Also for one whose image would stay mapped: an unload frees little,
    /// and each load after it takes more.
    pub(super) fn at(module: &str, table: &Table) -> Option<Self> {
        let record = table.get(module)?;
        let running = record.running.as_ref()?;
        let stay = record.stay.as_ref()?;
        let idle = running.idle?;
        let stays = Stays::of(table, running);
        let unheld = matches!(stays, Some(Stays::Unheld(_)));
        let goes = record.phase == Stage::Loaded
            && running.image.may_be_unmapped()
            && (unheld || stays.is_none());
        goes.then(|| Look {
            module: module.to_owned(),
            idle,
            loaded: stay.began,
            calls: stay.calls(),
            in_use: unheld
                || stay.numbers().in_flight > 0
                || running.image.held() > 0
                || running.image.holding_threads() > 0,
        })
    }

    pub(super) fn all(table: &Table) -> Vec<Self> {
        let records = table.records();
        records
            .filter_map(|(module, _)| Look::at(module, table))
            .collect()
    }

    /// Whether nothing happened to the module since `earlier`.
    pub(super) fn is_like(&self, earlier: &Look) -> bool {
        self.loaded == earlier.loaded && self.calls == earlier.calls && !self.in_use
    }
}

/// What was seen of a module, and since when.
#[derive(Clone, Copy, Debug)]
struct Seen {
    /// When it was loaded, which identifies the load.
    loaded: Instant,
    calls: u64,
    since: Instant,
    /// There is nothing to do before this time.
    not_before: Instant,
}

/// Since when each module is idle, as far as occasional looks can show.
#[derive(Debug, Default)]
pub(super) struct Watch(Sorted<String, Seen>);

impl Watch {
    /// Records the state of all modules, and returns those that were idle for their time.
    pub(super) fn look<'a>(&mut self, now: Instant, looks: &'a [Look]) -> Vec<&'a Look> {
        let before = std::mem::take(&mut self.0);
        let mut due = Vec::new();
        for look in looks {
            let before = before
                .get(&look.module)
                .filter(|seen| seen.loaded == look.loaded);
            let since = match before {
                _ if look.in_use => now,
                Some(seen) if seen.calls == look.calls => seen.since,
                // Called since the last look, or since its load.
                Some(_) => now,
                None if look.calls > 0 => now,
                None => look.loaded,
            };
            let seen = Seen {
                loaded: look.loaded,
                calls: look.calls,
                since,
                not_before: since + look.idle,
            };
            *self.0.get_or_insert(&look.module, || seen) = seen;
            if now >= seen.not_before && !look.in_use {
                due.push(look);
            }
        }
        due
    }

    /// The module was idle but can't be unloaded: its time starts again.
    pub(super) fn refused(&mut self, now: Instant, look: &Look) {
        if let Some(seen) = self.0.get_mut(&look.module) {
            seen.since = now;
            seen.not_before = now + look.idle;
        }
    }

    /// The module is idle, but others depend on it. It can be unloaded when they are.
    pub(super) fn needed(&mut self, now: Instant, look: &Look) {
        if let Some(seen) = self.0.get_mut(&look.module) {
            seen.not_before = now + look.idle;
        }
    }

    pub(super) fn forget(&mut self, module: &str) {
        self.0.remove(module);
    }

    /// The time until there may be something to do; `None` if there will be nothing.
    pub(super) fn next(&self, now: Instant) -> Option<Duration> {
        let next = self.0.iter().map(|(_, seen)| seen.not_before).min()?;
        Some(next.saturating_duration_since(now))
    }
}

/// The kernel's part.
#[derive(Debug, Default)]
pub(super) struct Idle(pub(super) Mutex<Watch>);

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes times, in seconds after the same start.
    struct Clock(Instant);

    impl Clock {
        fn at(&self, seconds: u64) -> Instant {
            self.0 + Duration::from_secs(seconds)
        }

        /// A module with `idle = "10s"` that was loaded at `loaded`.
        fn module(&self, loaded: u64, calls: u64, in_use: bool) -> Look {
            Look {
                module: "one".to_owned(),
                idle: Duration::from_secs(10),
                loaded: self.at(loaded),
                calls,
                in_use,
            }
        }
    }

    fn is_due(watch: &mut Watch, now: Instant, look: &Look) -> bool {
        !watch.look(now, std::slice::from_ref(look)).is_empty()
    }

    fn next(watch: &Watch, now: Instant) -> Option<u64> {
        watch.next(now).map(|next| next.as_secs())
    }

    #[test]
    fn a_module_that_nobody_called_is_idle_since_its_load() {
        let (mut watch, clock) = (Watch::default(), Clock(Instant::now()));
        let look = clock.module(5, 0, false);
        assert!(!is_due(&mut watch, clock.at(14), &look));
        assert_eq!(next(&watch, clock.at(14)), Some(1));
        assert!(is_due(&mut watch, clock.at(15), &look));
        let mut late = Watch::default();
        assert!(is_due(&mut late, clock.at(15), &look), "at the first look");
    }

    #[test]
    fn calls_count_from_the_look_that_finds_them() {
        let (mut watch, clock) = (Watch::default(), Clock(Instant::now()));
        assert!(!is_due(
            &mut watch,
            clock.at(50),
            &clock.module(0, 1, false)
        ));
        assert_eq!(next(&watch, clock.at(50)), Some(10));
        assert!(!is_due(
            &mut watch,
            clock.at(59),
            &clock.module(0, 1, false)
        ));
        assert_eq!(next(&watch, clock.at(59)), Some(1));
        assert!(!is_due(
            &mut watch,
            clock.at(60),
            &clock.module(0, 2, false)
        ));
        assert!(!is_due(
            &mut watch,
            clock.at(69),
            &clock.module(0, 2, false)
        ));
        assert!(is_due(&mut watch, clock.at(70), &clock.module(0, 2, false)));
    }

    #[test]
    fn a_module_in_use_is_not_idle() {
        let (mut watch, clock) = (Watch::default(), Clock(Instant::now()));
        for now in [5, 15, 95] {
            assert!(!is_due(
                &mut watch,
                clock.at(now),
                &clock.module(0, 1, true)
            ));
            assert_eq!(next(&watch, clock.at(now)), Some(10));
        }
        assert!(!is_due(
            &mut watch,
            clock.at(104),
            &clock.module(0, 1, false)
        ));
        assert!(is_due(
            &mut watch,
            clock.at(105),
            &clock.module(0, 1, false)
        ));
    }

    #[test]
    fn another_load_begins_anew() {
        let (mut watch, clock) = (Watch::default(), Clock(Instant::now()));
        assert!(!is_due(&mut watch, clock.at(1), &clock.module(0, 1, false)));
        assert!(!is_due(
            &mut watch,
            clock.at(11),
            &clock.module(9, 1, false)
        ));
        assert!(!is_due(
            &mut watch,
            clock.at(20),
            &clock.module(9, 1, false)
        ));
        assert!(is_due(&mut watch, clock.at(21), &clock.module(9, 1, false)));
    }

    #[test]
    fn what_refused_is_left_alone_for_its_time() {
        let (mut watch, clock) = (Watch::default(), Clock(Instant::now()));
        let look = clock.module(0, 0, false);
        assert!(is_due(&mut watch, clock.at(10), &look));
        watch.refused(clock.at(10), &look);
        assert_eq!(next(&watch, clock.at(10)), Some(10));
        assert!(!is_due(&mut watch, clock.at(19), &look));
        assert!(is_due(&mut watch, clock.at(20), &look));
    }

    #[test]
    fn what_others_need_is_due_with_them_and_wakes_nobody() {
        let (mut watch, clock) = (Watch::default(), Clock(Instant::now()));
        let look = clock.module(0, 0, false);
        assert!(is_due(&mut watch, clock.at(10), &look));
        watch.needed(clock.at(10), &look);
        assert_eq!(next(&watch, clock.at(10)), Some(10));
        assert!(is_due(&mut watch, clock.at(11), &look), "at the next look");
    }

    #[test]
    fn a_module_that_went_is_forgotten() {
        let (mut watch, clock) = (Watch::default(), Clock(Instant::now()));
        assert!(!is_due(&mut watch, clock.at(1), &clock.module(0, 1, false)));
        assert!(watch.look(clock.at(2), &[]).is_empty());
        assert_eq!(next(&watch, clock.at(2)), None);
    }
}
