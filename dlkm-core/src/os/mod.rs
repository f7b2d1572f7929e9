//! The parts that depend on the operating system: barriers, stack frames, file names.
//!
//! Only Linux on x86-64 is supported.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::*;

#[cfg(not(target_os = "linux"))]
compile_error!(
    "dlkm-rt supports only Linux so far: another system needs its own folder in dlkm-core/src/os"
);
