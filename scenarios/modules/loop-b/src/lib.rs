//! `loop-b`: depends on `loop-a`.

use dlkm_rt::module;

#[module(name = "loop-b", depends = ["loop-a"])]
mod declared {}
