//! Tests of whole operations.

mod edits;
mod faults;
mod full;
mod kill;
mod locks;
mod modules;
mod rules;
mod saved;
mod steps;
mod tunables;
