//! `picky`: depends on versions that are there, wants modules before and after itself, one of which
//! does not exist, and has a weak dependency.

use dlkm_rt::module;

#[module(
    depends = ["pair ^2.0", "interface counter ^0.1"],
    wants = ["heap", "after by-name", "nothing"],
    weak = ["calc"],
)]
mod picky {}
