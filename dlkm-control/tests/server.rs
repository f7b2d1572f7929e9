//! A kernel in this process, and clients of all kinds.

#![allow(missing_docs)]

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Instant;

use dlkm_client::{ClientError, Record, Request, Running, kernels_in, limits};
use dlkm_control::Server;
use dlkm_rt::{Kernel, LoadError, ModuleRoot, module};

#[module(name = "lamp")]
pub trait Lamp {
    #[ustub]
    fn light() -> Result<u32, LoadError>;
}

struct Candle;

#[module(desc = "shines")]
impl Lamp for Candle {
    fn light() -> Result<u32, LoadError> {
        Ok(1)
    }
}

/// The server of this process, and the folder with its socket.
fn server() -> &'static (PathBuf, Server) {
    static SERVER: OnceLock<(PathBuf, Server)> = OnceLock::new();
    SERVER.get_or_init(|| {
        let root = tempfile::tempdir().unwrap().keep();
        fs::write(root.join("system"), "version 1\nmodule lamp static\n").unwrap();
        // SAFETY: there is no image in the folder.
        let root = unsafe { ModuleRoot::trusted(root) };
        let kernel = Kernel::boot(root).unwrap();
        let folder = tempfile::tempdir().unwrap().keep().join("dlkm");
        let server = Server::start_in(kernel, &folder).unwrap();
        (folder, server)
    })
}

fn ask(words: &[&str]) -> Result<Vec<Record>, ClientError> {
    ask_with(words, "")
}

fn ask_with(words: &[&str], body: &str) -> Result<Vec<Record>, ClientError> {
    let running = Running::at(server().1.socket()).unwrap();
    running.ask(&Request::new(words).with_body(body))
}

fn refusal(result: Result<Vec<Record>, ClientError>) -> String {
    match result {
        Err(ClientError::Refused(text)) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_kernel_is_found_and_says_what_it_has() {
    let (folder, server) = server();
    let found = kernels_in(folder).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].pid(), Some(std::process::id()));
    assert_eq!(found[0].program(), std::env::current_exe().ok().as_deref());
    assert_eq!(found[0].root(), Kernel::get().unwrap().root().path());

    let hello = ask(&["hello"]).unwrap();
    assert_eq!(hello[0].get("protocol"), Some(dlkm_client::PROTOCOL));
    let modules = ask(&["modules"]).unwrap();
    let [lamp] = &modules[..] else {
        panic!("{modules:?}");
    };
    let fields = ["name", "state", "cause", "static", "desc"].map(|key| lamp.get(key).unwrap());
    assert_eq!(fields, ["lamp", "loaded", "explicit", "yes", "shines"]);
    assert_eq!(ask(&["snapshot"]).unwrap()[0].get("name"), Some("lamp"));
    assert_eq!(ask(&["reports"]).unwrap(), []);
    let lines = ask(&["configuration"]).unwrap();
    let lines: Vec<_> = lines[0].all("line").collect();
    // Another test changes the state to `best` and back.
    assert!(
        lines[0] == "version 1" && lines[1].starts_with("module lamp "),
        "{lines:?}"
    );

    // Only its user gets at it.
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode(folder.as_path()), mode(server.socket())),
        (0o700, 0o600)
    );
}

#[test]
fn what_a_client_asks_is_done_or_refused() {
    let text = refusal(ask(&["unload", "lamp"]));
    assert!(
        text.contains("`lamp`") && text.contains("linked into"),
        "{text}"
    );
    let text = refusal(ask(&["load", "nothing"]));
    assert!(
        text.contains("`nothing`") && text.contains("has no line for it"),
        "{text}"
    );
    let text = refusal(ask(&["dance"]));
    assert_eq!(text, "the request `dance` is unknown");
    let text = refusal(ask(&["load"]));
    assert_eq!(text, "the request `load` is unknown");

    let waits = ask_with(&["check"], "version 1\nmodule lamp auto\n").unwrap();
    let waits = waits[0].get("waits").unwrap();
    assert!(waits.contains("`lamp` becomes auto when"), "{waits}");
    let waits = ask_with(&["adopt"], "version 1\nmodule lamp auto\n").unwrap();
    assert!(waits[0].get("waits").is_some());
    let done = ask_with(&["adopt"], "version 1\nmodule lamp best\n").unwrap();
    assert_eq!(done, [], "nothing to load, nothing to unload");
    // What was followed at the boot is known all the same.
    let booted = ask(&["boot-configuration"]).unwrap();
    let lines: Vec<_> = booted[0].all("line").collect();
    assert_eq!(lines, ["version 1", "module lamp static"]);
    ask_with(&["adopt"], "version 1\nmodule lamp static\n").unwrap();
    let text = refusal(ask(&["image", "lamp"]));
    assert_eq!(text, "no image of module `lamp` is in memory");
    let text = refusal(ask_with(&["adopt"], "version 1\nmodule lamp aut\n"));
    assert!(
        text.contains("line 2, column 13: state `aut` is unknown"),
        "{text}"
    );
}

#[test]
fn garbage_gets_an_error_and_harms_no_one() {
    for garbage in [
        &b"\n"[..],
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"dlkm 9 0 hello\n",
        b"dlkm 1 99999999999999999999 hello\n",
        b"dlkm 1 5 adopt\n\xff\xff\xff\xff\xff",
        &[0; 10_000],
    ] {
        let mut client = UnixStream::connect(server().1.socket()).unwrap();
        // The server may have answered and gone before it has taken all of it.
        let _ = client.write_all(garbage);
        let mut answer = String::new();
        let read = client.read_to_string(&mut answer);
        assert!(
            read.is_err() || answer.contains("error\nthe request can't be read"),
            "{answer}"
        );
    }
    assert_eq!(ask(&["hello"]).unwrap().len(), 1);
}

#[test]
fn a_client_that_says_or_reads_nothing_is_dropped_and_others_are_served() {
    let start = Instant::now();
    let connect = || UnixStream::connect(server().1.socket()).unwrap();
    let mut silent = connect();
    let mut slow = connect();
    slow.write_all(b"dlkm 1 100 adopt\n").unwrap();
    // It asks for more than the socket's buffer has room for, and reads none of it.
    let text = "x".repeat(limits::LINE - 100);
    let mut deaf = connect();
    writeln!(deaf, "dlkm 1 0 load {text}").unwrap();
    assert_eq!(ask(&["hello"]).unwrap().len(), 1);
    assert!(start.elapsed() < limits::PATIENCE, "others do not wait");

    for client in [&silent, &slow] {
        let most = Some(3 * limits::PATIENCE);
        client.set_read_timeout(most).unwrap();
    }
    let mut rest = String::new();
    silent.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("error\nthe request can't be read"), "{rest}");
    rest.clear();
    slow.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("error\nthe request can't be read"), "{rest}");
    assert!(start.elapsed() < 3 * limits::PATIENCE);
}

#[test]
fn a_socket_that_a_killed_process_has_left_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    // No process has this number: it is above the system's largest.
    let stale = folder.path().join(i32::MAX.to_string());
    drop(UnixListener::bind(&stale).unwrap());
    fs::write(folder.path().join("other"), "no socket").unwrap();
    assert!(stale.exists());
    assert_eq!(kernels_in(folder.path()).unwrap().len(), 0);
    assert!(!stale.exists() && folder.path().join("other").exists());
    assert_eq!(kernels_in(&folder.path().join("none")).unwrap().len(), 0);
}

#[test]
fn a_folder_that_others_can_enter_is_refused() {
    server();
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let kernel = Kernel::get().unwrap();
    let error = Server::start_in(kernel, folder.path())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("must be a folder of this user's alone"),
        "{error}"
    );
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let server = Server::start_in(kernel, folder.path()).unwrap();
    let socket = server.socket().to_owned();
    assert!(socket.exists());
    drop(server);
    assert!(!socket.exists());
    assert!(UnixStream::connect(&socket).is_err());
}
