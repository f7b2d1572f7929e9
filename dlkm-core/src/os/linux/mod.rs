//! Linux with glibc.

mod about;
mod announced;
mod barrier;
#[cfg(target_arch = "x86_64")]
mod catcher;
#[cfg(target_arch = "x86_64")]
mod cpu;
mod environment;
mod file_id;
mod frames;
mod image_file;
mod link_file;
mod objects;
#[cfg(target_arch = "x86_64")]
mod own_panic;
mod pthread;
mod rights;
#[cfg(feature = "verify")]
mod sealed_copy;
mod stamp;
#[cfg(target_arch = "x86_64")]
mod thread_block;

pub use about::About;
pub use announced::{announce, announced};
pub use barrier::{heavy_barrier, light_barrier};
#[cfg(target_arch = "x86_64")]
pub use catcher::{Catcher, foreign_catcher, unwind_own};
#[cfg(target_arch = "x86_64")]
pub use cpu::cpu_has;
pub use environment::{file_of, initial_variable};
pub use file_id::FileId;
pub use frames::walk_frames;
pub use image_file::{
    IMAGE_SUFFIX, NoFunction, function_of, has_more_rights, is_cut_short, is_mapped, is_there,
    open, open_anew, open_library,
};
pub use link_file::LinkFile;
pub use objects::{
    Place, build_id, first_outside, image_base, is_static_program, mapped, mapped_part, place_of,
};
#[cfg(target_arch = "x86_64")]
pub use own_panic::{Exception, catch_own, raise_exception};
pub use pthread::{
    Routine, Start, create, create_uncounted, pin, set_specific, set_specific_uncounted,
    thread_number,
};
pub use rights::{Rights, user};
#[cfg(feature = "verify")]
pub use sealed_copy::SealedCopy;
pub use stamp::Stamp;
#[cfg(target_arch = "x86_64")]
pub use thread_block::{at_distance, distance};

#[cfg(not(target_arch = "x86_64"))]
compile_error!("dlkm-rt supports only x86-64 so far: see dlkm-core/src/os/linux/own_panic.rs");
