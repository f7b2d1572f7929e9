//! `loop-a`: depends on `loop-b`.

use dlkm_rt::module;

#[module(name = "loop-a", depends = ["loop-b"])]
mod declared {}
