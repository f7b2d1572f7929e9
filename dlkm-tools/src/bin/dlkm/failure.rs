//! Why a subcommand can't do what it is to do.

use std::fmt;
use std::io;

use dlkm_client::ClientError;
use dlkm_config::{Error, Refusal};
use dlkm_tools::terminal;

/// Why a subcommand can't do what it is to do. Nothing is changed then.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The module root can't be read or changed.
    Config(Error),
    /// The changes are refused, each for its reason.
    Refused(Vec<Refusal>),
    /// A kernel can't be reached, or refuses.
    Kernel { pid: u32, source: ClientError },
    /// Any other reason.
    Text(String),
    /// It is printed already.
    Printed,
}

impl Failure {
    pub(crate) fn new(text: impl fmt::Display) -> Self {
        Failure::Text(text.to_string())
    }

    /// Its text, for JSON.
    pub(crate) fn text(&self) -> String {
        match self {
            Failure::Config(error) => error.to_string(),
            Failure::Refused(all) => {
                let all: Vec<_> = all.iter().map(ToString::to_string).collect();
                all.join("; ")
            }
            Failure::Kernel { source, .. } => source.to_string(),
            Failure::Text(text) => text.clone(),
            Failure::Printed => String::new(),
        }
    }

    /// Prints it on stderr.
    pub(crate) fn print(&self) {
        match self {
            Failure::Config(error) => terminal::error(error),
            Failure::Refused(all) => all.iter().for_each(terminal::error),
            Failure::Kernel { pid, source } => {
                terminal::error(format_args!("process {pid}: {source}"));
            }
            Failure::Text(text) => terminal::error(text),
            Failure::Printed => {}
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Config(error)
    }
}

impl From<Vec<Refusal>> for Failure {
    fn from(all: Vec<Refusal>) -> Self {
        Failure::Refused(all)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::new(error)
    }
}
