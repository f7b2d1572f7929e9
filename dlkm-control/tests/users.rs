//! The folder with the sockets, and peers of another user. What another user does, this program does
//! when it is started as that user, which only root can do.

#![allow(missing_docs)]

use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use dlkm_client::{ClientError, Running};
use dlkm_control::Server;
use dlkm_rt::{Kernel, ModuleRoot};
use tempfile::TempDir;

/// A user without rights, and without a runtime folder.
const OTHER: u32 = 54321;

/// Says what a process of this program is to do, and on which path.
const TASK: &str = "DLKM_TEST_TASK";

fn kernel() -> &'static Kernel {
    static KERNEL: OnceLock<&Kernel> = OnceLock::new();
    KERNEL.get_or_init(|| Kernel::boot(ModuleRoot::none()).unwrap())
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A folder in which anyone may do anything.
fn open_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
    folder
}

/// This program with a task.
fn task(what: &str, path: &Path) -> Command {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--ignored", "--exact", "the_task"]);
    child.env(TASK, format!("{what} {}", path.display()));
    child.stdout(Stdio::null()).stdin(Stdio::piped());
    child
}

/// The same as another user; `None` if this user can't do that.
fn task_of_other(what: &str, path: &Path) -> Option<Child> {
    if !is_root() {
        let _ = writeln!(std::io::stderr(), "skipped: only root can be another user");
        return None;
    }
    let child = task(what, path).uid(OTHER).gid(OTHER).spawn();
    if child.is_err() {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: another user can't start this program"
        );
    }
    child.ok()
}

#[test]
#[ignore = "it is what a process of this program does for another test"]
fn the_task() {
    let task = std::env::var(TASK).unwrap();
    let (what, path) = task.split_once(' ').unwrap();
    let path = Path::new(path);
    match what {
        // Writes down what the server answers.
        "ask" => {
            let mut client = UnixStream::connect(path).unwrap();
            // The server may have gone already.
            let _ = client.write_all(b"dlkm 1 0 hello\n");
            let mut answer = Vec::new();
            let _ = client.read_to_end(&mut answer);
            fs::write(path.with_extension("answer"), answer).unwrap();
        }
        // Answers one client, whatever it asks.
        "serve" => {
            let listener = UnixListener::bind(path).unwrap();
            fs::set_permissions(path, Permissions::from_mode(0o666)).unwrap();
            fs::write(path.with_extension("ready"), "").unwrap();
            let (mut client, _) = listener.accept().unwrap();
            let _ = client.write_all(b"dlkm 1 6 ok\npid 1\n");
            let _ = client.read_to_end(&mut Vec::new());
        }
        // Writes down where the sockets are, and whether a server can be started there.
        "place" => {
            let folder = match dlkm_client::folder() {
                Ok(folder) => folder.display().to_string(),
                Err(error) => error.to_string(),
            };
            let found = match dlkm_client::kernels() {
                Ok(found) => found.len().to_string(),
                Err(error) => error.to_string(),
            };
            let start = match dlkm_client::folder() {
                Ok(_) => String::new(),
                Err(_) => Server::start(kernel()).unwrap_err().to_string(),
            };
            fs::write(path, format!("{folder}\n{found}\n{start}\n")).unwrap();
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_client_of_another_user_gets_no_answer() {
    let folder = open_folder();
    let server = Server::start_in(kernel(), &folder.path().join("dlkm")).unwrap();
    let socket = server.socket();
    let within = socket.parent().unwrap();
    // As it is, they don't even get to the socket.
    let Some(mut child) = task_of_other("ask", socket) else {
        return;
    };
    assert!(!child.wait().unwrap().success());
    // Were the folder and the socket open to all, the server would not answer them.
    for path in [within, socket] {
        fs::set_permissions(path, Permissions::from_mode(0o777)).unwrap();
    }
    let answer = socket.with_extension("answer");
    let ask = |child: Option<Child>| {
        assert!(child.unwrap().wait().unwrap().success());
        let text = fs::read_to_string(&answer).unwrap();
        fs::remove_file(&answer).unwrap();
        text
    };
    assert_eq!(ask(task_of_other("ask", socket)), "");
    let own = ask(task("ask", socket).spawn().ok());
    assert!(own.starts_with("dlkm 1 ") && own.contains("pid "), "{own}");
}

#[test]
fn a_server_of_another_user_is_not_asked() {
    for other in [true, false] {
        let folder = open_folder();
        let socket = folder.path().join("1");
        let mut child = match other {
            true => match task_of_other("serve", &socket) {
                Some(child) => child,
                None => continue,
            },
            false => task("serve", &socket).spawn().unwrap(),
        };
        while !socket.with_extension("ready").exists() {
            assert!(child.try_wait().unwrap().is_none(), "it has ended");
            std::thread::yield_now();
        }
        match Running::at(&socket) {
            Ok(running) if !other => assert_eq!(running.pid(), Some(1)),
            Err(ClientError::Refused(text)) if other => {
                let says = format!("the socket {} is of another user", socket.display());
                assert_eq!(text, says);
            }
            result => panic!("{other}: {result:?}"),
        }
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn a_folder_that_is_not_this_users_alone_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("dlkm");
    let refused = |what: &str| {
        let error = Server::start_in(kernel(), &place).unwrap_err().to_string();
        let says = "must be a folder of this user's alone (mode 0700); remove it";
        assert!(error.ends_with(says), "{what}: {error}");
        assert!(
            error.starts_with(place.to_str().unwrap()),
            "{what}: {error}"
        );
    };
    fs::write(&place, "").unwrap();
    refused("a file");
    fs::remove_file(&place).unwrap();
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::set_permissions(&elsewhere, Permissions::from_mode(0o700)).unwrap();
    symlink(&elsewhere, &place).unwrap();
    refused("a link to a folder");
    fs::remove_file(&place).unwrap();
    symlink("nowhere", &place).unwrap();
    refused("a link to nothing");
    fs::remove_file(&place).unwrap();
    fs::create_dir(&place).unwrap();
    for mode in [0o755, 0o701, 0o710, 0o777] {
        fs::set_permissions(&place, Permissions::from_mode(mode)).unwrap();
        refused("open to others");
    }
    fs::set_permissions(&place, Permissions::from_mode(0o700)).unwrap();
    if is_root() {
        chown(&place, Some(OTHER), None).unwrap();
        refused("of another user");
        chown(&place, Some(0), None).unwrap();
    }
    // What an earlier process of this number has left there is in no one's way.
    let left = place.join(std::process::id().to_string());
    drop(UnixListener::bind(&left).unwrap());
    let server = Server::start_in(kernel(), &place).unwrap();
    assert_eq!(server.socket(), left);
    assert!(Running::at(&left).is_ok());
}

/// What a process says of the place of the sockets, with that variable; `None`: without it.
fn place(runtime: Option<&Path>, other: bool) -> Option<[String; 3]> {
    let folder = open_folder();
    let out = folder.path().join("out");
    let mut command = task("place", &out);
    match runtime {
        Some(path) => command.env("XDG_RUNTIME_DIR", path),
        None => command.env_remove("XDG_RUNTIME_DIR"),
    };
    if other {
        command.uid(OTHER).gid(OTHER);
    }
    match command.status() {
        Ok(status) => assert!(status.success()),
        Err(_) if other => return None,
        Err(error) => panic!("{error}"),
    }
    let text = fs::read_to_string(&out).unwrap();
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    Some(lines.try_into().unwrap())
}

#[test]
fn without_a_runtime_folder_in_the_environment_the_systems_is_taken() {
    let own = tempfile::tempdir().unwrap();
    let [folder, found, _] = place(Some(own.path()), false).unwrap();
    assert_eq!(Path::new(&folder), own.path().join("dlkm"));
    assert_eq!(found, "0", "there is no folder yet, and so no kernel");

    let uid = rustix::process::geteuid();
    let of_user = PathBuf::from(format!("/run/user/{}", uid.as_raw()));
    let expected = match (of_user.is_dir(), uid.is_root()) {
        (true, _) => of_user.join("dlkm"),
        (false, true) => PathBuf::from("/run/dlkm"),
        (false, false) => PathBuf::new(),
    };
    let file = own.path().join("file");
    fs::write(&file, "").unwrap();
    for wrong in [
        None,
        Some("relative"),
        Some(""),
        Some("/no/such/folder"),
        file.to_str(),
    ] {
        let [folder, _, start] = place(wrong.map(Path::new), false).unwrap();
        match expected.as_os_str().is_empty() {
            true => no_folder(&folder, &start),
            false => assert_eq!(Path::new(&folder), expected, "{wrong:?}"),
        }
    }
    if !is_root() {
        return;
    }
    // A user who has none at all.
    let Some([folder, found, start]) = place(None, true) else {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: another user can't start this program"
        );
        return;
    };
    no_folder(&folder, &start);
    assert_eq!(found, "0", "no kernel of theirs can be reached");
}

fn no_folder(folder: &str, start: &str) {
    let says =
        "there is no runtime folder for the socket; set XDG_RUNTIME_DIR to a folder of your own";
    assert_eq!((folder, start), (says, says));
}
