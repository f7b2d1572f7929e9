//! Backtraces as text. Each image takes them with its own copy of std, which lists the mapped
//! objects at its first backtrace and keeps that list: the list has the image itself, but may lack
//! images that were mapped later, or have others that were mapped there before.

use std::backtrace::Backtrace;

use dlkm_metadata::small::{contains, cut};

/// One frame of a stack, as a copy of std describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct TracedFrame {
    /// The next instruction of the function, or 0 if it is not known.
    pub instruction: usize,
    /// The functions and their places, as with `RUST_BACKTRACE=full`, without the frame's number.
    pub full: String,
    /// The same as with `RUST_BACKTRACE=1`; empty for a frame of std's that takes the backtrace.
    pub short: String,
    pub mark: Mark,
}

/// What a frame says about the frames outside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    None,
    /// `__rust_end_short_backtrace`: a short text has the frames after this.
    Show,
    /// `__rust_begin_short_backtrace`: it leaves out those after this.
    Hide,
}

/// What the environment variable `RUST_BACKTRACE` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Off,
    Short,
    Full,
}

impl Style {
    pub fn of_process() -> Style {
        match std::env::var_os("RUST_BACKTRACE") {
            None => Style::Off,
            Some(value) if value == "0" => Style::Off,
            Some(value) if value == "full" => Style::Full,
            Some(_) => Style::Short,
        }
    }
}

/// The two texts of one backtrace. The short one starts at a later frame, and leaves out frames
/// without an address.
#[derive(Debug)]
pub struct Texts {
    full: String,
    short: String,
}

impl Texts {
    pub const NONE: Texts = Texts {
        full: String::new(),
        short: String::new(),
    };

    /// The stack of this thread, as this image's std describes it. The kernel's image reads them, so
    /// that not each image has the code for that.
    pub(crate) fn take() -> Texts {
        let trace = Backtrace::force_capture();
        // Both by `format!`: its code is in each image anyway, that of `to_string` is not.
        Texts {
            full: format!("{trace:#}"),
            short: format!("{trace}"),
        }
    }

    #[inline]
    pub fn frames(&self) -> Vec<TracedFrame> {
        parse(&self.full, &self.short)
    }
}

#[inline]
fn parse(full: &str, short: &str) -> Vec<TracedFrame> {
    let short = numbered(short);
    let mut frames: Vec<_> = numbered(full)
        .into_iter()
        .map(|full| TracedFrame {
            instruction: address(&full).unwrap_or(0),
            mark: mark(&full),
            full,
            short: String::new(),
        })
        .collect();
    let known = frames.iter_mut().rev().filter(|one| one.instruction != 0);
    for (frame, text) in known.zip(short.into_iter().rev()) {
        frame.short = text;
    }
    frames
}

/// The frames of a text, without their numbers.
#[inline]
fn numbered(text: &str) -> Vec<String> {
    let mut frames: Vec<String> = Vec::new();
    for line in text.lines() {
        match (cut(line.trim_start(), ": "), frames.last_mut()) {
            (Some((number, rest)), _) if number.parse::<usize>().is_ok() => {
                frames.push(rest.to_owned());
            }
            // A place, or a function that was inlined.
            (_, Some(frame)) => {
                frame.push('\n');
                frame.push_str(line);
            }
            (_, None) => {}
        }
    }
    frames
}

/// The address that a full frame begins with: `    0x55d5a5d5a5f5 - std::…`.
#[inline]
fn address(full: &str) -> Option<usize> {
    let (address, _) = cut(full, " - ")?;
    usize::from_str_radix(address.trim().strip_prefix("0x")?, 16).ok()
}

#[inline]
fn mark(full: &str) -> Mark {
    if contains(full, "__rust_end_short_backtrace") {
        Mark::Show
    } else if contains(full, "__rust_begin_short_backtrace") {
        Mark::Hide
    } else {
        Mark::None
    }
}

/// The text that std's own panic hook prints for a stack, without a last line end; empty for
/// `Style::Off`. The short text has the frames between two functions of std, or all if an image
/// without symbols does not name these.
#[inline]
pub fn text(frames: &[TracedFrame], style: Style) -> String {
    let mut text = match style {
        Style::Off => return String::new(),
        Style::Short | Style::Full => "stack backtrace:".to_owned(),
    };
    if style == Style::Full {
        for (number, frame) in frames.iter().enumerate() {
            text += &format!("\n{number:4}: {}", frame.full);
        }
        return text;
    }
    let is_marked = frames.iter().any(|frame| frame.mark == Mark::Show);
    let (mut number, mut omitted, mut shown) = (0, 0, !is_marked);
    for frame in frames {
        if frame.mark != Mark::None {
            shown = frame.mark == Mark::Show;
        } else if !shown || frame.short.is_empty() {
            omitted += 1;
        } else {
            // Not for the frames of the panic itself.
            if omitted > 0 && number > 0 {
                let s = if omitted == 1 { "" } else { "s" };
                text += &format!("\n      [... omitted {omitted} frame{s} ...]");
            }
            text += &format!("\n{number:4}: {}", frame.short);
            (number, omitted) = (number + 1, 0);
        }
    }
    text.push_str(
        "\nnote: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[inline(never)]
    fn marked_function() -> Vec<TracedFrame> {
        Texts::take().frames()
    }

    /// Holds the text of this compiler's std against what `parse` expects.
    #[test]
    fn frames_have_an_address_and_both_texts() {
        let frames = marked_function();
        let own = frames
            .iter()
            .position(|one| one.full.contains("marked_function"))
            .expect("it is on the stack");
        let frame = &frames[own];
        assert_ne!(frame.instruction, 0);
        assert!(frame.short.contains("marked_function"), "{frame:?}");
        assert!(!frame.short.contains("0x"), "{frame:?}");
        assert!(frame.short.contains("backtrace.rs:"), "{frame:?}");
        assert!(frames[own + 1].short.contains("both_texts"), "{frames:?}");
        let begin = &frames[own + 1..];
        assert!(
            begin
                .iter()
                .any(|one| one.short.contains("__rust_begin_short_backtrace")),
            "{frames:?}"
        );
    }

    fn frame(name: &str) -> TracedFrame {
        TracedFrame {
            instruction: 1,
            mark: mark(name),
            full: format!("    0x1 - {name}"),
            short: name.to_owned(),
        }
    }

    #[test]
    fn a_short_text_has_the_frames_between_the_marks() {
        let frames = [
            "hook",
            "std::__rust_end_short_backtrace",
            "inner",
            "std::__rust_begin_short_backtrace",
            "between",
            "std::__rust_end_short_backtrace",
            "outer",
            "std::__rust_begin_short_backtrace",
            "start",
        ]
        .map(frame);
        let text = text(&frames, Style::Short);
        assert!(
            text.starts_with(
                "stack backtrace:\n   0: inner\n      [... omitted 1 frame ...]\n   1: outer\nnote: "
            ),
            "{text}"
        );
        assert_eq!(super::text(&frames, Style::Off), "");
        let full = super::text(&frames, Style::Full);
        assert_eq!(full.lines().count(), 10, "{full}");
    }

    #[test]
    fn the_last_frames_of_both_texts_are_the_same() {
        let full = "   0:     0xa1 - take\n             at /x/a.rs:1:2\n   1:     0xb2 - f[1f]::g\n   \
            h\n   2:                0x0 - <unknown>\n";
        let frames = parse(full, "   0: g\n   h\n");
        assert_eq!(frames.len(), 3);
        assert_eq!(
            (frames[0].instruction, frames[0].short.as_str()),
            (0xa1, "")
        );
        assert_eq!(
            (frames[1].instruction, frames[1].short.as_str()),
            (0xb2, "g\n   h")
        );
        assert_eq!((frames[2].instruction, frames[2].short.as_str()), (0, ""));
    }
}
