//! `archive`, built against the interface as it is.

use std::io::Write;
use std::marker::PhantomData;

use dlkm_rt::{Errno, LoadArg, module};
use refused_api::*;

/// The driver.
pub struct Driver;

/// The dynamic linker runs it: any code of an image that is opened shows.
#[used]
#[unsafe(link_section = ".init_array")]
static CONSTRUCTOR: extern "C" fn() = {
    extern "C" fn constructed() {
        let _ = std::io::stderr().write_all(b"code of the module runs\n");
    }
    constructed
};

fn load(_: &LoadArg) -> Result<(), Errno> {
    eprintln!("the load hook of the module runs");
    Ok(())
}

#[module(load = load)]
impl Archiver for Driver {
    fn open(bytes: &[u8], name: &str) -> Result<Archive, CodecError> {
        if bytes.is_empty() {
            return Err(CodecError {
                code: 7,
                text: format!("{name} is empty"),
            });
        }
        let entries = bytes.iter().zip(0..).map(|(byte, id)| Entry {
            id,
            first: u64::from(*byte),
            last: u64::from(*byte) + 9,
            stamp: Stamp {
                seconds: 1_000_000,
                zone: Zone {
                    minutes: -90,
                    summer: true,
                },
            },
            method: match byte % 3 {
                0 => Method::Stored,
                1 => Method::Deflated(Level::High),
                _ => Method::Split {
                    pieces: u32::from(*byte),
                    size: 512,
                },
            },
        });
        Ok(Archive {
            name: name.to_uppercase(),
            entries: entries.collect(),
            index: [(name.to_owned(), 1)].into(),
        })
    }

    fn header(bytes: [u8; 8]) -> Result<Header, CodecError> {
        let [a, b, c, d, rest @ ..] = bytes;
        Ok(Header {
            magic: [a, b, c, d],
            flags: u32::from_be_bytes(rest),
        })
    }

    fn seek(id: Id, at: u64) -> Result<Page<Vec<u8>>, CodecError> {
        Ok(Page {
            at: at * 2,
            content: vec![id as u8; 3],
        })
    }

    fn block(handle: Handle<Reading>) -> Result<Block<16>, CodecError> {
        let Handle { number, sort } = handle;
        let _: PhantomData<Reading> = sort;
        Ok(Block {
            bytes: [number as u8; 16],
        })
    }

    fn place(folder: Folder, into: &Folder) -> Result<Folder, CodecError> {
        Ok(Folder {
            name: folder.name,
            parent: Some(Box::new(into.clone())),
        })
    }

    fn write(sink: &mut dyn Sink, pieces: &[(Id, u16)]) -> Result<u64, CodecError> {
        let mut sum = 0;
        for (id, size) in pieces {
            let taken = sink.put(&id.to_be_bytes()[..2]);
            sum += u64::from(*size) * u64::from(taken);
        }
        Ok(sum + sink.level() as u64)
    }

    fn visit(each: &mut dyn FnMut(Id, &str) -> bool) -> u64 {
        let names = ["a", "bb", "ccc"];
        let on = |at: &u32| each(*at, names[*at as usize]);
        (0..3).take_while(on).count() as u64
    }

    fn before<'a>(word: Word<'a>, sign: &str) -> Result<&'a str, CodecError> {
        Ok(word.text.split(sign).next().unwrap_or_default())
    }

    fn extent(scale: Option<u16>) -> Result<Extent, CodecError> {
        let scale = scale.unwrap_or(1);
        Ok(Extent(3 * scale, 4 * scale))
    }

    fn ask(what: &mut String) -> Result<Answer, CodecError> {
        what.push('!');
        Ok(match what.len() {
            0..4 => Answer::Done(what.len() as u32),
            _ => Answer::Refused(what.clone()),
        })
    }

    fn count() -> u64 {
        11
    }

    fn finish(text: String) -> Option<Id> {
        text.parse().ok()
    }
}
