//! What a line says: words, quotes, pipes, and where input and output are.

/// Where input or output is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    Path(String),
    Descriptor(u32),
}

/// A command of a pipeline.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) words: Vec<String>,
    pub(super) input: Option<Place>,
    /// Where the output goes, and whether behind what is there.
    pub(super) output: Option<(Place, bool)>,
    /// Of `exec`: the number, and what to open; `None` closes it.
    pub(super) descriptor: Option<(u32, Option<String>)>,
    /// Of `exec`: `O_NDELAY`.
    pub(super) no_delay: bool,
}

/// Commands, of which each reads what the one before it has written.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) pipeline: Vec<Command>,
    pub(super) background: bool,
}

/// A piece of a line.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    /// A word, and whether a part of it was quoted.
    Word(String, bool),
    Sign(&'static str),
}

const SIGNS: [&str; 9] = ["<>", "<&", ">&", ">>", "<", ">", "|", "&", ";"];

/// The lines of a text, each with its error if it has one.
pub(super) fn lines(text: &str) -> Vec<Result<Line, String>> {
    let mut all = Vec::new();
    for text in text.lines() {
        match pieces(text) {
            Ok(pieces) => all.extend(split(pieces)),
            Err(error) => all.push(Err(error)),
        }
    }
    all
}

fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut all = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() && !rest.starts_with('#') {
        if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            all.push(Piece::Sign(sign));
            rest = &rest[sign.len()..];
        } else {
            let (word, quoted, after) = word(rest)?;
            all.push(Piece::Word(word, quoted));
            rest = after;
        }
        rest = rest.trim_start();
    }
    Ok(all)
}

/// The first word of a text, whether it has quotes, and what is behind it.
fn word(text: &str) -> Result<(String, bool, &str), String> {
    let mut word = String::new();
    let mut quoted = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        match first {
            '\'' | '"' => {
                let end = after
                    .find(first)
                    .ok_or("a quotation mark has no second one")?;
                word.push_str(&after[..end]);
                quoted = true;
                rest = &after[end + 1..];
            }
            '\\' => {
                let next = after
                    .chars()
                    .next()
                    .ok_or("nothing is behind the last \\")?;
                word.push(next);
                quoted = true;
                rest = &after[next.len_utf8()..];
            }
            _ if first.is_whitespace() || "<>|&;".contains(first) => break,
            _ => {
                word.push(first);
                rest = after;
            }
        }
        // A number right before a sign is a descriptor.
        let is_number = !quoted && word.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && rest.starts_with("<>") {
            break;
        }
    }
    Ok((word, quoted, rest))
}

fn split(pieces: Vec<Piece>) -> Vec<Result<Line, String>> {
    let mut all = Vec::new();
    let mut line = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Sign(";") => all.push(of_line(std::mem::take(&mut line), false)),
            Piece::Sign("&") => all.push(of_line(std::mem::take(&mut line), true)),
            piece => line.push(piece),
        }
    }
    if !line.is_empty() {
        all.push(of_line(line, false));
    }
    all
}

fn of_line(pieces: Vec<Piece>, background: bool) -> Result<Line, String> {
    let mut line = Line {
        background,
        ..Line::default()
    };
    let mut command = Command::default();
    let mut pieces = pieces.into_iter();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Word(word, _) => command.words.push(word),
            Piece::Sign("|") => {
                if command.words.is_empty() {
                    return Err("a pipe has no command before it".to_owned());
                }
                line.pipeline.push(std::mem::take(&mut command));
            }
            Piece::Sign(sign) => {
                let Some(Piece::Word(value, _)) = pieces.next() else {
                    return Err(format!("nothing is behind {sign}"));
                };
                redirect(&mut command, sign, value)?;
            }
        }
    }
    if command.words.is_empty() {
        return Err("a command is missing".to_owned());
    }
    line.pipeline.push(command);
    Ok(line)
}

fn redirect(command: &mut Command, sign: &str, value: String) -> Result<(), String> {
    // `exec 3<>PATH` and `exec 3>&-`: the number is the word before the sign.
    if command.words.first().is_some_and(|name| name == "exec") {
        let number = command.words.iter().find_map(|word| word.parse().ok());
        let number = number.ok_or("exec needs the number of a descriptor")?;
        command.no_delay = command.words.iter().any(|word| word == "-n");
        let path = match (sign, value.as_str()) {
            (">&" | "<&", "-") => None,
            ("<>" | "<" | ">", _) => Some(value),
            _ => return Err("use exec N<>PATH or exec N>&-".to_owned()),
        };
        command.descriptor = Some((number, path));
        return Ok(());
    }
    let number = || {
        value
            .parse()
            .map_err(|_| format!("{value} is not a descriptor"))
    };
    match sign {
        "<" => command.input = Some(Place::Path(value)),
        "<&" => command.input = Some(Place::Descriptor(number()?)),
        ">" => command.output = Some((Place::Path(value), false)),
        ">>" => command.output = Some((Place::Path(value), true)),
        ">&" => command.output = Some((Place::Descriptor(number()?), true)),
        _ => return Err(format!("{sign} is for exec")),
    }
    Ok(())
}
