//! The small UNIX from outside: a person at its shell, good and bad input.

mod archives;
mod bad_input;
mod commands;
mod disk;
mod mounted;
mod session;
mod streams;
mod support;
