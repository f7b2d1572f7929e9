//! Tests of whole operations.

mod edits;
mod faults;
mod locks;
mod steps;
