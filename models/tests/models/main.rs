//! What is explored, by what it is about. Each model prints how many orders it went through.
//!
//! A model is a program with up to four threads. `main` of it is its first thread; the others
//! are those that it spawns.

mod barrier;
mod calls;
mod failures;
mod held;
mod loads;
mod panics;
mod upgrades;
mod world;
