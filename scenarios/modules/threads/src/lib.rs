//! `threads`: starts threads of several kinds, and waits for few of them.

use std::ffi::c_int;
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use dlkm_rt::{LoadArg, LoadError, module};
use scenario_api::{Start, counter, plan};

/// The driver.
pub struct Driver;

#[module(unload = unload)]
impl scenario_api::Threads for Driver {
    fn start(how: Start) -> Result<(), LoadError> {
        match how {
            Start::Plain => drop(thread::spawn(|| ask("thread"))),
            Start::InC => assert_eq!(start(false), 0),
            Start::InCLeaving => assert_eq!(start(true), 0),
            Start::Short => drop(thread::spawn(|| String::from("short"))),
            Start::LastWords => drop(thread::spawn(|| LAST.with(|_| ()))),
            Start::Worker => worker().0.push(thread::spawn(until_stopped)),
            Start::Holding => {
                let (send, receive) = mpsc::channel();
                let thread = dlkm_rt::thread::spawn(move || {
                    let more: u64 = receive.iter().sum();
                    counter::count().map(|count| count + more)
                });
                *held() = Some((send, thread));
            }
            Start::HoldingUnjoined => {
                let (handle_is_gone, wait) = mpsc::channel::<()>();
                drop(dlkm_rt::thread::spawn(move || {
                    let _ = wait.recv();
                    Left
                }));
                drop(handle_is_gone);
            }
        }
        Ok(())
    }

    fn stop() -> Result<u64, LoadError> {
        let Some((send, thread)) = held().take() else {
            return Ok(0);
        };
        send.send(40).expect("the thread waits");
        drop(send);
        thread.join().expect("no panic")
    }

    fn panic() -> Result<String, LoadError> {
        let builder = dlkm_rt::thread::Builder::new().name("unlucky".to_owned());
        let thread = builder.spawn(|| panic!("no more {}", "milk"));
        let ended: Result<(), _> = thread.expect("a thread").join();
        Ok(ended.expect_err("it panicked").to_string())
    }

    fn know_thread() -> Result<(), LoadError> {
        drop(thread::current());
        Ok(())
    }
}

fn ask(what: &str) {
    // Fails once the module is unloaded: the scenario sees which calls arrive.
    let _ = plan::ask(what);
}

unsafe extern "C" {
    fn start_in_c(leave: c_int) -> c_int;
}

fn start(leave: bool) -> c_int {
    // SAFETY: it takes any number, and the thread calls nothing but `c_thread_runs`.
    unsafe { start_in_c(leave.into()) }
}

#[unsafe(no_mangle)]
extern "C" fn c_thread_runs() {
    ask("thread");
}

struct Last;

impl Drop for Last {
    fn drop(&mut self) {
        let _ = counter::count();
        ask("thread");
        let _ = counter::count();
    }
}

thread_local!(static LAST: Last = const { Last });

/// The result of a thread that is never joined.
struct Left;

impl Drop for Left {
    fn drop(&mut self) {
        ask("thread");
    }
}

type Adding = dlkm_rt::thread::JoinHandle<Result<u64, LoadError>>;
static HELD: Mutex<Option<(mpsc::Sender<u64>, Adding)>> = Mutex::new(None);

fn held() -> MutexGuard<'static, Option<(mpsc::Sender<u64>, Adding)>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Threads that the unload hook stops.
static WORKERS: Mutex<(Vec<thread::JoinHandle<()>>, bool)> = Mutex::new((Vec::new(), false));

fn worker() -> MutexGuard<'static, (Vec<thread::JoinHandle<()>>, bool)> {
    WORKERS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn until_stopped() {
    while !worker().1 {
        thread::park();
    }
}

fn unload(_: &LoadArg) -> Result<(), String> {
    let threads = {
        let mut worker = worker();
        worker.1 = true;
        std::mem::take(&mut worker.0)
    };
    for thread in threads {
        thread.thread().unpark();
        thread.join().map_err(|_| "a worker panicked")?;
    }
    Ok(())
}
