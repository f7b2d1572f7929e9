//! A program of `build.rs`.

include!(concat!(env!("OUT_DIR"), "/unloadable.rs"));
