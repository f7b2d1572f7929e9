//! Times the contenders of one program, and counts their instructions: in turn, in one process.
//! Prints the figures for `dlkm-bench` to read.

pub mod calls;
pub mod instructions;

/// One way to call a function, in a loop of its own.
pub struct Contender {
    /// Its name in the table.
    pub name: String,
    /// Runs the loop as many times as its argument says.
    pub sum: Box<dyn Fn(u64) -> u64 + Sync>,
    /// The result of `sum` if each call reaches the right function.
    pub expected: fn(u64) -> u64,
}
