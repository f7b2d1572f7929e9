//! Reads and writes that may sleep: each has a thread, and ends when its program gets a signal.
//!
//! The system says by a request when a program is interrupted, and `fuser` does not pass that on. The
//! system waits for the answer then, even if the program was killed. So a thread looks for signals of the
//! programs that are asleep, as long as there are some.

use std::collections::HashMap;
use std::fs;
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use crate::file::File;

/// How often signals are looked for.
const LOOK: Duration = Duration::from_millis(50);

/// The programs that may be asleep.
#[derive(Clone, Default)]
pub(super) struct Sleepers(Arc<Shared>);

#[derive(Default)]
struct Shared {
    inside: Mutex<Inside>,
    /// There may be a sleeper now.
    more: Condvar,
}

#[derive(Default)]
struct Inside {
    all: HashMap<u64, (u32, Weak<File>)>,
    next: u64,
    looks: bool,
}

impl Sleepers {
    /// Runs `work` for a program, in a thread, and then `answer` with its result.
    ///
    /// If there can be no thread, both are dropped, and so the program gets an error.
    pub(super) fn run<T>(
        &self,
        pid: u32,
        file: &Arc<File>,
        work: impl FnOnce(&File) -> T + Send + 'static,
        answer: impl FnOnce(T) + Send + 'static,
    ) {
        let asleep = self.add(pid, file);
        let file = Arc::clone(file);
        let _started = thread::Builder::new().spawn(move || {
            let result = work(&file);
            // Before the answer: the program may then close the file, and the driver be unloaded.
            drop(file);
            drop(asleep);
            answer(result);
        });
    }

    fn add(&self, pid: u32, file: &Arc<File>) -> Asleep {
        let mut inside = self.0.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let number = inside.next;
        inside.next += 1;
        inside.all.insert(number, (pid, Arc::downgrade(file)));
        if !inside.looks {
            let shared = Arc::clone(&self.0);
            inside.looks = thread::Builder::new().spawn(move || look(&shared)).is_ok();
        }
        drop(inside);
        self.0.more.notify_one();
        let shared = Arc::clone(&self.0);
        Asleep { shared, number }
    }
}

/// A program that may be asleep, until this is dropped.
struct Asleep {
    shared: Arc<Shared>,
    number: u64,
}

impl Drop for Asleep {
    fn drop(&mut self) {
        let inside = self.shared.inside.lock();
        inside
            .unwrap_or_else(PoisonError::into_inner)
            .all
            .remove(&self.number);
    }
}

/// Wakes the files of programs that have got a signal.
fn look(shared: &Shared) {
    let mut inside = shared.inside.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        while inside.all.is_empty() {
            inside = shared
                .more
                .wait(inside)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let asleep: Vec<_> = inside.all.values().cloned().collect();
        drop(inside);
        for (pid, file) in asleep {
            if has_signal(pid)
                && let Some(file) = file.upgrade()
            {
                file.wake();
            }
        }
        thread::sleep(LOOK);
        inside = shared.inside.lock().unwrap_or_else(PoisonError::into_inner);
    }
}

/// Whether a signal that it neither blocks nor ignores waits for a program, or it is gone.
fn has_signal(pid: u32) -> bool {
    let Ok(status) = fs::read_to_string(format!("/proc/{pid}/status")) else {
        return true;
    };
    let mask = |name: &str| {
        let mut lines = status.lines();
        let value = lines
            .find_map(|line| line.strip_prefix(name))
            .unwrap_or("0");
        u64::from_str_radix(value.trim(), 16).unwrap_or(0)
    };
    let pending = mask("SigPnd:") | mask("ShdPnd:");
    pending & !mask("SigBlk:") & !mask("SigIgn:") != 0
}
