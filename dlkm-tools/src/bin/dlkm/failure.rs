//! Why a subcommand can't do what it is to do.

use std::fmt;
use std::io;

use dlkm_client::ClientError;
use dlkm_config::{ArgumentError, Error, Refusal};

use crate::message::{self, Message};

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
    Text(Message, String),
    /// It is printed already.
    Printed,
}

impl Failure {
    /// A reason that has no number of its own.
    pub(crate) fn new(text: impl fmt::Display) -> Self {
        Failure::of(Message::Other, text)
    }

    pub(crate) fn of(message: Message, text: impl fmt::Display) -> Self {
        Failure::Text(message, text.to_string())
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
            Failure::Text(_, text) => text.clone(),
            Failure::Printed => String::new(),
        }
    }

    /// Prints it on stderr.
    pub(crate) fn print(&self) {
        match self {
            Failure::Config(error) => message::error(Message::of_error(error), error),
            Failure::Refused(all) => {
                for one in all {
                    message::error(Message::of_refusal(one), one);
                }
            }
            Failure::Kernel { pid, source } => {
                let text = format_args!("process {pid}: {source}");
                message::error(Message::of_kernel(source), text);
            }
            Failure::Text(message, text) => message::error(*message, text),
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

impl From<ArgumentError> for Failure {
    fn from(error: ArgumentError) -> Self {
        Failure::of(Message::of_argument(&error), error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::new(error)
    }
}
