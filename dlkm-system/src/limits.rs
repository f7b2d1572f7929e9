//! The limits of what is read from a system file.

/// The size of the file, in bytes. 1,000 lines take about 40,000.
pub const FILE: u64 = 1 << 20;

/// The length of a line, in bytes.
pub const LINE: usize = 4096;

/// The length of a name, in bytes.
pub const NAME: usize = 255;

/// The parts of one expression: numbers, names, operators and parentheses.
pub const EXPRESSION: usize = 1024;
