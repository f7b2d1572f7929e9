//! Images with one wrong bit, or cut short: each is opened in a process of its own, which must end
//! by itself and with an exit status, as far as the damage can be seen without running the image.
//!
//! The whole table, with thousands of images, which takes some minutes:
//!
//!     cargo test -p scenario-host --test scenarios -- --ignored --nocapture damaged::table
//!
//! `DAMAGED_HOST` and `DAMAGED_IMAGE` name another build of `scenario-host` and of its module
//! `heap`, such as those of an older version, to compare.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use dlkm_verify::Digest;
use object::read::elf::{FileHeader, SectionHeader};
use object::{Endianness, elf};

use scenario_bounded::Bounded;

use crate::scenario::failing;
use crate::support;

/// What became of a process that called a module with a damaged image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// The call worked: the damage was in something that did not matter to it.
    Works,
    /// The kernel refused the image before any of its code ran.
    Refused,
    /// The dynamic linker reported an error.
    Linker,
    /// The call went wrong: a panic, or another exit status.
    Wrong,
    Signal,
    Hangs,
}

use Outcome::{Hangs, Linker, Refused, Signal, Works, Wrong};

const OUTCOMES: [Outcome; 6] = [Works, Refused, Linker, Wrong, Signal, Hangs];

/// How long a process may take. The longest takes a tenth of it on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is damaged, and how.
#[derive(Clone, Copy, Debug)]
enum Damage {
    /// The bit of that number is inverted.
    Bit(u64),
    /// The file ends there.
    End(u64),
}

fn damaged(whole: &[u8], damage: Damage) -> Vec<u8> {
    let mut image = whole.to_owned();
    match damage {
        Damage::Bit(bit) => image[(bit / 8) as usize] ^= 1 << (bit % 8),
        Damage::End(length) => image.truncate(length as usize),
    }
    image
}

/// The parts of an image, by what they are for.
fn regions(image: &[u8]) -> Vec<(&'static str, Range<u64>)> {
    let header = elf::FileHeader64::<Endianness>::parse(image).expect("an ELF file");
    let endian = header.endian().expect("an ELF file");
    let sections = header.sections(endian, image).expect("with sections");
    let segments = header.e_phoff(endian);
    let mut regions = vec![
        ("ELF header", 0..64),
        (
            "program headers",
            segments..segments + u64::from(header.e_phnum(endian)) * 56,
        ),
        (
            "section table",
            header.e_shoff(endian)
                ..image.len().min(header.e_shoff(endian) as usize + 64 * 48) as u64,
        ),
    ];
    for (name, what) in [
        (".dynamic", "dynamic section"),
        (".dynsym", "symbols"),
        (".dynstr", "texts"),
        (".gnu.hash", "hash table"),
        (".gnu.version", "versions"),
        (".gnu.version_r", "needed versions"),
        (".rela.dyn", "relocations"),
        (".rela.plt", "relocations of calls"),
        (".dlkm_mod", "place of the metadata"),
        (".note.dlkm_mod", "note of that place"),
        ("dlkm_modinfo", "metadata"),
    ] {
        let (_, section) = sections
            .section_by_name(endian, name.as_bytes())
            .unwrap_or_else(|| panic!("the image has no {name}"));
        let start = section.sh_offset(endian);
        regions.push((what, start..start + section.sh_size(endian)));
    }
    regions
}

/// `count` kinds of damage to a region, spread evenly and at odds with any table's entries.
fn spread(region: &Range<u64>, count: u64) -> Vec<Damage> {
    let bits = (region.end - region.start) * 8;
    if bits <= count {
        return (region.start * 8..region.end * 8)
            .map(Damage::Bit)
            .collect();
    }
    // Weyl's sequence of the golden ratio.
    let at = |i: u64| (u128::from(i.wrapping_mul(0x9e37_79b9_7f4a_7c15)) * u128::from(bits)) >> 64;
    (0..count)
        .map(|i| Damage::Bit(region.start * 8 + at(i) as u64))
        .collect()
}

/// Runs the host with a damaged image.
fn outcome(host: &Path, folder: &Path, image: &[u8]) -> Outcome {
    fs::write(folder.join("heap.so"), image).expect("written");
    let errors = folder.join("errors");
    let mut child = Command::new(host)
        .arg(folder)
        .args([failing::call_heap().0, "loads by name"])
        .env_remove("RUST_BACKTRACE")
        .stdout(Stdio::null())
        .stderr(fs::File::create(&errors).expect("made"))
        .spawn()
        .expect("the host starts");
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        if start.elapsed() > PATIENCE {
            child.kill().expect("a child");
            child.wait().expect("a child");
            return Hangs;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let text = fs::read(&errors).expect("written by the child");
    let text = String::from_utf8_lossy(&text);
    match (status.signal(), status.code()) {
        (Some(_), _) => Signal,
        (None, Some(0)) if text.is_empty() => Works,
        (None, Some(0))
            if text.contains("the dynamic linker rejected") || text.contains("no entry point") =>
        {
            Linker
        }
        (None, Some(0)) => Refused,
        _ => Wrong,
    }
}

/// The outcomes for each region, and each damage that did not end well.
struct Table {
    counts: BTreeMap<&'static str, BTreeMap<Outcome, usize>>,
    bad: Vec<(&'static str, Damage, Outcome)>,
}

/// About `count` kinds of damage to each region.
fn kinds(whole: &[u8], count: u64) -> Vec<(&'static str, Damage)> {
    let mut all: Vec<(&'static str, Damage)> = regions(whole)
        .into_iter()
        .flat_map(|(what, region)| {
            let damages = spread(&region, count);
            damages.into_iter().map(move |damage| (what, damage))
        })
        .collect();
    let length = whole.len() as u64;
    all.extend((0..count).map(|i| ("cut short", Damage::End(length * i / count))));
    all
}

/// Tries about `count` kinds of damage to each region.
fn try_all(host: &Path, image: &Path, count: u64) -> Table {
    let whole = fs::read(image).expect("built before");
    let all = kinds(&whole, count);
    let next = AtomicUsize::new(0);
    let table = Mutex::new(Table {
        counts: BTreeMap::new(),
        bad: Vec::new(),
    });
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let folder = tempfile::tempdir().expect("a temporary folder");
                while let Some((what, damage)) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let image = damaged(&whole, *damage);
                    let outcome = outcome(host, folder.path(), &image);
                    let mut table = table.lock().unwrap_or_else(PoisonError::into_inner);
                    *table
                        .counts
                        .entry(what)
                        .or_default()
                        .entry(outcome)
                        .or_default() += 1;
                    if matches!(outcome, Wrong | Signal | Hangs) {
                        table.bad.push((what, *damage, outcome));
                    }
                }
            });
        }
    });
    table.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl Table {
    fn of(&self, what: &str, outcome: Outcome) -> usize {
        let counts = self.counts.get(what);
        counts
            .and_then(|counts| counts.get(&outcome))
            .copied()
            .unwrap_or(0)
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:<22}", "one bit in, or")?;
        for outcome in OUTCOMES {
            write!(f, "{:>9}", format!("{outcome:?}").to_lowercase())?;
        }
        writeln!(f)?;
        for what in self.counts.keys() {
            write!(f, "{what:<22}")?;
            for outcome in OUTCOMES {
                write!(f, "{:>9}", self.of(what, outcome))?;
            }
            writeln!(f)?;
        }
        write!(f, "{:<22}", "all")?;
        for outcome in OUTCOMES {
            let all = self.counts.keys().map(|what| self.of(what, outcome));
            write!(f, "{:>9}", all.sum::<usize>())?;
        }
        writeln!(f)
    }
}

#[test]
fn damage_ends_in_an_error() {
    let host = PathBuf::from(env!("CARGO_BIN_EXE_scenario-host"));
    let table = try_all(&host, &support::root().join("heap.so"), 40);
    // Where each bit is checked, or does not matter.
    for what in [
        "ELF header",
        "cut short",
        "hash table",
        "metadata",
        "needed versions",
        "place of the metadata",
        "section table",
        "texts",
        "versions",
    ] {
        for outcome in [Wrong, Signal, Hangs] {
            assert_eq!(
                table.of(what, outcome),
                0,
                "{what}: {:?}\n{table}",
                table.bad
            );
        }
    }
    for what in table.counts.keys() {
        assert_eq!(table.of(what, Hangs), 0, "{what}: {:?}\n{table}", table.bad);
    }
}

/// Under `verify enforce`, no damaged image is even given to the dynamic linker, wherever the damage
/// is.
#[test]
fn none_that_is_verified_reaches_the_dynamic_linker() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let image = root.path().join("heap.so");
    // Without what only debuggers read, it is copied and hashed in a tenth of the time.
    let stripped = Command::new("strip")
        .arg("--strip-debug")
        .arg("-o")
        .arg(&image)
        .arg(support::root().join("heap.so"))
        .status();
    assert!(
        stripped.is_ok_and(|status| status.success()),
        "strip, of binutils"
    );
    let whole = fs::read(&image).expect("written by strip");
    let digest = Digest::of(&whole);
    let digests = format!("sha256 {digest} heap 0.1.0\n");
    fs::write(root.path().join("digests"), digests).expect("written");
    let system = "version 1\nmodule heap auto\nverify enforce\n";
    fs::write(root.path().join("system"), system).expect("written");
    let all = kinds(&whole, 1500);
    let lines = all.iter().map(|(_, damage)| match damage {
        Damage::Bit(bit) => format!("bit {bit}\n"),
        Damage::End(length) => format!("end {length}\n"),
    });
    let list = root.path().join("list");
    fs::write(&list, lines.collect::<String>()).expect("written");
    let mut host = Command::new(env!("CARGO_BIN_EXE_enforcing"));
    let output = host.arg(root.path()).arg(&list).bounded();
    let text = support::stdout(&output);
    assert!(
        output.status.success(),
        "{text}{}",
        support::stderr(&output)
    );
    assert_eq!(text, format!("{} damaged images\n", all.len()));
    assert!(all.len() > 14_000, "{}", all.len());
}

#[test]
#[ignore = "takes some minutes, and prints a table for people to read"]
fn table() {
    let named = |name, or: PathBuf| std::env::var_os(name).map_or(or, PathBuf::from);
    let host = named("DAMAGED_HOST", env!("CARGO_BIN_EXE_scenario-host").into());
    let image = named("DAMAGED_IMAGE", support::root().join("heap.so"));
    let table = try_all(&host, &image, 500);
    for (what, damage, outcome) in &table.bad {
        println!("{what}: {damage:?} {outcome:?}");
    }
    println!("{table}");
}
