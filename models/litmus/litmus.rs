//! The barrier on the machine it runs on: store buffering, so many rounds, with three sorts of
//! unloader.
//!
//! `cargo run --package dlkm-litmus [ROUNDS]`. Ends with 1 if a round went wrong although the
//! unloader used membarrier(2). Both threads need a processor for themselves: beside other work it
//! takes many times as long.

use std::hint::spin_loop;
use std::process::ExitCode;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::{AtomicU64, fence};
use std::thread;

#[allow(dead_code, unused_imports, unreachable_pub, unexpected_cfgs)]
#[path = "../../dlkm-core/src/os/linux/mod.rs"]
mod linux;
#[allow(unused_imports)]
mod metadata {
    pub(crate) use dlkm_metadata::BuildId;
}
#[allow(dead_code, unused_imports, unreachable_pub, unexpected_cfgs)]
#[path = "../../dlkm-core/src/primitive.rs"]
mod primitive;

/// Each in a cache line of its own, as entry and slot are.
#[repr(align(128))]
struct Line(AtomicU64);

const fn line() -> Line {
    Line(AtomicU64::new(0))
}

/// What both threads of a round share.
struct Shared {
    entry: Line,
    slot: Line,
    /// The number of the round that may begin.
    begin: Line,
    /// What the caller saw in the slot, plus 1, in the round of the upper bits.
    seen: Line,
}

/// How often entry and slot were both missed, in `rounds`.
fn wrong(rounds: u64, heavy: fn()) -> u64 {
    let shared = Shared {
        entry: line(),
        slot: line(),
        begin: line(),
        seen: line(),
    };
    let (entry, slot, begin, seen) = (
        &shared.entry.0,
        &shared.slot.0,
        &shared.begin.0,
        &shared.seen.0,
    );
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 1..=rounds {
                while begin.load(Acquire) < round {
                    spin_loop();
                }
                // As a stub: the entry, the light half, the slot.
                entry.store(round, Relaxed);
                linux::light_barrier();
                let saw = u64::from(slot.load(Relaxed) == round);
                seen.store(2 * round + saw, Release);
            }
        });
        (1..=rounds)
            .filter(|&round| {
                begin.store(round, Release);
                // So that both are at it at one time, more often than not.
                for _ in 0..round % 64 {
                    spin_loop();
                }
                slot.store(round, Relaxed);
                heavy();
                let counted = entry.load(Relaxed) == round;
                let saw = loop {
                    let seen = seen.load(Acquire);
                    if seen >= 2 * round {
                        break seen % 2 == 1;
                    }
                    spin_loop();
                };
                !counted && !saw
            })
            .count() as u64
    })
}

fn main() -> ExitCode {
    let rounds = std::env::args()
        .nth(1)
        .map_or(2_000_000, |text| text.parse().expect("a number of rounds"));
    if !linux::heavy_barrier() {
        println!("this system has no membarrier(2): dlkm unloads nothing here");
        return ExitCode::SUCCESS;
    }
    let alone = wrong(rounds, || fence(SeqCst));
    println!("a fence in the unloader alone: {alone} of {rounds} rounds wrong");
    let membarrier = wrong(rounds, || _ = linux::heavy_barrier());
    println!("membarrier(2): {membarrier} of {rounds} rounds wrong");
    match membarrier {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
