//! The models, by subject. Each prints how many orders it went through.
//!
//! A model is a program with up to four threads. Its closure is the first thread, which spawns the
//! others.

mod barrier;
mod calls;
mod failures;
mod held;
mod loads;
mod panics;
mod staying;
mod switches;
mod upgrades;
mod world;
