//! The client: finds running kernels, and asks them.

use std::fs;
use std::io;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use crate::peer::{self, Timed};
use crate::place;
use crate::protocol::{Answer, Request};
use crate::records::Record;

/// Why a request was not answered as asked.
#[derive(Debug)]
#[non_exhaustive]
pub enum ClientError {
    /// The kernel can't be reached, or does not answer.
    Io(io::Error),
    /// The kernel refuses; the text says why.
    Refused(String),
}

impl std::fmt::Display for ClientError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ClientError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                f.write_str("the kernel has ended the connection without an answer")
            }
            ClientError::Io(error) => write!(f, "the kernel can't be reached: {error}"),
            ClientError::Refused(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for ClientError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ClientError::Io(error) => Some(error),
            ClientError::Refused(_) => None,
        }
    }
}

/// A kernel that runs, and can be reached.
#[derive(Clone, Debug)]
pub struct Running {
    socket: PathBuf,
    hello: Record,
}

/// The kernels of this user that can be reached, by process number. A socket that a killed process has
/// left behind is removed.
///
/// # Errors
/// The folder with the sockets can't be read. (If there is none, no kernel runs.)
pub fn kernels() -> io::Result<Vec<Running>> {
    match place::folder() {
        Ok(folder) => kernels_in(&folder),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The kernels whose sockets are in another folder: see `Server::start_in`.
///
/// # Errors
/// As for [`kernels`].
pub fn kernels_in(folder: &Path) -> io::Result<Vec<Running>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let socket = entry?.path();
        let name = socket.file_name().and_then(|name| name.to_str());
        let Some(pid) = name.and_then(|name| name.parse().ok()) else {
            continue;
        };
        match Running::at(&socket) {
            Ok(running) => found.push((pid, running)),
            Err(ClientError::Io(error))
                if error.kind() == io::ErrorKind::ConnectionRefused && !place::is_alive(pid) =>
            {
                let _ = fs::remove_file(&socket);
            }
            // It is ending, or not ours to ask.
            Err(_) => {}
        }
    }
    found.sort_by_key(|(pid, _)| *pid);
    Ok(found.into_iter().map(|(_, running)| running).collect())
}

impl Running {
    /// The kernel at a socket.
    ///
    /// # Errors
    /// There is none, it is of another user, or it does not answer.
    pub fn at(socket: &Path) -> Result<Self, ClientError> {
        let mut running = Running {
            socket: socket.to_owned(),
            hello: Record::new(),
        };
        let greeting = Request::new(&["hello"]);
        // Short of patience: a program that is stopped must not stop a list of all.
        let answer = exchange(socket, &greeting, false)?;
        running.hello = answer.into_iter().next().unwrap_or_default();
        Ok(running)
    }

    /// The number of its process.
    pub fn pid(&self) -> Option<u32> {
        self.hello.get("pid")?.parse().ok()
    }

    /// The path of its program.
    pub fn program(&self) -> Option<&Path> {
        self.hello.get("program").map(Path::new)
    }

    /// Its module root, if it has one.
    pub fn root(&self) -> Option<&Path> {
        self.hello.get("root").map(Path::new)
    }

    /// Asks it.
    ///
    /// # Errors
    /// It can't be reached, or refuses.
    pub fn ask(&self, request: &Request) -> Result<Vec<Record>, ClientError> {
        exchange(&self.socket, request, true)
    }
}

/// One request, one answer. `works`: the kernel may take its time.
fn exchange(socket: &Path, request: &Request, works: bool) -> Result<Vec<Record>, ClientError> {
    let stream = UnixStream::connect(socket).map_err(ClientError::Io)?;
    match peer::is_trusted(&stream) {
        Ok(true) => {}
        Ok(false) => {
            let text = format!("the socket {} is of another user", socket.display());
            return Err(ClientError::Refused(text));
        }
        Err(error) => return Err(ClientError::Io(error)),
    }
    let sent = request.write(&mut Timed::patient(&stream));
    let answer = match works {
        true => Answer::read(&mut Timed::waiting(&stream)),
        false => Answer::read(&mut Timed::patient(&stream)),
    };
    // A server that refuses a client answers before it has read the request.
    match (answer, sent) {
        (Ok(Answer::Ok(records)), _) => Ok(records),
        (Ok(Answer::Error(text)), _) => Err(ClientError::Refused(text)),
        (Err(_), Err(error)) | (Err(error), Ok(())) => Err(ClientError::Io(error)),
    }
}
