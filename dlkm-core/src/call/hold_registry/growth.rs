//! What grows with the numbers of interfaces and threads: counted by valgrind's callgrind, so that a
//! busy machine changes nothing.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Barrier;
use std::{env, hint};

use super::tests::{enter, interface};
use super::*;

const THREADS: usize = 16;
/// The last of them has no cell, so it is in a second page.
const FEW: usize = CELLS + 1;
const MANY: usize = CELLS + 64;

/// How much more each may take with many interfaces than with few: an interface's number is searched
/// for by name, and halving the names takes a few more steps.
const MOST: f64 = 1.03;

/// What each takes, and how many instructions at most without optimisation: 3 % more than now.
const LIMITS: [(&str, f64); 3] = [("end", 4346.0), ("unload", 9390.0), ("call", 361.0)];

/// Callgrind counts in here alone.
#[inline(never)]
fn counted_by_callgrind(work: &dyn Fn()) {
    work();
    hint::black_box(());
}

/// Runs in a process of its own, where `DLKM_GROWTH` says what is counted, and how many interfaces
/// the other threads have called.
#[test]
fn worker() {
    let Ok(task) = env::var("DLKM_GROWTH") else {
        return;
    };
    let (what, interfaces) = task.split_once(' ').unwrap();
    let interfaces: usize = interfaces.parse().unwrap();
    let tables: Vec<_> = (0..interfaces)
        .map(|number| interface(format!("growth-{number:04}").leak()))
        .collect();
    let (ready, done) = (Barrier::new(THREADS + 1), Barrier::new(THREADS + 1));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                tables.iter().for_each(|table| drop(enter(table)));
                ready.wait();
                done.wait();
            });
        }
        ready.wait();
        // A thread that calls the first interface and the last one, and no other.
        let (first, last) = (tables[0], tables[interfaces - 1]);
        drop((enter(first), enter(last)));
        match what {
            "end" => counted_by_callgrind(&|| THREAD.with(ThreadRecords::end)),
            "unload" => counted_by_callgrind(&|| {
                assert_eq!(in_flight(&[first.declaration.name]), 0);
            }),
            "call" => counted_by_callgrind(&|| drop(enter(last))),
            other => panic!("{other}"),
        }
        done.wait();
    });
}

fn instructions(what: &str, interfaces: usize) -> f64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg("--toggle-collect=*counted_by_callgrind*")
        .arg(env::current_exe().unwrap())
        .args(["--exact", "call::hold_registry::growth::worker"])
        .env("DLKM_GROWTH", format!("{what} {interfaces}"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}: {text}");
    let (_, count) = text.split_once("Collected : ").unwrap();
    count.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn what_a_thread_and_an_unload_do_is_flat_in_the_interfaces_of_others() {
    let found = Command::new("valgrind").arg("--version").output();
    if !found.is_ok_and(|output| output.status.success()) {
        let _ = writeln!(std::io::stderr(), "skipped: valgrind is not installed");
        return;
    }
    for (what, limit) in LIMITS {
        let counts = [FEW, MANY].map(|interfaces| instructions(what, interfaces));
        assert!(counts[0] > 0.0, "{what} was not counted");
        assert!(counts[1] / counts[0] < MOST, "{what}: {counts:?}");
        // Assertions tell the two profiles apart.
        assert!(
            !cfg!(debug_assertions) || counts[1] < limit,
            "{what}: {counts:?} of {limit}"
        );
    }
}
