//! Time of one call: all contenders in turn, round after round.

use std::hint;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::Contender;

/// How long a contender has the processor in one round: long against a clock's reading, short
/// against the time that other programs come and go.
const TURN: Duration = Duration::from_micros(300);

/// How many times longer with two threads, against the time that a thread takes to start.
const TOGETHER: u64 = 5;

/// How often two threads are tried in one round until both have a processor all the time.
const TRIES: usize = 10;

/// Prints one line for each figure: the contender, threads, and each round's nanoseconds.
pub fn run(contenders: &[Contender], rounds: usize, threads: &[usize]) {
    let counts: Vec<u64> = contenders.iter().map(calls_in_a_turn).collect();
    for &threads in threads {
        let mut figures = vec![Vec::new(); contenders.len()];
        for _ in 0..rounds {
            for ((one, count), figures) in contenders.iter().zip(&counts).zip(&mut figures) {
                let (took, count) = match threads {
                    1 => (Some(timed(one, *count)), *count),
                    _ => (undisturbed(one, *count * TOGETHER), *count * TOGETHER),
                };
                figures.extend(took.map(|took| took.as_secs_f64() * 1e9 / count as f64));
            }
        }
        for (one, figures) in contenders.iter().zip(figures) {
            let figures: Vec<_> = figures.iter().map(|ns| format!("{ns:.3}")).collect();
            println!("{}\t{threads}\t{}", one.name, figures.join(" "));
        }
    }
}

/// In CPU time of this thread, so that other programs on the processor do not count.
fn timed(one: &Contender, count: u64) -> Duration {
    let start = thread_time();
    let sum = (one.sum)(count);
    let took = thread_time() - start;
    check(one, count, sum);
    took
}

fn check(one: &Contender, count: u64, sum: u64) {
    let expected = (one.expected)(count);
    assert_eq!(sum, expected, "{} calls another function", one.name);
}

/// The CPU time of this thread.
fn thread_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is a timespec that may be written.
    let result = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    assert_eq!(result, 0, "Linux has this clock");
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// The time of two threads, unless other programs took a processor from them all the time: then the
/// threads would not run at the same time, and a thing that they share would cost nothing.
fn undisturbed(one: &Contender, count: u64) -> Option<Duration> {
    (0..TRIES).find_map(|_| together(one, count))
}

/// The mean of two threads that call at the same time, or `None` if one of them lost its processor. By
/// the wall clock, since the time that one waits for the other counts.
fn together(one: &Contender, count: u64) -> Option<Duration> {
    let ready = AtomicUsize::new(0);
    let run = || {
        // The first call in this thread may set up things.
        check(one, 1, (one.sum)(1));
        // Relaxed: it orders nothing. It spins, since a thread that sleeps would begin later.
        ready.fetch_add(1, Ordering::Relaxed);
        while ready.load(Ordering::Relaxed) < 2 {
            hint::spin_loop();
        }
        let losses = losses();
        let start = Instant::now();
        let sum = (one.sum)(count);
        let took = start.elapsed();
        check(one, count, sum);
        (self::losses() == losses).then_some(took)
    };
    thread::scope(|scope| {
        let other = scope.spawn(run);
        let mine = run();
        let other = other.join().expect("it adds");
        Some((mine? + other?) / 2)
    })
}

/// How often this thread lost its processor to others. (Waiting for a lock is not that.)
fn losses() -> i64 {
    // SAFETY: all bytes may be 0 in this struct of numbers.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: `usage` is a rusage that may be written.
    let result = unsafe { libc::getrusage(libc::RUSAGE_THREAD, &mut usage) };
    assert_eq!(result, 0, "Linux counts this");
    usage.ru_nivcsw
}

fn calls_in_a_turn(one: &Contender) -> u64 {
    // Leaves out what the first call loads or sets up.
    check(one, 1, (one.sum)(1));
    let mut count = 1000;
    loop {
        let took = timed(one, count);
        if took > TURN / 4 {
            let turns = TURN.as_secs_f64() / took.as_secs_f64();
            return ((count as f64 * turns) as u64).max(1);
        }
        count *= 2;
    }
}
