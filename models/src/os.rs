//! In the stead of `dlkm-core/src/os`: barriers and thread-local data are the model's, stack
//! frames and the processor the system's.

#[path = "../../dlkm-core/src/os/linux/mod.rs"]
mod linux;

pub(crate) use linux::{
    Catcher, Exception, IMAGE_SUFFIX, NoFunction, Place, Rights, Routine, Start, announced,
    build_id, catch_own, cpu_has, create, create_uncounted, file_of, first_outside,
    foreign_catcher, function_of, image_base, initial_variable, is_cut_short, is_static_program,
    mapped, pin, place_of, raise_exception, set_specific, set_specific_uncounted, thread_number,
    unwind_own, walk_frames,
};

/// No object outside of a model looks for it.
pub(crate) fn announce(_: *const ()) {}

pub(crate) use crate::checked::barrier::{heavy as heavy_barrier, light as light_barrier};
pub(crate) use crate::checked::{at_distance, distance};
