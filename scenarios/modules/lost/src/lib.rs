//! `lost`: depends on a module that is not there.

use dlkm_rt::module;

#[module(name = "lost", depends = ["nowhere"])]
mod declared {}
