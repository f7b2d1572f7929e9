//! `lead`: can be loaded in each phase, but depends on `late`.

use dlkm_rt::module;

#[module(depends = ["late"])]
mod lead {}
