//! `lost`: depends on a module that does not exist.

use dlkm_rt::module;

#[module(name = "lost", depends = ["nowhere"])]
mod declared {}
