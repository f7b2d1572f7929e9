//! Messages: a line, and a body of a known length.

use std::io::{self, Read, Write};

use crate::limits;
use crate::records::{self, Record};

/// The version that this crate speaks.
const VERSION: &str = "dlkm 1 ";

/// What a client asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The command, and its arguments.
    pub words: Vec<String>,
    /// What belongs to it: a system file, or nothing.
    pub body: String,
}

impl Request {
    /// Without a body.
    pub fn new(words: &[&str]) -> Self {
        Request {
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            body: String::new(),
        }
    }

    /// With a body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }

    /// Reads one.
    ///
    /// # Errors
    /// The stream fails, or has something else.
    pub fn read(from: &mut impl Read) -> io::Result<Self> {
        let (line, body) = read(from)?;
        let words = line.split(' ').map(str::to_owned).collect();
        Ok(Request { words, body })
    }

    /// Writes it.
    ///
    /// # Errors
    /// The stream fails, or a word can't be sent.
    pub fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let odd = |word: &String| word.is_empty() || word.contains([' ', '\n']);
        if self.words.iter().any(odd) {
            return Err(malformed("a word of the request is empty, or has a space"));
        }
        write(to, &self.words.join(" "), &self.body)
    }
}

/// What a server answers: records, or the text of an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// What was asked for.
    Ok(Vec<Record>),
    /// Why it was not done.
    Error(String),
}

impl Answer {
    /// Reads one.
    ///
    /// # Errors
    /// The stream fails, or has something else.
    pub fn read(from: &mut impl Read) -> io::Result<Self> {
        let (line, body) = read(from)?;
        match &*line {
            "ok" => Ok(Answer::Ok(records::read(&body))),
            "error" => Ok(Answer::Error(body)),
            _ => Err(malformed("the answer is neither `ok` nor `error`")),
        }
    }

    /// Writes it.
    ///
    /// # Errors
    /// The stream fails.
    pub fn write(&self, to: &mut impl Write) -> io::Result<()> {
        match self {
            Answer::Ok(records) => write(to, "ok", &records::write(records)),
            Answer::Error(text) => write(to, "error", text),
        }
    }
}

fn malformed(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

fn write(to: &mut impl Write, line: &str, body: &str) -> io::Result<()> {
    // One write, so that the peer gets the whole message at once if it fits.
    let message = format!("{VERSION}{} {line}\n{body}", body.len());
    to.write_all(message.as_bytes())
}

/// The line without version and length, and the body.
fn read(from: &mut impl Read) -> io::Result<(String, String)> {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    let end = loop {
        if let Some(end) = head.iter().position(|byte| *byte == b'\n') {
            break end;
        }
        if head.len() > limits::LINE {
            return Err(malformed("the first line is too long"));
        }
        match from.read(&mut buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            length => head.extend_from_slice(&buffer[..length]),
        }
    };
    let mut body = head.split_off(end + 1);
    head.pop();
    let line = String::from_utf8(head).map_err(|_| malformed("the first line is not UTF-8"))?;
    let rest = line.strip_prefix(VERSION).ok_or_else(|| {
        malformed(
            "the first line does not begin with `dlkm 1`: another version, or another program",
        )
    })?;
    let (length, line) = rest.split_once(' ').unwrap_or((rest, ""));
    let length: usize = length
        .parse()
        .map_err(|_| malformed("the length is no number"))?;
    if length > limits::BODY || body.len() > length {
        return Err(malformed(
            "the body is longer than it may be, or than it says",
        ));
    }
    let missing = (length - body.len()) as u64;
    let got = from.take(missing).read_to_end(&mut body)?;
    if (got as u64) < missing {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let body = String::from_utf8(body).map_err(|_| malformed("the body is not UTF-8"))?;
    Ok((line.to_owned(), body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_as_they_were_written() {
        let request = Request::new(&["unload", "shm"]).with_body("version 1\n");
        let mut text = Vec::new();
        request.write(&mut text).unwrap();
        assert_eq!(text, b"dlkm 1 10 unload shm\nversion 1\n");
        assert_eq!(Request::read(&mut &text[..]).unwrap(), request);
        for answer in [
            Answer::Ok(vec![Record::new().with("loaded", "shm")]),
            Answer::Ok(Vec::new()),
            Answer::Error("no".to_owned()),
        ] {
            let mut text = Vec::new();
            answer.write(&mut text).unwrap();
            assert_eq!(Answer::read(&mut &text[..]).unwrap(), answer);
        }
        assert!(
            Request::new(&["load", "a b"])
                .write(&mut Vec::new())
                .is_err()
        );
        assert!(Request::new(&["load", ""]).write(&mut Vec::new()).is_err());
    }

    #[test]
    fn garbage_is_refused_in_bounded_space() {
        let long = [&b"dlkm 1 0 "[..], &vec![b'x'; 3 * limits::LINE]].concat();
        let endless = &mut io::repeat(b'x');
        assert!(
            Request::read(endless)
                .unwrap_err()
                .to_string()
                .contains("too long")
        );
        for (bytes, part) in [
            (&b""[..], "end of file"),
            (b"dlkm 1 5 hello\nab", "end of file"),
            (b"GET / HTTP/1.1\n\n", "another version"),
            (b"dlkm 2 0 hello\n", "another version"),
            (b"dlkm 1 x hello\n", "no number"),
            (b"dlkm 1 -1 hello\n", "no number"),
            (b"dlkm 1 99999999 hello\n", "longer than it may be"),
            (b"dlkm 1 1 hello\nabc", "longer than"),
            (b"dlkm 1 0 \xff\n", "UTF-8"),
            (b"dlkm 1 1 hello\n\xff", "UTF-8"),
            (&long, "too long"),
        ] {
            let error = Request::read(&mut &bytes[..]).unwrap_err();
            let text = match error.kind() {
                io::ErrorKind::UnexpectedEof => "end of file".to_owned(),
                _ => error.to_string(),
            };
            assert!(
                text.contains(part),
                "{text}: {:?}",
                String::from_utf8_lossy(bytes)
            );
        }
    }
}
