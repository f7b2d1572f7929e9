//! `late`: can't be loaded before the phase init.

use dlkm_rt::module;

#[module(phases = [init, auto])]
mod late {}
