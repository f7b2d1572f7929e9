//! Clients that ask for much and read nothing of it, in a process of their own, since they take all
//! places.

#![allow(missing_docs)]

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};

use dlkm_client::{ClientError, Request, Running, limits};
use dlkm_control::Server;
use dlkm_rt::system::SystemFile;
use dlkm_rt::{Kernel, ModuleRoot};

#[test]
fn a_client_that_stops_reading_is_dropped_and_its_place_is_free_again() {
    let kernel = Kernel::boot(ModuleRoot::none()).unwrap();
    // More than the buffers of a socket have room for.
    let mut text = String::from("version 1\n");
    for number in 0.. {
        writeln!(text, "tunable deaf.x{number} \"{}\"", "x".repeat(100)).unwrap();
        if text.len() > 1_000_000 {
            break;
        }
    }
    let file = SystemFile::parse(text.as_bytes()).unwrap();
    kernel.adopt(file).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_in(kernel, &folder.path().join("dlkm")).unwrap();
    let running = Running::at(server.socket()).unwrap();
    let whole = running.ask(&Request::new(&["configuration"])).unwrap();
    let whole: usize = whole[0].all("line").map(str::len).sum();
    assert!(whole > 900_000, "{whole}");

    let start = Instant::now();
    let deaf = || {
        let mut client = UnixStream::connect(server.socket()).unwrap();
        client.write_all(b"dlkm 1 0 configuration\n").unwrap();
        client
    };
    let clients: Vec<_> = (0..limits::CLIENTS).map(|_| deaf()).collect();
    // They have all places, so the next one is told so at once.
    let text = match Running::at(server.socket()) {
        Err(ClientError::Refused(text)) => text,
        other => panic!("{other:?}"),
    };
    assert_eq!(text, "16 clients are served already; try again");
    assert!(start.elapsed() < limits::PATIENCE, "it has not waited");
    // The kernel is not held up, and its places are free when the patience of the server has ended.
    kernel.load("nothing").unwrap_err();
    for mut client in clients {
        // The server reads no more of it either, so this fails as soon as it has gone.
        client.set_nonblocking(true).unwrap();
        let gone = |error: io::Error| error.kind() == io::ErrorKind::BrokenPipe;
        while !client.write(b"x").is_err_and(gone) {
            let waited = start.elapsed();
            assert!(waited < 3 * limits::PATIENCE, "it was not dropped");
            thread::sleep(Duration::from_millis(20));
        }
        assert!(
            start.elapsed() > limits::PATIENCE / 2,
            "it had time to read"
        );
        client.set_nonblocking(false).unwrap();
        let mut rest = Vec::new();
        // It ends with an error: the server did not read all that was written above.
        let _ = client.read_to_end(&mut rest);
        assert!(rest.starts_with(b"dlkm 1 "), "it was served");
        assert!(rest.len() < whole, "what it did not read was not kept");
    }
    let answer = running.ask(&Request::new(&["hello"])).unwrap();
    assert_eq!(answer.len(), 1);
}
