//! The numbers of all messages, and how errors, warnings and notes are printed.
//!
//! kconfig(5): all messages are numbered, and the numbers are hidden unless `KC_SHOW_MSGIDS=1`. A number
//! stays with its message for ever; a new message gets a new one.

use std::fmt::{Display, Write};

use clap::builder::styling::Style;
use dlkm_client::ClientError;
use dlkm_config::{ArgumentError, Error, Finding, Refusal};
use dlkm_tools::terminal::{BAD, HEADING, WARNING};

macro_rules! messages {
    ($($number:literal $name:ident $text:literal,)*) => {
        /// What a message is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u16)]
        pub(crate) enum Message {
            $($name = $number,)*
        }

        impl Message {
            /// All of them, by number.
            pub(crate) const ALL: &[Message] = &[$(Message::$name),*];

            /// What it is about, for the reference.
            fn about(self) -> &'static str {
                match self {
                    $(Message::$name => $text,)*
                }
            }
        }
    };
}

messages! {
    1 CommandLine "the command line is wrong",
    2 Other "another reason, which the text says",
    3 Output "the output can't be written",
    4 File "a file that the command line names can't be read or written",
    5 Field "`-P` asks for a field that does not exist",
    6 Form "the arguments do not fit the form of the command",
    7 Blank "an argument has blanks",
    8 NoName "an argument has no name",
    9 NoState "a state does not exist",
    10 NoInteger "what is to be added is no integer",
    11 NoRoot "no module root is named or found",
    12 SeveralRoots "kernels run on several module roots, and none is named",
    13 NoKernel "no kernel that can be reached runs on the module root",
    14 KernelRefuses "a kernel refuses, for the reason that the text says",
    15 KernelGone "a kernel can't be reached, or does not answer",
    16 OtherConfigurations "kernels follow different configurations",
    17 RootWait "another process changes the module root; waiting for it",
    20 Io "the system refuses to read or write a file of the module root",
    21 RootMissing "the module root is not a folder",
    22 ReadOnly "the module root can't be changed by this user",
    23 Busy "another process has changed the module root for too long",
    24 Unfinished "a change is recorded, and not finished",
    25 Damaged "a file that dlkm writes has an unexpected content",
    26 Link "a file is a symbolic link, which a change would replace",
    27 System "a system file can't be understood",
    28 Edit "a system file can't say that",
    29 Changed "another process has changed the file meanwhile",
    30 ConfigurationName "a saved configuration can't have that name",
    31 NoConfiguration "there is no such saved configuration",
    32 ConfigurationExists "a saved configuration of that name exists",
    33 TooLong "a comment or a title is too long",
    34 Title "a title has a character that it can't have",
    35 NoNumber "all numbers of a range are assigned",
    36 NumberOutside "a number is outside of the range",
    37 RegistryName "a name can't be in the registry",
    38 NotAssigned "no number is assigned to that name",
    39 NoImage "no image of the module is installed",
    40 ImageExists "an image of the module is installed already",
    41 Image "a file is no usable image",
    50 UnknownModule "no module of that name is installed",
    51 UnknownTunable "there is no tunable of that name",
    52 Twice "two changes of one thing",
    53 State "the module does not support the state",
    54 Required "the module is required, so it can't be unused",
    55 Phase "the module does not support the phase",
    56 Version "another version of the module is installed",
    57 Needed "others need the module, so it can't be unused",
    58 Missing "a dependency is not installed, or not in a version that fits",
    59 Ambiguous "several modules provide the interface, and none is chosen",
    60 Circle "modules depend on each other in a circle",
    61 DependencyPhase "a dependency can't be loaded in the phase",
    62 Value "the value is none of the tunable's",
    63 NoValue "the tunable would have no value",
    64 Expressions "expressions of tunables form a circle",
    65 NotInteger "the tunable is no integer, so nothing can be added to it",
    66 Sum "a sum is too large",
    67 Used "expressions use the tunable, so it can't be removed",
    68 UserName "a tunable of your own can't have that name",
    69 Weak "a module that must be there for another is not installed",
    70 Digest "an image is not the one that was recorded, or not signed by a key of the system file",
    71 Line "two lines of the system file speak of one thing",
    72 NoSuchTunable "a line is about a tunable that no installed module has",
    73 NoSuchModule "a line is about a module that is not installed",
    74 Linked "a line chooses a state for a module that is linked in",
    75 Absent "a module that another would like to have is not installed",
    76 OnlyLinked "a module is static, and only its host knows whether it is there",
    80 NoBackup "a change of a saved configuration makes no backup",
    81 Loses "data would be lost, and -f is missing",
    82 LinkedIn "a module that is linked into the host can't be removed",
    83 InUse "a module is in use, so nothing is removed",
    84 NoId "no module has that id",
    85 NotHere "the image is not in the current folder",
    86 AlreadyThere "the module is installed already",
    87 NotThereYet "the module is not installed; adding it",
    88 OtherModule "the image is that of another module",
    89 OnlyStatic "the module can only be linked in",
    90 Waits "a change waits for the next boot",
    91 Fits "what is configured fits together",
    92 NothingHeld "no kernel runs, so nothing is held",
    93 LogDamaged "the log has lines that can't be understood",
    94 LeftOut "a note of a file is left out",
    95 NoInterface "there is no interface of that name",
    96 Header "a C header can't be made",
    97 SearchPath "a folder can't be in the search path",
    98 Program "a program can't be put into its place",
    99 NotBuilt "the host program can't be built",
    100 Restart "processes use it when they are started again",
    101 NotLoadable "a path is loaded only if its image is the installed one",
    102 ImageTwice "two files are images of one module",
    103 Sign "an image can't be signed, or a key can't be made or used",
    104 Stub "a stub library can't be made",
    105 NotLazy "a symbol of a library can't be lazy",
    106 NotDirect "a library calls its own functions through its stub library",
    107 Untyped "a function of a library is not in its header",
    108 StaticTls "a library needs memory of each thread that a program may not have left",
}

/// Whether messages have their numbers.
pub(crate) fn are_shown() -> bool {
    std::env::var_os("KC_SHOW_MSGIDS").is_some_and(|value| value == "1")
}

impl Message {
    pub(crate) fn number(self) -> u16 {
        self as u16
    }

    /// `[050]`, or nothing.
    pub(crate) fn tag(self) -> String {
        match are_shown() {
            true => format!("[{:03}]", self.number()),
            false => String::new(),
        }
    }

    pub(crate) fn of_error(error: &Error) -> Self {
        match error {
            Error::Io { .. } => Message::Io,
            Error::NoRoot(_) => Message::RootMissing,
            Error::ReadOnly { .. } => Message::ReadOnly,
            Error::Busy { .. } => Message::Busy,
            Error::Unfinished { .. } => Message::Unfinished,
            Error::Damaged { .. } => Message::Damaged,
            Error::Link(_) => Message::Link,
            Error::System { .. } => Message::System,
            Error::Edit { .. } => Message::Edit,
            Error::Changed(_) => Message::Changed,
            Error::Name(_) => Message::ConfigurationName,
            Error::NoConfiguration { .. } => Message::NoConfiguration,
            Error::Exists(_) => Message::ConfigurationExists,
            Error::TooLong { .. } => Message::TooLong,
            Error::Title(_) => Message::Title,
            Error::NoNumber { .. } => Message::NoNumber,
            Error::NumberOutside { .. } => Message::NumberOutside,
            Error::RegistryName(_) => Message::RegistryName,
            Error::NotAssigned { .. } => Message::NotAssigned,
            Error::NoImage(_) => Message::NoImage,
            Error::ImageExists(_) => Message::ImageExists,
            Error::ImageTwice(_) => Message::ImageTwice,
            Error::Image { .. } => Message::Image,
            Error::SearchPath { .. } => Message::SearchPath,
            _ => Message::Other,
        }
    }

    pub(crate) fn of_refusal(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::UnknownModule { .. } => Message::UnknownModule,
            Refusal::UnknownTunable { .. } => Message::UnknownTunable,
            Refusal::Twice(_) => Message::Twice,
            Refusal::State { .. } => Message::State,
            Refusal::Required(_) => Message::Required,
            Refusal::Phase { .. } => Message::Phase,
            Refusal::Version { .. } => Message::Version,
            Refusal::Needed { .. } => Message::Needed,
            Refusal::Missing { .. } => Message::Missing,
            Refusal::Weak { .. } => Message::Weak,
            Refusal::Ambiguous { .. } => Message::Ambiguous,
            Refusal::Circle(_) => Message::Circle,
            Refusal::DependencyPhase { .. } => Message::DependencyPhase,
            Refusal::Value { .. } => Message::Value,
            Refusal::Fault { .. } => Message::NoValue,
            Refusal::Expressions(_) => Message::Expressions,
            Refusal::NoInteger(_) => Message::NotInteger,
            Refusal::Sum(_) => Message::Sum,
            Refusal::Used { .. } => Message::Used,
            Refusal::UserName(_) => Message::UserName,
            Refusal::Edit(_) => Message::Edit,
            _ => Message::Other,
        }
    }

    pub(crate) fn of_finding(finding: &Finding) -> Self {
        match finding {
            Finding::File(error) => Message::of_error(error),
            Finding::Refusal(refusal) => Message::of_refusal(refusal),
            Finding::Image(_) => Message::Image,
            Finding::Digest { .. } => Message::Digest,
            Finding::Line(_) => Message::Line,
            Finding::UnknownTunable { .. } => Message::NoSuchTunable,
            Finding::UnknownModule { .. } => Message::NoSuchModule,
            Finding::Linked { .. } => Message::Linked,
            Finding::Absent { .. } => Message::Absent,
            Finding::OnlyLinked { .. } => Message::OnlyLinked,
            _ => Message::Other,
        }
    }

    pub(crate) fn of_argument(error: &ArgumentError) -> Self {
        match error {
            ArgumentError::Blank(_) => Message::Blank,
            ArgumentError::NoName(_) => Message::NoName,
            ArgumentError::State(_) => Message::NoState,
            ArgumentError::Integer(_) => Message::NoInteger,
            _ => Message::CommandLine,
        }
    }

    pub(crate) fn of_kernel(error: &ClientError) -> Self {
        match error {
            ClientError::Refused(_) => Message::KernelRefuses,
            _ => Message::KernelGone,
        }
    }
}

/// An error, as a line of text.
pub(crate) fn error_line(message: Message, text: impl Display) -> String {
    line("error", BAD, message, &text)
}

/// A warning, as a line of text.
pub(crate) fn warning_line(message: Message, text: impl Display) -> String {
    line("warning", WARNING, message, &text)
}

/// A note, as a line of text.
pub(crate) fn note_line(message: Message, text: impl Display) -> String {
    line("note", HEADING, message, &text)
}

fn line(word: &str, style: Style, message: Message, text: &dyn Display) -> String {
    format!("{style}{word}{}{style:#}: {text}\n", message.tag())
}

/// Prints an error on stderr.
pub(crate) fn error(message: Message, text: impl Display) {
    anstream::eprint!("{}", error_line(message, text));
}

/// Prints a warning on stderr.
pub(crate) fn warning(message: Message, text: impl Display) {
    anstream::eprint!("{}", warning_line(message, text));
}

/// Prints a note on stderr.
pub(crate) fn note(message: Message, text: impl Display) {
    anstream::eprint!("{}", note_line(message, text));
}

/// All messages, as a table for the reference.
pub(crate) fn table() -> String {
    let mut text = "| number | message |\n|---|---|\n".to_owned();
    for message in Message::ALL {
        // Writing to a `String` does not fail.
        let _ = writeln!(text, "| {:03} | {} |", message.number(), message.about());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Message;

    #[test]
    fn numbers_stand_in_order() {
        let numbers: Vec<_> = Message::ALL.iter().map(|one| one.number()).collect();
        assert!(numbers.is_sorted_by(|one, other| one < other));
    }
}
