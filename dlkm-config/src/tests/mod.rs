//! Tests of whole operations.

mod edits;
mod faults;
mod locks;
mod modules;
mod rules;
mod steps;
mod tunables;
