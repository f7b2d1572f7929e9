//! Pieces of code in the text of a Markdown document.

/// A piece of code between backticks.
#[derive(Debug, PartialEq, Eq)]
pub struct Span {
    /// The line in which it begins.
    pub line: usize,
    /// The text between the backticks, with a space for each line break.
    pub code: String,
}

pub(super) fn spans(document: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut fence: Option<&str> = None;
    // The span that is open, with the number of its backticks.
    let mut open: Option<(Span, usize)> = None;
    for (index, line) in document.lines().enumerate() {
        let text = line.trim_start_matches([' ', '>']);
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| text.starts_with(mark));
        if mark.is_some() && (fence.is_none() || fence == mark) {
            fence = if fence.is_none() { mark } else { None };
            open = None;
            continue;
        }
        if fence.is_some() {
            continue;
        }
        // A span ends with its paragraph.
        if text.is_empty() {
            open = None;
        }
        if let Some((span, _)) = &mut open {
            span.code.push(' ');
        }
        let mut rest = text;
        while let Some(tick) = rest.find('`') {
            let ticks = rest[tick..].chars().take_while(|c| *c == '`').count();
            let (before, after) = (&rest[..tick], &rest[tick + ticks..]);
            open = match open.take() {
                None => {
                    let span = Span {
                        line: index + 1,
                        code: String::new(),
                    };
                    Some((span, ticks))
                }
                Some((mut span, opened)) => {
                    span.code.push_str(before);
                    if ticks == opened {
                        spans.push(span);
                        None
                    } else {
                        span.code.extend(std::iter::repeat_n('`', ticks));
                        Some((span, opened))
                    }
                }
            };
            rest = after;
        }
        if let Some((span, _)) = &mut open {
            span.code.push_str(rest);
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_code_in_text_alone() {
        let document = "\
# A `title`

Text with `a::b` and ``c`d``, and `one
that` wraps.

> ```rust
> let not = `this`;
> ```
> but `quoted` text

A stray ` tick ends

with the `paragraph`.
";
        let found = spans(document);
        let found: Vec<_> = found
            .iter()
            .map(|span| (span.line, span.code.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                (1, "title"),
                (3, "a::b"),
                (3, "c`d"),
                (3, "one that"),
                (9, "quoted"),
                (13, "paragraph"),
            ]
        );
    }
}
