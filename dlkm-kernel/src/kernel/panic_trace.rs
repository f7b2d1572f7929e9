//! The backtrace of a module's panic. A copy of std knows only what was mapped when it took its
//! first backtrace, so each frame is described by the std of the image that it is in.

use dlkm_metadata::small::list;

use super::state::Kernel;
use crate::os;
use crate::services::backtrace::{self, Mark, Style, TracedFrame};

/// The text of this thread's backtrace as the environment asks for it; empty if it asks for none.
pub(super) fn text() -> String {
    let style = Style::of_process();
    if style == Style::Off {
        return String::new();
    }
    let mut frames = without_names();
    let host = object(text as *const () as usize);
    let mut images = vec![(host, None)];
    for frame in &frames {
        let base = object(frame.instruction);
        if base.is_some() && !images.iter().any(|(known, _)| *known == base) {
            images.push((base, Kernel::get().and_then(|kernel| kernel.image_at(base))));
        }
    }
    let is_of_image = |base| {
        let mut images = images.iter();
        images.any(|(known, image)| *known == base && image.is_some())
    };
    let mut is_host_named = false;
    let mut hint = "";
    // The image that panicked is the first.
    for (base, image) in &images {
        let Some(image) = image else { continue };
        let Some(known) = image.backtrace() else {
            hint = "\nnote: `addr2line -Cfie FILE OFFSET` names the functions of FILE+OFFSET.";
            continue;
        };
        // The host, and the libraries that it was started with, were mapped before any image.
        let with_host = !is_host_named;
        frames = described_by(&known, frames, |address| {
            let inside = object(address);
            inside == *base || with_host && !is_of_image(inside)
        });
        is_host_named = true;
    }
    backtrace::text(&frames, style) + hint
}

/// The frames of this thread, each by its object's file and the place in it.
fn without_names() -> Vec<TracedFrame> {
    let mut frames = Vec::new();
    os::walk_frames(&mut |walked| {
        let instruction = walked.instruction;
        if instruction == 0 {
            // The outermost frame has no function.
            return true;
        }
        let short = match os::place_of(instruction as *const ()) {
            Some(place) => {
                let offset = instruction.wrapping_sub(place.base());
                format!("<{}+{offset:#x}>", place.file_name())
            }
            None => "<unknown>".to_owned(),
        };
        frames.push(TracedFrame {
            instruction,
            full: format!("{instruction:#18x} - {short}"),
            short,
            mark: Mark::None,
        });
        true
    });
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
    let known = known.chunk_by(same).rev();
    let mut known = known.filter(|entries| entries[0].instruction != 0);
    let mut from_outside: Vec<&[TracedFrame]> = Vec::new();
    for entries in frames.chunk_by(same).rev() {
        let address = entries[0].instruction;
        let known = known.next().filter(|known| known[0].instruction == address);
        from_outside.push(known.filter(|_| is_inside(address)).unwrap_or(entries));
    }
    list(from_outside.into_iter().rev().flatten().cloned())
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
            (0, "the outermost"),
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
