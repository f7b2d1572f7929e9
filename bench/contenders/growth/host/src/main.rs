//! A host with many interfaces and many threads. It prints figures for `dlkm-bench` to read, one line
//! each: a name, and the value of each round.

mod interfaces;

use std::cell::Cell;
use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use bench_measure::Contender;
use dlkm_rt::{Kernel, ModuleRoot};
use interfaces::{ADD, LOCAL};

/// A thread that calls and then waits needs little.
const STACK: usize = 128 * 1024;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse().expect("a number");
    let [root, what @ ..] = &args[..] else {
        panic!("ROOT, and what to measure");
    };
    // SAFETY: the benchmark wrote the folder.
    let root = unsafe { ModuleRoot::trusted(root) };
    let kernel = Kernel::boot(root).expect("once in a process");
    match *what {
        ["times", threads, interfaces, rounds] => {
            times(kernel, number(threads), number(interfaces), number(rounds));
        }
        ["heap", images, threads] => heap(number(images), number(threads)),
        ["instructions"] => instructions(),
        _ => panic!("times THREADS INTERFACES ROUNDS, heap IMAGES THREADS, or instructions"),
    }
}

/// Runs `measure` while that many threads wait that have done `work`.
fn among(threads: usize, work: impl Fn() + Sync, measure: impl FnOnce()) {
    let (ready, done) = (Barrier::new(threads + 1), Barrier::new(threads + 1));
    thread::scope(|scope| {
        for _ in 0..threads {
            let thread = thread::Builder::new().stack_size(STACK);
            let thread = thread.spawn_scoped(scope, || {
                work();
                ready.wait();
                done.wait();
            });
            thread.expect("the system has as many threads");
        }
        ready.wait();
        measure();
        done.wait();
    });
}

fn call(interfaces: usize) {
    for add in &ADD[..interfaces] {
        assert_eq!(add(1, 2), 3);
    }
}

fn times(kernel: &Kernel, threads: usize, interfaces: usize, rounds: usize) {
    call(interfaces);
    among(
        threads,
        || call(interfaces),
        || {
            let turn = || {
                let snapshot = timed(|| drop(black_box(kernel.snapshot())));
                let unload = timed(|| kernel.unload("g0000").expect("no call is in it"));
                // Loads it again.
                call(1);
                [snapshot, unload, end_of_a_thread()]
            };
            turn();
            let rounds: Vec<[f64; 3]> = (0..rounds).map(|_| turn()).collect();
            for (at, name) in ["snapshot", "unload", "end"].into_iter().enumerate() {
                let values = rounds.iter().map(|round| format!("{:.0}", round[at]));
                println!("{name}\t{}", values.collect::<Vec<_>>().join(" "));
            }
        },
    );
}

/// In nanoseconds.
fn timed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64() * 1e9
}

/// The nanoseconds that the end of a thread which has called one interface takes, between the
/// destructors of two of its own values.
fn end_of_a_thread() -> f64 {
    struct Mark(fn());
    impl Drop for Mark {
        fn drop(&mut self) {
            (self.0)();
        }
    }
    thread_local! {
        static BEGAN: Cell<Option<Instant>> = const { Cell::new(None) };
        static FIRST: Mark = const { Mark(|| BEGAN.set(Some(Instant::now()))) };
        static LAST: Mark = const { Mark(send) };
        static TO: Cell<Option<std::sync::mpsc::Sender<f64>>> = const { Cell::new(None) };
    }
    fn send() {
        let took = BEGAN.get().expect("destroyed before").elapsed();
        let to = TO.try_with(Cell::take).ok().flatten();
        let _ = to.expect("destroyed later").send(took.as_secs_f64() * 1e9);
    }
    let (to, took) = std::sync::mpsc::channel();
    let thread = thread::spawn(move || {
        // Destroyed in the opposite order.
        TO.set(Some(to));
        LAST.with(|_| {});
        call(1);
        FIRST.with(|_| {});
    });
    thread.join().expect("it ends");
    took.recv().expect("it was sent")
}

/// The bytes that each image and thread has on the heap.
fn heap(images: usize, threads: usize) {
    let work = || {
        LOCAL[..images]
            .iter()
            .for_each(|local| assert_eq!(local(), 1))
    };
    work();
    // The threads' own, without those of images.
    let mut before = 0;
    among(threads, || (), || before = in_use());
    among(threads, work, || {
        println!("heap\t{}", in_use().saturating_sub(before))
    });
}

fn in_use() -> usize {
    // SAFETY: mallinfo2(3) only reads the allocator's own counts.
    let info = unsafe { libc::mallinfo2() };
    info.uordblks + info.hblkhd
}

/// A call of the first interface that is called, and of the last one.
fn instructions() {
    call(ADD.len());
    let contender = |name: &str, add: fn(u64, u64) -> u64| Contender {
        name: name.to_owned(),
        sum: Box::new(move |count| (0..count).fold(0, |sum, one| add(sum, one))),
        expected: |count| count * count.saturating_sub(1) / 2,
    };
    bench_measure::instructions::run(&[
        contender("first", ADD[0]),
        contender("last", ADD[ADD.len() - 1]),
    ]);
}
