//! How deep a text nests, before a parser that recurses looks at it.

/// A number that is at least as large as the depth to which a parser of Rust's types and expressions
/// recurses into the text: the open brackets, and in each of them the signs and words since the last
/// comma.
pub(super) fn depth(text: &str) -> usize {
    // How much is counted in each open bracket.
    let mut open = vec![0_usize];
    let (mut sum, mut most) = (0, 0);
    let mut before = ' ';
    for sign in text.chars() {
        match sign {
            '(' | '[' | '{' | '<' => {
                open.push(0);
                sum += 1;
            }
            '>' if matches!(before, '-' | '=') => {}
            ')' | ']' | '}' | '>' if open.len() > 1 => {
                sum -= 1 + open.pop().unwrap_or(0);
            }
            ',' | ';' => {
                if let Some(last) = open.last_mut() {
                    sum -= std::mem::take(last);
                }
            }
            // Not `::` and `'a`, which nest nothing.
            ':' | '_' | '\'' => {}
            sign if sign.is_alphanumeric() => {}
            // One for a blank between two words, which may be operators, and one for each sign.
            sign => {
                let counts = sign != ' ' || before.is_alphanumeric();
                if let Some(last) = open.last_mut().filter(|_| counts) {
                    *last += 1;
                    sum += 1;
                }
            }
        }
        most = most.max(sum);
        before = sign;
    }
    most
}

#[cfg(test)]
mod tests {
    use dlkm_metadata::limits::NESTING;

    use super::depth;

    #[test]
    fn what_authors_write_is_not_deep() {
        for text in [
            "u8",
            "extern \"C\" fn(&Outer, Option<unsafe extern \"C\" fn(&mut Outer, f32) -> *mut u8>)",
            "Box<dyn Fn(&std::collections::HashMap<String, Vec<u8>>) -> Result<(), Error> + Send>",
        ] {
            assert!(depth(text) < NESTING / 2, "{text}: {}", depth(text));
        }
        let many = format!("fn({})", "&'a mut [u8; 4], ".repeat(1000));
        assert!(depth(&many) < 8);
    }

    /// On the small stack of a test, with the code as it is compiled for tests.
    #[test]
    fn a_text_as_deep_as_the_limit_does_not_overflow() {
        for (before, after) in [
            ("&", ""),
            ("*const ", ""),
            ("(", ")"),
            ("[", "; 1]"),
            ("Option<", ">"),
            ("fn() -> ", ""),
            ("fn(", ")"),
            ("[u8; ", "]"),
            ("[u8; {", "}]"),
            ("dyn Fn() -> ", ""),
        ] {
            let text = |many| format!("{}u8{}", before.repeat(many), after.repeat(many));
            let many = (1..).find(|many| depth(&text(*many)) > NESTING).unwrap();
            // Valid or not.
            let _ = syn::parse_str::<syn::Type>(&text(many));
        }
        for operator in [
            "-",
            "!",
            "return ",
            "1+",
            "if a {} else ",
            "|| ",
            "a = ",
            "&",
            "loop {",
        ] {
            let text = |many| format!("[u8; {}]", operator.repeat(many));
            let many = (1..).find(|many| depth(&text(*many)) > NESTING).unwrap();
            let _ = syn::parse_str::<syn::Type>(&text(many));
        }
    }
}
