//! The backtrace of a module's panic. A copy of std knows only what was mapped when it took its
//! first backtrace, so each frame is described by the std of the image that it is in.

use super::state::Kernel;
use crate::os;
use crate::services::backtrace::{self, Style, TracedFrame};

/// The text of this thread's backtrace as the environment asks for it; empty if it asks for none.
/// `take` is a function of the image that panicked.
pub(super) fn text(take: fn() -> Vec<TracedFrame>) -> String {
    let style = Style::of_process();
    if style == Style::Off {
        return String::new();
    }
    let mut frames = take();
    // The host was mapped before any image, so each image knows it.
    let mut described = vec![
        None,
        os::image_base(take as *const ()),
        os::image_base(text as *const ()),
    ];
    let mut objects: Vec<_> = frames.iter().map(|one| object(one.instruction)).collect();
    objects.dedup();
    for base in objects {
        if described.contains(&base) {
            continue;
        }
        described.push(base);
        let Some(image) = Kernel::get().and_then(|kernel| kernel.image_at(base)) else {
            continue;
        };
        let known = image.backtrace();
        frames = described_by(&known, frames, |address| object(address) == base);
    }
    backtrace::text(&frames, style)
}

/// `frames`, with the frames in one object as `known` describes them. Both are of one stack, but
/// for its innermost frames.
fn described_by(
    known: &[TracedFrame],
    frames: Vec<TracedFrame>,
    is_inside: impl Fn(usize) -> bool,
) -> Vec<TracedFrame> {
    // Functions that were inlined have an entry of their own, with the address of the frame.
    let same = |one: &TracedFrame, next: &TracedFrame| one.instruction == next.instruction;
    let mut known = known.chunk_by(same).rev();
    let mut from_outside: Vec<&[TracedFrame]> = Vec::new();
    for entries in frames.chunk_by(same).rev() {
        let address = entries[0].instruction;
        let known = known.next().filter(|known| known[0].instruction == address);
        from_outside.push(known.filter(|_| is_inside(address)).unwrap_or(entries));
    }
    from_outside.into_iter().rev().flatten().cloned().collect()
}

/// What identifies the object that has this address.
fn object(address: usize) -> Option<usize> {
    os::image_base(address as *const ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::backtrace::Mark;

    fn stack(frames: &[(usize, &str)]) -> Vec<TracedFrame> {
        let frame = |&(instruction, text): &(usize, &str)| TracedFrame {
            instruction,
            full: text.to_owned(),
            short: text.to_owned(),
            mark: Mark::None,
        };
        frames.iter().map(frame).collect()
    }

    #[test]
    fn frames_of_an_object_get_its_names_from_outside_to_inside() {
        let frames = stack(&[
            (1, "hook"),
            (20, "inner"),
            (11, "?"),
            (11, "?"),
            (20, "middle"),
            (11, "?"),
            (30, "main"),
        ]);
        let known = stack(&[
            (2, "another hook"),
            (20, "stale"),
            (11, "inlined"),
            (11, "f"),
            (11, "inlined"),
            (11, "f"),
            (20, "stale"),
            (11, "inlined"),
            (11, "f"),
            (30, "stale"),
        ]);
        let named = described_by(&known, frames, |address| address < 20);
        let names: Vec<&str> = named.iter().map(|one| one.full.as_str()).collect();
        assert_eq!(
            names,
            [
                "hook", "inner", "inlined", "f", "inlined", "f", "middle", "inlined", "f", "main"
            ]
        );
    }
}
