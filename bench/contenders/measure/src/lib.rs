//! Times the contenders of one program, and counts their instructions: in turn, in one process.
//! What is found is printed for `dlkm-bench` to read.

pub mod calls;
pub mod instructions;

/// One way to call a function, in a loop of its own.
pub struct Contender {
    /// What it is called in the table.
    pub name: String,
    /// Takes as many turns of the loop as its argument says.
    pub sum: Box<dyn Fn(u64) -> u64 + Sync>,
    /// What `sum` gives if each call reaches the right function.
    pub expected: fn(u64) -> u64,
}
