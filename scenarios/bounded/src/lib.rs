//! Runs a scenario's process for a bounded time: one that hangs fails its own test, and the tests
//! after it still run.

use std::io::{self, Read};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// No scenario takes nearly as long, on a busy machine either. One that does has hung.
pub const PATIENCE: Duration = Duration::from_secs(240);

/// Like [`Command::output`], with a bound.
pub trait Bounded {
    /// Runs the program, and collects what it prints.
    ///
    /// # Panics
    /// The program can't be started, or does not end within [`PATIENCE`]. The message has the
    /// command and what the program has printed; the program is killed.
    fn bounded(&mut self) -> Output {
        self.bounded_by(PATIENCE)
    }

    /// Like [`bounded`](Self::bounded), with another bound.
    ///
    /// # Panics
    /// As for `bounded`.
    fn bounded_by(&mut self, patience: Duration) -> Output;
}

impl Bounded for Command {
    #[track_caller]
    fn bounded_by(&mut self, patience: Duration) -> Output {
        let start = Instant::now();
        self.stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = loop {
            match self.spawn() {
                Ok(child) => break child,
                // The test has just written the program, and the child of another test, which has
                // forked meanwhile, has the file open until it executes its own.
                Err(error)
                    if error.kind() == io::ErrorKind::ExecutableFileBusy
                        && start.elapsed() < patience => {}
                Err(error) => panic!("{self:?}: {error}"),
            }
        };
        let (done, is_done) = mpsc::channel();
        let stdout = Printed::read(child.stdout.take(), done.clone());
        let stderr = Printed::read(child.stderr.take(), done);
        let left = || patience.saturating_sub(start.elapsed());
        let closed = (0..2).all(|_| is_done.recv_timeout(left()).is_ok());
        loop {
            // As a rule it ends when it closes its streams.
            match child.try_wait().expect("a child can be waited for") {
                Some(status) if closed => {
                    return Output {
                        status,
                        stdout: stdout.take(),
                        stderr: stderr.take(),
                    };
                }
                _ if left() > Duration::ZERO => thread::sleep(Duration::from_millis(1)),
                _ => break,
            }
        }
        // It may have ended, and left its streams to a child of its own.
        let _ = child.kill();
        let _ = child.wait();
        let (stdout, stderr) = (stdout.text(), stderr.text());
        panic!("{self:?} has not ended after {patience:?}. It printed:\n{stdout}{stderr}");
    }
}

/// What a process has printed so far.
#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Printed {
    /// Reads the pipe in a thread of its own, which sends at the end.
    fn read(pipe: Option<impl Read + Send + 'static>, done: Sender<()>) -> Self {
        let printed = Printed::default();
        let all = printed.clone();
        thread::spawn(move || {
            let mut pipe = pipe.expect("it is piped");
            let mut chunk = [0; 4096];
            while let Ok(len @ 1..) = pipe.read(&mut chunk) {
                let mut all = all.0.lock().unwrap_or_else(PoisonError::into_inner);
                all.extend_from_slice(&chunk[..len]);
            }
            let _ = done.send(());
        });
        printed
    }

    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.take()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        shell
    }

    #[test]
    fn a_program_that_ends_is_as_with_output() {
        let bounded = shell("echo out; echo err >&2; exit 3").bounded();
        let output = shell("echo out; echo err >&2; exit 3").output();
        assert_eq!(bounded, output.expect("a shell"));
        assert_eq!(shell("kill -9 $$").bounded().status.code(), None);
    }

    #[test]
    fn a_program_that_hangs_is_killed_and_named() {
        // Once with its streams open, once with them closed.
        for script in [
            "echo its number is $$; exec sleep 1000",
            "echo its number is $$; exec sleep 1000 >&- 2>&-",
        ] {
            let caught =
                std::panic::catch_unwind(|| shell(script).bounded_by(Duration::from_secs(2)));
            let payload = caught.expect_err("it hangs");
            let text = payload.downcast_ref::<String>().expect("a text");
            assert!(text.contains("exec sleep 1000"), "{text}");
            assert!(text.contains("has not ended after 2s"), "{text}");
            let (_, number) = text.split_once("its number is ").expect("its output");
            let process = format!("/proc/{}", number.trim());
            assert!(!std::path::Path::new(&process).exists(), "it still runs");
        }
    }
}
