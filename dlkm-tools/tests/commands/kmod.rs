//! The cases of kmod's test-suite that have a counterpart among the commands, each by its name. The
//! table of all cases, which a test holds against these files, is in `scenarios/host/tests/kmod.rs`.

mod modprobe;
mod others;

const ALL: &str = "module cmd-counter auto\nmodule cmd-top auto\n";
