//! `ticker`: threads that hold their module, and one that its hooks start and end.

use std::sync::{Mutex, PoisonError, mpsc};

use dlkm_rt::{LoadArg, LoadError, ModuleCell, module};

struct Driver;

// ANCHOR: holding
use dlkm_rt::thread::{self, JoinHandle};

/// The thread that counts: a channel to send it ticks, and a handle to wait for its end.
static COUNTER: State<(mpsc::Sender<()>, JoinHandle<u64>)> = ModuleCell::new(Mutex::default);

fn start() {
    let (send, ticks) = mpsc::channel();
    // The thread ends when the sender is dropped.
    let thread = thread::spawn(move || ticks.iter().map(|()| 1).sum());
    with(&COUNTER, |counter| *counter = Some((send, thread)));
}

fn stop() -> u64 {
    let Some((send, thread)) = with(&COUNTER, Option::take) else {
        return 0;
    };
    drop(send);
    // The error has the message of a panic in the thread.
    thread.join().unwrap_or_else(|error| panic!("{error}"))
}
// ANCHOR_END: holding

// ANCHOR: hooks
/// Writes the log.
static WRITER: State<(mpsc::Sender<String>, std::thread::JoinHandle<()>)> =
    ModuleCell::new(Mutex::default);

fn load(_: &LoadArg) -> Result<(), String> {
    let (send, lines) = mpsc::channel::<String>();
    let write = move || lines.iter().for_each(|line| println!("ticker: {line}"));
    with(&WRITER, |writer| {
        *writer = Some((send, std::thread::spawn(write)));
    });
    Ok(())
}

fn unload(_: &LoadArg) -> Result<(), String> {
    if let Some((send, thread)) = with(&WRITER, Option::take) {
        drop(send);
        thread.join().map_err(|_| "the writer panicked")?;
    }
    Ok(())
}
// ANCHOR_END: hooks

#[module(load = load, unload = unload)]
impl ticker_api::Ticker for Driver {
    fn start() -> Result<(), LoadError> {
        start();
        Ok(())
    }

    fn tick() -> Result<(), LoadError> {
        with(&COUNTER, |counter| {
            if let Some((send, _)) = counter {
                let _ = send.send(());
            }
        });
        with(&WRITER, |writer| {
            if let Some((send, _)) = writer {
                let _ = send.send("tick".to_owned());
            }
        });
        Ok(())
    }

    fn stop() -> Result<u64, LoadError> {
        Ok(stop())
    }

    fn after_tick(body: &mut dyn FnMut()) -> Result<(), LoadError> {
        Self::tick()?;
        body();
        Ok(())
    }

    fn forget() -> Result<(), LoadError> {
        std::thread::spawn(|| {
            loop {
                std::thread::park();
            }
        });
        Ok(())
    }
}

// ANCHOR: state
/// What the module keeps; an unload drops it.
type State<T> = ModuleCell<Mutex<Option<T>>>;

fn with<T: Send, R>(state: &State<T>, body: impl FnOnce(&mut Option<T>) -> R) -> R {
    state.with(|mutex| body(&mut mutex.lock().unwrap_or_else(PoisonError::into_inner)))
}
// ANCHOR_END: state
