//! `choosy`: depends on a version of `pair` that is not there.

use dlkm_rt::module;

#[module(depends = ["counter", "pair >=3, <4"])]
mod choosy {}
