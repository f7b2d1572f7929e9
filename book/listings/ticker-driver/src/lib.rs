//! `ticker`: threads that hold their module, and one that its hooks start and end.

use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};

use dlkm_rt::{LoadArg, LoadError, module};

struct Driver;

// ANCHOR: holding
use dlkm_rt::thread::{self, JoinHandle};

/// The thread that counts: a channel to send it ticks, and a handle to wait for its end.
static COUNTER: Mutex<Option<(mpsc::Sender<()>, JoinHandle<u64>)>> = Mutex::new(None);

fn start() {
    let (send, ticks) = mpsc::channel();
    // The thread ends when the sender is dropped.
    let thread = thread::spawn(move || ticks.iter().map(|()| 1).sum());
    *lock(&COUNTER) = Some((send, thread));
}

fn stop() -> u64 {
    let Some((send, thread)) = lock(&COUNTER).take() else {
        return 0;
    };
    drop(send);
    // The error has the message of a panic in the thread.
    thread.join().unwrap_or_else(|error| panic!("{error}"))
}
// ANCHOR_END: holding

// ANCHOR: hooks
/// Writes the log.
static WRITER: Mutex<Option<(mpsc::Sender<String>, std::thread::JoinHandle<()>)>> =
    Mutex::new(None);

fn load(_: &LoadArg) -> Result<(), String> {
    let (send, lines) = mpsc::channel::<String>();
    let write = move || lines.iter().for_each(|line| println!("ticker: {line}"));
    *lock(&WRITER) = Some((send, std::thread::spawn(write)));
    Ok(())
}

fn unload(_: &LoadArg) -> Result<(), String> {
    if let Some((send, thread)) = lock(&WRITER).take() {
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
        if let Some((send, _)) = &*lock(&COUNTER) {
            let _ = send.send(());
        }
        if let Some((send, _)) = &*lock(&WRITER) {
            let _ = send.send("tick".to_owned());
        }
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
