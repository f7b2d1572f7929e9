//! Finds the dlkm kernels that run, and asks them.
//!
//! A host that adds the crate `dlkm-control` can be reached from outside; the command `dlkm` is such a
//! client. This crate has what both sides share, the protocol, and needs no runtime.
//!
//! ```no_run
//! use dlkm_client::Request;
//!
//! for kernel in dlkm_client::kernels()? {
//!     for module in kernel.ask(&Request::new(&["modules"]))? {
//!         println!("{:?} {:?}", module.get("name"), module.get("state"));
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Who may use it
//!
//! The socket is `dlkm/PID` in the user's runtime folder: `$XDG_RUNTIME_DIR`, `/run/user/UID`, or `/run`
//! for root. The folder `dlkm` has the mode 0700, the socket 0600, and the server compares the
//! user of each peer with its own; only root may be another. There is no other way in: who
//! can connect can do what the process's user can do anyway.
//!
//! # The protocol, version 1.1
//!
//! All of it is UTF-8 text. A client connects, sends one request, reads one answer, and is done.
//!
//! ```text
//! request = "dlkm 1 " LENGTH " " COMMAND *( " " ARGUMENT ) LF BODY
//! answer  = "dlkm 1 " LENGTH " " ( "ok" / "error" ) LF BODY
//! ```
//!
//! `LENGTH` is the number of bytes of the body, in decimal. A request's line has at most
//! [`limits::LINE`] bytes, a body [`limits::BODY`]. An argument has no spaces. The body of an
//! `error` is a text for people. That of an `ok` is a list of records, with an empty line
//! between two; a record has a line `KEY VALUE` for each field, in which `\n` stands for the end of a
//! line and `\\` for a backslash. A reader ignores keys that it does not know.
//!
//! | request | answer |
//! |---|---|
//! | `hello` | the process: `pid`, `program`, `root`, `version` of the runtime, `protocol` |
//! | `modules` | each module: `name`, `version`, `kind`, `desc`, `state`, `cause`, `file`, `static`, `error`, `kept` |
//! | `snapshot` | each module that was ever asked for: `name`, `state`, `calls`, `in-flight`, `held`, `memory`, `heap`, `idle`, `stays`; since 1.1 `static`, and `dependant`s, which are loaded and need it |
//! | `reports` | each report of the boot: `report` |
//! | `configuration` | the system file that the kernel follows, as `line`s; no record if it follows none |
//! | `boot-configuration` (1.1) | the same for the file that the kernel followed when the server was started |
//! | `image NAME` (1.1) | where the image of a loaded module lies in memory: `name`, `address`, `size` in bytes, `bss-size`, `bss-address`; addresses are hexadecimal, as `0x7f00` |
//! | `check`, with a system file as the body | why changing to that file would have to wait: `waits` |
//! | `adopt`, with a system file as the body | follows that file: `loaded`, `unloaded`; or `waits`, and nothing has changed |
//! | `tune MODULE KEY`, with the value as the body | the tunable of a loaded module that was set: `tuned` |
//! | `load NAME`, `unload NAME`, `unload-all NAME`, `upgrade NAME` | what was done: `loaded`, `unloaded`, `upgraded` |
//!
//! The number before the point is in each message; another one is another language. The number after it
//! counts what has been added, and is in `hello`: [`PROTOCOL`]. A request that a server does not know yet
//! is an error, which says so.
//!
//! A server drops a client that does not send its request, or does not read its answer, within
//! [`limits::PATIENCE`], and serves at most [`limits::CLIENTS`] at once.

/// The version of the protocol that this crate speaks, as `hello` has it.
pub const PROTOCOL: &str = "1.1";

mod client;
pub mod limits;
mod peer;
mod place;
mod protocol;
mod records;

pub use client::{ClientError, Running, kernels, kernels_in};
pub use peer::{Timed, is_trusted};
pub use place::folder;
pub use protocol::{Answer, Request};
pub use records::Record;
