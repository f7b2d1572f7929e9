//! The shell: commands, their files, and descriptors that stay open.

mod commands;
mod copy;
mod parse;
mod tables;

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use dlkm_rt::Kernel;
use unix_kernel::OpenFlags;
use unix_kernel::errno::{EBADF, ECHILD, EINVAL, ENOSTR};

use crate::fault::{Fault, Result};
use crate::file::File;
use crate::namespace::{Found, Namespace};
use crate::stream::Stream;
use parse::{Command, Line, Place};

/// The shell. Its commands may run in threads.
#[derive(Clone)]
pub(crate) struct Shell(Arc<State>);

pub(crate) struct State {
    kernel: &'static Kernel,
    namespace: Arc<Namespace>,
    descriptors: Mutex<BTreeMap<u32, Arc<Descriptor>>>,
    jobs: Mutex<Vec<Option<JoinHandle<u8>>>>,
    ended: AtomicBool,
}

/// An open file, with the position in it.
pub(crate) struct Descriptor {
    file: File,
    at: Mutex<u64>,
    closed: AtomicBool,
}

impl Descriptor {
    fn read(&self, into: &mut [u8]) -> Result<usize> {
        let start = *self.position();
        let count = self.file.read(start, into)?;
        *self.position() = start + count as u64;
        Ok(count)
    }

    fn write(&self, from: &[u8]) -> Result<()> {
        let start = *self.position();
        self.file.write_all(start, from)?;
        *self.position() = start + from.len() as u64;
        Ok(())
    }

    /// Closes the file, the first time.
    fn close(&self) -> Result<()> {
        match self.closed.swap(true, SeqCst) {
            false => self.file.close(),
            true => Ok(()),
        }
    }

    fn position(&self) -> MutexGuard<'_, u64> {
        lock(&self.at)
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        // After a failure elsewhere, or in the last command that used it.
        let _closed = self.close();
    }
}

/// Where a command reads and writes, if it says so.
struct Places {
    from: Option<Arc<Descriptor>>,
    to: Option<Arc<Descriptor>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shell {
    pub(crate) fn new(kernel: &'static Kernel, namespace: Arc<Namespace>) -> Self {
        Shell(Arc::new(State {
            kernel,
            namespace,
            descriptors: Mutex::default(),
            jobs: Mutex::default(),
            ended: AtomicBool::new(false),
        }))
    }

    /// Whether `exit` was called.
    pub(crate) fn has_ended(&self) -> bool {
        self.0.ended.load(SeqCst)
    }

    /// Runs commands; returns the status of the last one.
    pub(crate) fn run(&self, text: &str) -> u8 {
        let mut status = 0;
        for line in parse::lines(text) {
            if self.has_ended() {
                break;
            }
            status = match line {
                Ok(line) => self.line(line),
                Err(error) => {
                    eprintln!("unix: {error}");
                    2
                }
            };
        }
        status
    }

    fn line(&self, line: Line) -> u8 {
        if !line.background {
            return self.pipeline(self.prepared(line));
        }
        let shell = self.clone();
        // Before the next command may close a descriptor.
        let prepared = self.prepared(line);
        let job = std::thread::spawn(move || shell.pipeline(prepared));
        lock(&self.0.jobs).push(Some(job));
        0
    }

    /// Runs commands, of which each reads what the one before it has written.
    fn pipeline(&self, pipeline: Vec<(Command, Result<Places>)>) -> u8 {
        let mut status = 0;
        let mut input = Vec::new();
        let last = pipeline.len().saturating_sub(1);
        for (at, (command, places)) in pipeline.into_iter().enumerate() {
            let mut output = Vec::new();
            let name = command.words.first().cloned().unwrap_or_default();
            let run = |places| self.command(&command, places, input, &mut output, at == last);
            let result = places.and_then(run);
            status = result.unwrap_or_else(|error| {
                eprintln!("{name}: {error}");
                1
            });
            input = output;
        }
        // What the last one has left.
        let mut terminal = std::io::stdout().lock();
        let written = terminal.write_all(&input).and_then(|()| terminal.flush());
        match written {
            Ok(()) => status,
            Err(_) => 1,
        }
    }

    /// Opens the files of commands, before they run.
    fn prepared(&self, line: Line) -> Vec<(Command, Result<Places>)> {
        let prepare = |command| {
            let places = self.places(&command);
            (command, places)
        };
        line.pipeline.into_iter().map(prepare).collect()
    }

    fn places(&self, command: &Command) -> Result<Places> {
        let from = match &command.input {
            Some(place) => Some(self.place(place, reading())?),
            None => None,
        };
        let to = match &command.output {
            Some((place, append)) => {
                let to = self.place(place, writing())?;
                if let (File::Host(file), false, Place::Path(_)) = (&to.file, append, place) {
                    file.set_len(0)?;
                }
                if let (File::Host(file), true) = (&to.file, append) {
                    *to.position() = file.metadata()?.len();
                }
                Some(to)
            }
            None => None,
        };
        Ok(Places { from, to })
    }

    fn command(
        &self,
        command: &Command,
        places: Places,
        input: Vec<u8>,
        output: &mut Vec<u8>,
        last: bool,
    ) -> Result<u8> {
        let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
        let [name, arguments @ ..] = &words[..] else {
            return Ok(0);
        };
        if *name == "exec" {
            return self.exec(command).map(|()| 0);
        }
        let Places { from, to } = places;
        let input = commands::Input { from, piped: input };
        let result = commands::run(self, name, arguments, input, output);
        // What a command has written before it failed is written.
        if let Some(to) = to {
            let written = to.write(output);
            output.clear();
            let closed = close(to);
            let status = result?;
            written?;
            closed?;
            return Ok(status);
        }
        if last {
            // A pipeline's last command writes as it goes on; here, at its end.
            let mut terminal = std::io::stdout().lock();
            terminal.write_all(output)?;
            terminal.flush()?;
            output.clear();
        }
        result
    }

    /// `exec 3<>PATH` opens a descriptor, `exec 3>&-` closes it.
    fn exec(&self, command: &Command) -> Result<()> {
        let Some((number, path)) = &command.descriptor else {
            return Err(Fault::new(EINVAL, "use exec N<>PATH or exec N>&-"));
        };
        let Some(path) = path else {
            let gone = lock(&self.0.descriptors).remove(number);
            return close(gone.ok_or(EBADF)?);
        };
        let flags = match self.0.namespace.find(path, true)? {
            Found::Mounted { .. } => reading(),
            _ => OpenFlags {
                read: true,
                write: true,
                no_delay: false,
            },
        };
        let flags = OpenFlags {
            no_delay: command.no_delay,
            ..flags
        };
        let new = Arc::new(self.open(path, flags)?);
        let old = lock(&self.0.descriptors).insert(*number, new);
        old.map_or(Ok(()), close)
    }

    fn open(&self, path: &str, flags: OpenFlags) -> Result<Descriptor> {
        Ok(Descriptor {
            file: self.0.namespace.open(path, flags)?,
            at: Mutex::new(0),
            closed: AtomicBool::new(false),
        })
    }

    fn place(&self, place: &Place, flags: OpenFlags) -> Result<Arc<Descriptor>> {
        match place {
            Place::Path(path) => Ok(Arc::new(self.open(path, flags)?)),
            Place::Descriptor(number) => self.descriptor(*number),
        }
    }

    fn descriptor(&self, number: u32) -> Result<Arc<Descriptor>> {
        lock(&self.0.descriptors)
            .get(&number)
            .cloned()
            .ok_or_else(|| EBADF.into())
    }

    /// Calls `body` with the stream of a descriptor.
    fn stream<T>(&self, number: &str, body: impl FnOnce(&Stream) -> Result<T>) -> Result<T> {
        let number = number.parse().map_err(|_| EBADF)?;
        match &self.descriptor(number)?.file {
            File::Stream(stream) => body(stream),
            _ => Err(ENOSTR.into()),
        }
    }

    /// Waits for the commands in the background, or only for one of them; returns the status of the
    /// last one. They are numbered from 1.
    fn wait(&self, number: Option<usize>) -> Result<u8> {
        let jobs: Vec<_> = {
            let mut jobs = lock(&self.0.jobs);
            match number {
                None => jobs.iter_mut().filter_map(Option::take).collect(),
                Some(number) => {
                    let mut job = number.checked_sub(1).and_then(|at| jobs.get_mut(at));
                    let job = job.as_mut().and_then(|job| job.take());
                    vec![job.ok_or(ECHILD)?]
                }
            }
        };
        let status = jobs.into_iter().map(|job| job.join().unwrap_or(1)).last();
        Ok(status.unwrap_or(0))
    }

    /// Closes all descriptors. Readers that are asleep end with the process.
    pub(crate) fn end(&self) {
        let all = std::mem::take(&mut *lock(&self.0.descriptors));
        for (number, descriptor) in all {
            if let Err(error) = close(descriptor) {
                eprintln!("unix: descriptor {number}: {error}");
            }
        }
    }
}

/// Closes a file, unless a command still uses it, which closes it then.
fn close(descriptor: Arc<Descriptor>) -> Result<()> {
    match Arc::into_inner(descriptor) {
        Some(descriptor) => descriptor.close(),
        None => Ok(()),
    }
}

fn reading() -> OpenFlags {
    OpenFlags {
        read: true,
        write: false,
        no_delay: false,
    }
}

fn writing() -> OpenFlags {
    OpenFlags {
        read: false,
        write: true,
        no_delay: false,
    }
}
