//! `soft-b`: wants `soft-a`, which wants it.

use dlkm_rt::module;

#[module(wants = ["before soft-a"], name = "soft-b")]
mod soft {}
