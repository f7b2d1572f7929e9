//! Nothing but the README, so that its example is compiled and run.
#![doc = include_str!("../../../../README.md")]
