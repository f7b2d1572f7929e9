//! The interfaces of a small UNIX: what its kernel and its modules know of each other.
//!
//! HP-UX has six types of modules. Here each is an interface, and most are switch tables:
//!
//! | type | interface | found in |
//! |---|---|---|
//! | WSIO class driver | [`Cdev`], [`Bdev`] | [`cdevsw`], [`bdevsw`] |
//! | WSIO interface driver | [`Intf`] | [`intfsw`], and the attach lists |
//! | monolithic driver | a class and an interface driver in one module | both |
//! | STREAMS driver | [`Cdev`], whose `open` returns [`Opened::Stream`] | [`cdevsw`] |
//! | STREAMS module | [`Fmod`] | [`fmodsw`] |
//! | file system | [`Filesys`] | [`vfssw`] |
//! | miscellaneous | one of its own, as `shm` of the other example | |
//!
//! What a driver calls in the kernel is [`kern`], and the functions in [`wsio`] and [`streams`] that are
//! built on it.

mod device;
pub mod errno;
mod filesys;
mod services;
pub mod streams;
pub mod wsio;

pub use device::{
    BLOCK, Bdev, BlockFile, Cdev, CharFile, Dev, OpenFlags, Opened, Ready, bdevsw, cdevsw,
};
pub use errno::Error;
pub use filesys::{Attr, Entry, Filesys, Kind, Mounted, Statfs, vfssw};
pub use services::{Kern, Majors, kern};
pub use streams::{Fmod, fmodsw};
pub use wsio::{Intf, intfsw};

/// Writes to the kernel's message buffer, as C's `printf` does in a kernel.
#[macro_export]
macro_rules! printf {
    ($($text:tt)*) => {
        $crate::kern::printf(&::std::format!($($text)*))
    };
}
