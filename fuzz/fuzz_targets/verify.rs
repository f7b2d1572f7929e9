//! See `verify` in `src/lib.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dlkm_fuzz::verify(data));
