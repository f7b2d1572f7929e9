//! A socket by which a running kernel is looked at and administered.
//!
//! A host adds it with one call, and keeps the [`Server`] as long as it wants to be reached:
//!
//! ```no_run
//! use dlkm_rt::{Kernel, ModuleRoot};
//!
//! let kernel = Kernel::boot(ModuleRoot::none())?;
//! let _control = dlkm_control::Server::start(kernel)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The command `dlkm` finds all such kernels of its user by itself. Who may use the socket, and what is
//! said on it, is in the documentation of [`dlkm_client`], which a program of your own can use as well.

mod answer;
mod image;
mod server;

pub use server::Server;
