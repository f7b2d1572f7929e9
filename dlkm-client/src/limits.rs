//! The limits of what is read from a socket.

use std::time::Duration;

/// The length of the first line, in bytes.
pub const LINE: usize = 4096;

/// The length of a body, in bytes: enough for the largest system file.
pub const BODY: usize = 4 << 20;

/// How long a peer may take to send a message, or to read one.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// How many clients a server serves at once.
pub const CLIENTS: usize = 16;
