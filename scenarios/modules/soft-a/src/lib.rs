//! `soft-a`: wants `soft-b`, which wants it.

use dlkm_rt::module;

#[module(wants = ["before soft-b"], name = "soft-a")]
mod soft {}
