//! A process that is killed in the middle of its work, on a real disk.

use std::ffi::OsString;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::ops::RangeInclusive;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use dlkm_system::SystemFile;
use nix::sys::signal::{Signal, raise};

use super::faults::apply;
use super::locks::{child, command, folder};
use super::modules::changes;
use crate::disk::Disk;
use crate::file_system::{FileSystem, Kind, Output, TryLock};
use crate::root::Root;

/// The step at which a child kills itself.
const STEP: &str = "DLKM_CONFIG_TEST_STEP";

/// The real file system, in a process that is killed at a step.
#[derive(Debug)]
struct Dying {
    steps: Arc<AtomicUsize>,
    last: usize,
}

impl Dying {
    /// Whether this is the last step. Then what is left to do is done by halves.
    fn step(&self) -> bool {
        self.steps.fetch_add(1, Ordering::Relaxed) == self.last
    }

    fn then<T>(&self, last: bool, result: T) -> T {
        if last {
            die();
        }
        result
    }
}

/// `kill -9` of this process.
fn die() -> ! {
    raise(Signal::SIGKILL).unwrap();
    unreachable!("the signal can't be caught")
}

impl FileSystem for Dying {
    fn read(&self, file: &Path, most: u64) -> io::Result<Vec<u8>> {
        Disk.read(file, most)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        Disk.list(folder)
    }

    fn kind(&self, path: &Path) -> io::Result<Option<Kind>> {
        Disk.kind(path)
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        self.then(self.step(), Disk.create_folder(folder))
    }

    fn create(&self, file: &Path, like: &Path) -> io::Result<Box<dyn Output>> {
        let out = self.then(self.step(), Disk.create(file, like))?;
        let (steps, last) = (Arc::clone(&self.steps), self.last);
        let dying = Dying { steps, last };
        Ok(Box::new(DyingOutput { dying, out }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.then(self.step(), Disk.rename(from, to))
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        self.then(self.step(), Disk.remove(file))
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.then(self.step(), Disk.sync_folder(folder))
    }

    fn try_lock(&self, file: &Path, note: &str) -> io::Result<TryLock> {
        Disk.try_lock(file, note)
    }
}

struct DyingOutput {
    dying: Dying,
    out: Box<dyn Output>,
}

impl Output for DyingOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let last = self.dying.step();
        let length = if last { bytes.len() / 2 } else { bytes.len() };
        let result = self.out.write(&bytes[..length]);
        self.dying.then(last, result)
    }

    fn sync(&mut self) -> io::Result<()> {
        let last = self.dying.step();
        let result = self.out.sync();
        self.dying.then(last, result)
    }
}

fn change(root: &Root, number: u32) {
    let locked = root.lock(Duration::from_secs(60)).unwrap();
    let changes = changes(&format!("shm.pages={number}"));
    apply(&locked, &changes, None).unwrap();
}

#[test]
#[ignore = "the child of another test"]
fn one_change() {
    let last = std::env::var(STEP).unwrap().parse().unwrap();
    let steps = Arc::default();
    let root = Root::with(&folder(), Arc::new(Dying { steps, last })).unwrap();
    change(&root, number(root.path()).unwrap_or(0) + 1);
    println!("\nmade");
    std::io::stdout().flush().unwrap();
}

#[test]
fn a_process_that_is_killed_at_a_step_leaves_whole_files_that_belong_together() {
    let folder = tempfile::tempdir().unwrap();
    let root = Root::open(folder.path()).unwrap();
    change(&root, 1);
    let (mut killed, mut recovered) = (0, 0);
    loop {
        let former = number(folder.path()).unwrap();
        let mut command = command("tests::kill::one_change", folder.path());
        let output = command.env(STEP, killed.to_string()).output().unwrap();
        let made = String::from_utf8_lossy(&output.stdout).contains("\nmade\n");
        assert_eq!(output.status.signal(), (!made).then_some(9), "{output:?}");
        recovered += usize::from(check(&root, former..=former + 1));
        if made {
            break;
        }
        killed += 1;
    }
    assert!(killed > 20 && recovered > 10, "{killed}, {recovered}");
}

/// Checks what a killed process has left, before and after the next process has put it in order.
/// Returns whether there was something to put in order.
fn check(root: &Root, numbers: RangeInclusive<u32>) -> bool {
    let before = number(root.path()).unwrap();
    assert!(numbers.contains(&before), "{before} of {numbers:?}");
    let hidden = fs::read_dir(root.path()).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with('.') && name != ".lock"
    });
    let left = hidden.count() > 0;
    let locked = root.lock(Duration::ZERO).unwrap();
    let now = number(root.path()).unwrap();
    assert!(numbers.contains(&now), "{now} of {numbers:?}");
    let log = locked.log().unwrap();
    assert_eq!(log.damaged(), 0);
    assert_eq!(
        log.entries().len(),
        now as usize,
        "each change is logged, once"
    );
    let last = &log.entries().last().unwrap().changes[0];
    assert_eq!(last.new, now.to_string());
    if now > 1 {
        assert_eq!(number_in(&locked.saved_text("backup").unwrap()), now - 1);
    }
    left
}

#[test]
#[ignore = "the child of another test"]
fn changes_without_end() {
    let root = Root::open(&folder()).unwrap();
    for number in number(root.path()).unwrap_or(0) + 1.. {
        change(&root, number);
        println!("\nmade {number}");
        std::io::stdout().flush().unwrap();
    }
}

fn number_in(text: &[u8]) -> u32 {
    let system = SystemFile::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let line = system.tunable("shm", "pages").expect("each file has it");
    line.value.parse().unwrap()
}

/// The number in the system file, which is whole at any time.
fn number(root: &Path) -> Option<u32> {
    fs::read(root.join("system"))
        .ok()
        .map(|text| number_in(&text))
}

#[test]
fn a_process_that_is_killed_at_any_time_leaves_whole_files_that_belong_together() {
    let folder = tempfile::tempdir().unwrap();
    let root = Root::open(folder.path()).unwrap();
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..24 {
        let mut child = child("tests::kill::changes_without_end", folder.path());
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines.map(|line| line.unwrap());
        let mut said = said.filter_map(|line| line.strip_prefix("made ")?.parse::<u32>().ok());
        let mut next = || said.next().expect("the child goes on until it is killed");
        next();
        let begun = Instant::now();
        let mut made = next();
        // Somewhere in the next change, which takes about as long as this one.
        let until = begun.elapsed().mul_f32(1.0 + random.f32());
        while begun.elapsed() < until {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        made = said.last().unwrap_or(made);
        check(&root, made..=made + 1);
    }
}
