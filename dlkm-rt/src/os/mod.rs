//! What differs from one system to the next: barriers, stack frames, file names.
//!
//! Only Linux on x86-64 has been tried.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux::*;

#[cfg(not(target_os = "linux"))]
compile_error!(
    "dlkm-rt knows Linux only so far: another system needs its own file in dlkm-rt/src/os"
);
