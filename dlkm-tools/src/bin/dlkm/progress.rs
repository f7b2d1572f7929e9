//! Progress of long work, on a terminal only. Work that is done soon shows nothing.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long work takes before it shows.
const SOON: Duration = Duration::from_millis(300);

/// How often it is drawn, however slow a step is.
const TICK: Duration = Duration::from_millis(200);

/// Shows progress until it is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    /// Dropped first, which ends the thread.
    done: Option<Sender<()>>,
    show: Option<JoinHandle<()>>,
}

/// Work of unknown length.
pub(crate) fn spinner(text: &'static str) -> Progress {
    Progress::new(ProgressBar::new_spinner(), "{msg} {spinner}", text)
}

/// Work of that many steps.
pub(crate) fn bar(steps: usize, text: &'static str) -> Progress {
    let bar = ProgressBar::new(steps as u64);
    Progress::new(bar, "{msg} {bar:30} {pos}/{len}", text)
}

impl Progress {
    fn new(bar: ProgressBar, style: &str, text: &'static str) -> Self {
        bar.set_draw_target(ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.set_message(text);
        let (done, is_done) = mpsc::channel();
        let shown = bar.clone();
        let show = move || {
            if is_done.recv_timeout(SOON) == Err(RecvTimeoutError::Timeout) {
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.enable_steady_tick(TICK);
            }
        };
        // Without another thread, the work goes on in silence.
        let show = thread::Builder::new().spawn(show).ok();
        Progress {
            bar,
            done: Some(done),
            show,
        }
    }

    /// One more step is done.
    pub(crate) fn step(&self) {
        self.bar.inc(1);
    }

    /// Prints something while the bar is hidden.
    pub(crate) fn suspend(&self, print: impl FnOnce()) {
        self.bar.suspend(print);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(show) = self.show.take() {
            let _ = show.join();
        }
        self.bar.finish_and_clear();
    }
}
