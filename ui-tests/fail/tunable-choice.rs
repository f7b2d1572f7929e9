//! The enum of a tunable is a list of words.

use dlkm_rt::TunableChoice;

#[derive(Clone, Copy, TunableChoice)]
enum Fields {
    Off,
    On(u32),
    Auto { level: u8 },
}

#[derive(Clone, Copy, TunableChoice)]
enum Same {
    WriteBack,
    Write_Back,
}

#[derive(Clone, Copy, TunableChoice)]
struct Level(u32);

#[derive(Clone, Copy, TunableChoice)]
enum Generic<T: Copy> {
    One,
    Two(T),
}

#[derive(Clone, Copy, TunableChoice)]
enum Empty {}

#[derive(TunableChoice)]
enum NotCopy {
    One,
}

#[derive(Clone, Copy, TunableChoice)]
#[choice(name = "x")]
enum Key {
    One,
}

fn main() {}
