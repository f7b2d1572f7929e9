//! The server: one thread that waits for clients, and one for each client.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use dlkm_rt::Kernel;
use dlkm_rt::system::SystemFile;

use dlkm_client::{Answer, Request, Timed, limits};

use crate::answer;

/// The socket of a kernel. Drop it to remove the socket.
#[derive(Debug)]
#[must_use = "the socket is removed when this is dropped"]
pub struct Server {
    socket: PathBuf,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    ended: AtomicBool,
    clients: AtomicUsize,
    /// The system file that the kernel followed at the start.
    booted: Option<SystemFile>,
}

impl Server {
    /// Makes the socket, and starts the thread that waits for clients.
    ///
    /// # Errors
    /// The user has no runtime folder, the folder is not theirs alone, or the system refuses the
    /// socket or the thread.
    pub fn start(kernel: &'static Kernel) -> io::Result<Self> {
        let folder = dlkm_client::folder()?;
        Server::start_in(kernel, &folder)
    }

    /// The same in another folder, which it makes if it is not there. It must be this user's alone:
    /// `dlkm` looks for kernels in the user's runtime folder only.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn start_in(kernel: &'static Kernel, folder: &Path) -> io::Result<Self> {
        match DirBuilder::new().mode(0o700).create(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let about = fs::symlink_metadata(folder)?;
        let own = about.uid() == rustix::process::geteuid().as_raw();
        if !about.is_dir() || !own || about.mode() & 0o077 != 0 {
            let text = format!(
                "{} must be a folder of this user's alone (mode 0700); remove it",
                folder.display()
            );
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, text));
        }
        let socket = folder.join(std::process::id().to_string());
        // An earlier process of that number has left it.
        match fs::remove_file(&socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&socket)?;
        fs::set_permissions(&socket, Permissions::from_mode(0o600))?;
        let shared = Arc::new(Shared {
            booted: kernel.configuration(),
            ..Shared::default()
        });
        let server = Server {
            socket,
            shared: Arc::clone(&shared),
        };
        thread::Builder::new()
            .name("dlkm-control".to_owned())
            .spawn(move || listen(&listener, kernel, &shared))?;
        Ok(server)
    }

    /// The socket's path.
    pub fn socket(&self) -> &Path {
        &self.socket
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Pairs with the load in `listen`.
        self.shared.ended.store(true, Ordering::Release);
        // Wakes the thread, which then sees that it is to end.
        let _ = UnixStream::connect(&self.socket);
        let _ = fs::remove_file(&self.socket);
    }
}

fn listen(listener: &UnixListener, kernel: &'static Kernel, shared: &Arc<Shared>) {
    for client in listener.incoming() {
        // Pairs with the store in `Server::drop`.
        if shared.ended.load(Ordering::Acquire) {
            return;
        }
        let Ok(client) = client else {
            // Out of descriptors: the next client may find one.
            thread::sleep(std::time::Duration::from_millis(100));
            continue;
        };
        // Relaxed: a number, by which nothing else is ordered.
        if shared.clients.fetch_add(1, Ordering::Relaxed) >= limits::CLIENTS {
            shared.clients.fetch_sub(1, Ordering::Relaxed);
            let text = format!("{} clients are served already; try again", limits::CLIENTS);
            let _ = Answer::Error(text).write(&mut Timed::patient(&client));
            continue;
        }
        let counted = Counted(Arc::clone(shared));
        let serve = move || {
            serve(&client, kernel, counted.0.booted.as_ref());
            drop(counted);
        };
        // Without a thread, the client sees the end of the connection.
        let _ = thread::Builder::new()
            .name("dlkm-client".to_owned())
            .spawn(serve);
    }
}

/// A client that is being served.
struct Counted(Arc<Shared>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.clients.fetch_sub(1, Ordering::Relaxed);
    }
}

fn serve(client: &UnixStream, kernel: &Kernel, booted: Option<&SystemFile>) {
    if !dlkm_client::is_trusted(client).unwrap_or(false) {
        return;
    }
    let answer = match Request::read(&mut Timed::patient(client)) {
        Ok(request) => answer::to(&request, kernel, booted),
        Err(error) => Answer::Error(format!("the request can't be read: {error}")),
    };
    // A client that does not read it is left alone.
    let _ = answer.write(&mut Timed::patient(client));
}
