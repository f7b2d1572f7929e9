//! Threads of a model, and what each does before a step that others can see.

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;
use std::sync::atomic::AtomicU64 as Count;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::Instant;
use std::{panic, process};

use super::barrier::{Heavy, Part, asleep};
use super::local::Locals;
use super::memory;

/// In words. The kernel runs deeper than loom's own 32 kB.
const STACK: usize = 0x10000;

/// How far a model is explored.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How often a thread is stopped although it could go on; `None` for any number, which
    /// makes the exploration complete.
    pub preemptions: Option<usize>,
    /// What stands for the compiler.
    pub compiler: Compiler,
    /// What stands for the system's barrier.
    pub heavy: Heavy,
}

impl Bounds {
    /// Every order there is.
    pub const ALL: Bounds = Bounds {
        preemptions: None,
        compiler: Compiler::Literal,
        heavy: Heavy::Everywhere,
    };

    /// At most `preemptions` stops; with `DLKM_MODELS_LONG` in the environment one more.
    pub const fn stops(preemptions: usize) -> Bounds {
        Bounds {
            preemptions: Some(preemptions),
            ..Bounds::ALL
        }
    }

    /// The same with a compiler that moves what it may.
    pub const fn moved(self) -> Bounds {
        Bounds {
            compiler: Compiler::Moves,
            ..self
        }
    }

    /// The same with another barrier.
    pub const fn heavy(self, heavy: Heavy) -> Bounds {
        Bounds { heavy, ..self }
    }
}

/// What stands for the compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compiler {
    /// Leaves every step where it is written.
    Literal,
    /// Moves each relaxed store below all loads of other places that follow it, up to the next
    /// step of another kind or `light_barrier`.
    Moves,
}

/// What a thread is about to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Load what is at this address.
    Load(usize),
    /// All else.
    Other,
}

/// A thread of a model.
pub(super) struct Thread {
    pub(super) part: Part,
    pub(super) locals: Locals,
    /// The store that the compiler has moved, and where it goes.
    delayed: RefCell<Option<Delayed>>,
}

type Delayed = (usize, Box<dyn FnOnce()>);

struct World {
    execution: u64,
    bounds: Bounds,
    threads: Vec<Rc<Thread>>,
}

std::thread_local! {
    static WORLD: RefCell<World> = const {
        RefCell::new(World {
            execution: 0,
            bounds: Bounds::ALL,
            threads: Vec::new(),
        })
    };
}

loom::thread_local! {
    static ME: RefCell<Option<Rc<Thread>>> = RefCell::new(None);
}

pub(crate) fn execution() -> u64 {
    WORLD.with_borrow(|world| world.execution)
}

pub(super) fn heavy_kind() -> Heavy {
    WORLD.with_borrow(|world| world.bounds.heavy)
}

pub(super) fn all() -> Vec<Rc<Thread>> {
    WORLD.with_borrow(|world| world.threads.clone())
}

pub(super) fn me() -> Rc<Thread> {
    ME.with(|me| me.borrow().clone())
        .expect("steps are made by threads that `check` or `spawn` has started")
}

/// Comes before each step that others can see.
pub(super) fn before(step: Step) {
    let me = me();
    let moved = me.delayed.borrow().as_ref().map(|(address, _)| *address);
    match (step, moved) {
        (Step::Load(address), Some(moved)) if address != moved => {}
        _ => flush(),
    }
    me.part.serve();
}

/// Makes the step that the compiler has moved.
pub(super) fn flush() {
    let me = me();
    let delayed = me.delayed.take();
    if let Some((_, store)) = delayed {
        me.part.serve();
        store();
    }
}

/// Leaves a store of the running thread to a compiler.
pub(super) fn delay(address: usize, store: impl FnOnce() + 'static) {
    match WORLD.with_borrow(|world| world.bounds.compiler) {
        Compiler::Literal => store(),
        Compiler::Moves => *me().delayed.borrow_mut() = Some((address, Box::new(store))),
    }
}

/// A thread that was started.
pub struct Join<T>(loom::thread::JoinHandle<T>);

impl<T> Join<T> {
    /// Waits for its end.
    pub fn join(self) -> T {
        before(Step::Other);
        asleep(|| self.0.join()).expect("a panic of a thread ends the model")
    }
}

/// As std's, which promises nothing: another thread may go on here, or this one. Loom's own would
/// run others as long as any can go on, and leave out the orders in which they take longer.
pub(crate) fn yield_now() {
    before(Step::Other);
}

/// What loom wants to be `Send`, as std does. Its threads are all on one system thread.
struct Here<T>(T);

// SAFETY: as above.
unsafe impl<T> Send for Here<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Here<T> {}

impl<T> Here<T> {
    /// A method, so that a closure takes the whole.
    fn get(&self) -> &T {
        &self.0
    }
}

/// Starts a thread of the model.
///
/// # Panics
/// There are four already.
pub fn spawn<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> Join<T> {
    if ME.with(|me| me.borrow().is_some()) {
        before(Step::Other);
    }
    let thread = Rc::new(Thread {
        part: Part::new(),
        locals: Locals::default(),
        delayed: RefCell::new(None),
    });
    WORLD.with_borrow_mut(|world| world.threads.push(Rc::clone(&thread)));
    let thread = Here(thread);
    let handle = loom::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || {
            let thread = thread.get();
            ME.with(|me| *me.borrow_mut() = Some(Rc::clone(thread)));
            let value = body();
            thread.locals.destroy();
            flush();
            thread.part.end();
            thread.locals.fill();
            value
        });
    Join(handle.expect("loom starts each thread"))
}

/// What a panic says that belongs to a model.
pub const WANTED: &str = "the model wants it so";

/// The model that runs.
static MODEL: Mutex<String> = Mutex::new(String::new());

/// Any other panic ends the process: a thread of a model can't be unwound, as its destructors
/// would take further steps.
fn fail_at_once() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        panic::set_hook(Box::new(|info| {
            let message = info.to_string();
            if message.contains(WANTED) {
                return;
            }
            let model = MODEL.lock().unwrap_or_else(PoisonError::into_inner);
            // Not by `eprintln!`, which tests capture.
            let text = format!("\nThe model `{model}` fails: {message}\n");
            let _ = std::io::stderr().write_all(text.as_bytes());
            process::exit(101);
        }));
    });
}

/// Runs `body`, and the threads that it starts, in every order within `bounds`.
///
/// # Panics
/// In one of these orders something went wrong.
pub fn check(name: &str, bounds: Bounds, body: impl Fn() + Sync + Send + 'static) {
    // Statics are shared by all models.
    static ONE: Mutex<()> = Mutex::new(());
    static EXECUTIONS: Count = Count::new(0);
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    fail_at_once();
    *MODEL.lock().unwrap_or_else(PoisonError::into_inner) = name.to_owned();

    let long = std::env::var_os("DLKM_MODELS_LONG").is_some();
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = bounds.preemptions.map(|stops| stops + usize::from(long));
    builder.max_branches = 100_000;
    let body = Arc::new(body);
    let began = EXECUTIONS.load(Relaxed);
    let start = Instant::now();
    builder.check(move || {
        let execution = EXECUTIONS.fetch_add(1, Relaxed) + 1;
        memory::reset();
        WORLD.with_borrow_mut(|world| {
            world.execution = execution;
            world.bounds = bounds;
            world.threads.clear();
        });
        let body = Arc::clone(&body);
        let director = spawn(move || body());
        // The first thread of loom's has no part in the model.
        director
            .0
            .join()
            .expect("a panic of a thread ends the model");
    });
    let executions = EXECUTIONS.load(Relaxed) - began;
    let stops = builder_stops(bounds, long);
    println!(
        "{name}: {executions} orders, {stops}, in {:.1} s",
        start.elapsed().as_secs_f64()
    );
}

fn builder_stops(bounds: Bounds, long: bool) -> String {
    match bounds.preemptions {
        None => "all there are".to_owned(),
        Some(stops) => format!("with up to {} preemptions", stops + usize::from(long)),
    }
}
