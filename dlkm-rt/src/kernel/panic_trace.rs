//! The backtrace of a module's panic. A copy of std knows only what was mapped when it took its
//! first backtrace, so each frame is described by the std of the image that it is in.

use super::state::Kernel;
use crate::os;
use crate::services::backtrace::{self, Mark, Style, TracedFrame};

/// The text of this thread's backtrace as the environment asks for it; empty if it asks for none.
pub(super) fn text() -> String {
    let style = Style::of_process();
    if style == Style::Off {
        return String::new();
    }
    // The host's std knows the host, and the libraries that it was started with.
    let mut frames = backtrace::take();
    let mut objects: Vec<_> = frames.iter().map(|one| object(one.instruction)).collect();
    objects.sort_unstable();
    objects.dedup();
    let host = object(text as *const () as usize);
    let mut hint = "";
    for base in objects {
        if base.is_none() || base == host {
            continue;
        }
        let Some(image) = Kernel::get().and_then(|kernel| kernel.image_at(base)) else {
            continue;
        };
        let is_inside = |address| object(address) == base;
        frames = match image.backtrace() {
            Some(known) => described_by(&known, frames, is_inside),
            None => {
                hint = "\nnote: `addr2line -Cfie FILE OFFSET` names the functions of FILE+OFFSET.";
                without_names(frames, is_inside)
            }
        };
    }
    backtrace::text(&frames, style) + hint
}

/// `frames`, with the frames in one object by its file and the place in it.
fn without_names(
    mut frames: Vec<TracedFrame>,
    is_inside: impl Fn(usize) -> bool,
) -> Vec<TracedFrame> {
    // What the host's std takes for functions that were inlined.
    frames.dedup_by(|next, frame| {
        next.instruction == frame.instruction && is_inside(next.instruction)
    });
    for frame in &mut frames {
        let address = frame.instruction;
        if is_inside(address)
            && let Some(place) = os::place_of(address as *const ())
        {
            let offset = address.wrapping_sub(place.base());
            frame.short = format!("<{}+{offset:#x}>", place.file_name());
            frame.full = format!("{address:#18x} - {}", frame.short);
            frame.mark = Mark::None;
        }
    }
    frames
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
