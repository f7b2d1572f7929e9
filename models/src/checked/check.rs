//! Runs a model in all of its orders.

use std::io::Write;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::Instant;
use std::{panic, process};

use super::execution::{self, Bounds};
use super::{memory, step, thread};

/// The message of a panic that is part of a model.
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
/// An assertion failed in one of these orders.
pub fn check(name: &str, bounds: Bounds, body: impl Fn() + Sync + Send + 'static) {
    // All models share the statics.
    static ONE: Mutex<()> = Mutex::new(());
    static EXECUTIONS: AtomicU64 = AtomicU64::new(0);
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    fail_at_once();
    *MODEL.lock().unwrap_or_else(PoisonError::into_inner) = name.to_owned();

    let long = std::env::var_os("DLKM_MODELS_LONG").is_some();
    let preemptions = bounds.preemptions.map(|stops| stops + usize::from(long));
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = preemptions;
    builder.max_branches = 100_000;
    let body = Arc::new(body);
    let began = EXECUTIONS.load(Relaxed);
    let start = Instant::now();
    builder.check(move || {
        let number = EXECUTIONS.fetch_add(1, Relaxed) + 1;
        memory::reset();
        execution::start(number, bounds);
        step::reset();
        let body = Arc::clone(&body);
        // Loom's first thread has no part in the model.
        thread::spawn(move || body()).join_from_outside();
    });
    let executions = EXECUTIONS.load(Relaxed) - began;
    let stops = match preemptions {
        None => "all there are".to_owned(),
        Some(stops) => format!("with up to {stops} preemptions"),
    };
    println!(
        "{name}: {executions} orders, {stops}, in {:.1} s",
        start.elapsed().as_secs_f64()
    );
}
