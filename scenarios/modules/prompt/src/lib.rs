//! `prompt`: can't be loaded once the phase init has begun.

use dlkm_rt::module;

#[module(phases = [boot1, boot2])]
mod prompt {}
