//! What the fuzz targets do with one input. `dlkm-tools/tests/corpus.rs` includes this file too.

use std::cell::RefCell;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

use dlkm_client::{Answer, Request};
use dlkm_metadata::write::{
    BuildRecord, Declaration, Described, Functions, OwnBuild, Place as FunctionPlace, Unmap,
};
use dlkm_metadata::{Abi, Class, InterfaceInfo, Metadata, dlopen_notes, limits};
use dlkm_system::{Expression, SystemFile};
use dlkm_verify::{Digest, Trust, records};

const BUILD: BuildRecord = BuildRecord {
    rustc: "1",
    commit: "",
    target: "x",
    pointer: "64",
    panic: "unwind",
    runtime: "0",
    sanitizer: "",
    flags: "",
    features: "sse2",
};
static BUILD_TEXT: [u8; BUILD.text_len()] = BUILD.text();
static OWN: OwnBuild = OwnBuild::new(BUILD, &BUILD_TEXT);

/// A text of an image: short enough for a message, and on one line.
fn plain(text: &str) {
    assert!(!text.contains(char::is_control), "{text:?}");
}

fn message(error: impl std::fmt::Display) {
    let text = error.to_string();
    plain(&text);
    assert!(text.len() < 4000, "{} bytes", text.len());
}

/// A module's metadata.
pub fn metadata(data: &[u8]) {
    let known = Metadata::parse(data);
    let own = Metadata::parse_for(data, &OWN);
    assert_eq!(known.is_ok(), own.is_ok());
    match known {
        Ok(metadata) => look_at(&metadata),
        Err(error) => message(error),
    }
}

fn look_at(metadata: &Metadata) {
    for text in [
        metadata.name(),
        metadata.version(),
        metadata.kind(),
        metadata.desc(),
    ] {
        plain(text);
    }
    for (_, text) in metadata.build().fields() {
        plain(text);
    }
    for difference in metadata
        .build()
        .differences(&dlkm_metadata::Build::of(&OWN))
    {
        plain(&difference.to_string());
    }
    let interfaces = metadata.interfaces();
    for one in interfaces {
        plain(one.name());
        for other in interfaces.iter().take(4) {
            for reason in one.differences(other).reasons() {
                plain(&reason);
            }
        }
    }
}

/// An image's file.
pub fn elf(data: &[u8]) {
    thread_local! {
        static PLACE: RefCell<Option<Place>> = const { RefCell::new(None) };
    }
    PLACE.with_borrow_mut(|place| {
        let Place { path, file } = place.get_or_insert_with(Place::new);
        file.set_len(data.len() as u64).expect("can be written");
        file.write_all_at(data, 0).expect("can be written");
        match Metadata::read(path) {
            Ok(metadata) => {
                look_at(&metadata);
                if let Some(difference) = metadata.shared_std() {
                    plain(&difference.to_string());
                }
            }
            Err(error) => message(error),
        }
        match dlopen_notes(path) {
            Ok(texts) => {
                let length: usize = texts.iter().map(String::len).sum();
                assert!(length as u64 <= limits::NOTES, "{length} bytes");
            }
            Err(error) => message(error),
        }
    });
}

/// A file that is written again for each input.
struct Place {
    path: PathBuf,
    file: File,
}

impl Place {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        // Relaxed: only the numbers must differ.
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let shared = PathBuf::from("/dev/shm");
        let folder = if shared.is_dir() {
            shared
        } else {
            std::env::temp_dir()
        };
        let path = folder.join(format!("dlkm-fuzz-{}-{number}", process::id()));
        let file = File::create(&path).expect("can be made");
        Place { path, file }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

const CALLER: Declaration = Declaration {
    name: "a",
    class: Class::Unloadable,
    switch: false,
    abi: Abi::C,
    version: "0.1.0",
    functions: Functions::new(
        "ffn(&S, E) -> Result<u32, T>gfn()",
        &[
            FunctionPlace {
                name: 1,
                signature: 28,
                hash: 1,
            },
            FunctionPlace {
                name: 29,
                signature: 33,
                hash: 2,
            },
        ],
    ),
    unmap: Unmap::PROVEN,
};

/// The types of a caller's interface, and those of a module's, after a 0xff byte.
pub fn descriptor(data: &[u8]) {
    let (ours, theirs) = match data.iter().position(|byte| *byte == 0xff) {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, data),
    };
    let caller = Described {
        declaration: &CALLER,
        types: ours,
    };
    match InterfaceInfo::of_caller(&caller) {
        Ok(known) => {
            assert!(known.positions(&caller).is_ok());
            let _ = dlkm_tools::c_header(&[known]).map_err(message);
        }
        Err(error) => message(error),
    }
    // The module's functions have other hashes, so that all types are compared.
    let mut text = b"format=2\0name=a\0version=0.1.0\0kind=misc\0desc=\0states=auto\0depends=\0\
        interface=a unloadable C 0.1.0\0export=f 0000000000000003: fn(&S, E) -> T\0\
        export=g 0000000000000004: fn()\0"
        .to_vec();
    text.extend_from_slice(theirs);
    text.push(0);
    text.extend_from_slice(&BUILD_TEXT);
    if let Ok(metadata) = Metadata::parse(&text) {
        for interface in metadata.interfaces() {
            for difference in interface.positions(&caller).err().into_iter().flatten() {
                plain(&difference);
            }
        }
    }
}

/// The C header of a module's interfaces.
pub fn header(data: &[u8]) {
    if let Ok(metadata) = Metadata::parse(data) {
        match dlkm_tools::c_header(metadata.interfaces()) {
            Ok(text) => {
                for line in text.lines() {
                    plain(line);
                }
            }
            Err(error) => message(error),
        }
    }
}

/// The system file of a module root.
pub fn system(data: &[u8]) {
    let file = match SystemFile::parse(data) {
        Ok(file) => file,
        Err(error) => return message(error),
    };
    for warning in file.warnings() {
        message(warning);
    }
    for tunable in file.tunables() {
        match Expression::parse(&tunable.value) {
            Ok(expression) => {
                let value = expression.evaluate(&mut |name| i128::try_from(name.len()).ok());
                let _ = value.map_err(message);
            }
            Err(error) => message(error),
        }
        let _ = dlkm_system::duration(&tunable.value).map_err(message);
        let _ = dlkm_system::size(&tunable.value).map_err(message);
    }
    let written = file.to_string();
    let again = SystemFile::parse(written.as_bytes()).expect("it is read as it was written");
    assert_eq!(again.to_string(), written);
    assert!(again.warnings().is_empty());
}

/// A message of the control socket: a request, and an answer.
pub fn protocol(data: &[u8]) {
    if let Ok(request) = Request::read(&mut &*data) {
        let mut text = Vec::new();
        // A word may be empty in what was read, and may not in what is written.
        if request.write(&mut text).is_ok() {
            assert_eq!(
                Request::read(&mut &*text).expect("as it was written"),
                request
            );
        }
    }
    if let Ok(answer) = Answer::read(&mut &*data) {
        let mut text = Vec::new();
        answer.write(&mut text).expect("there is room");
        assert_eq!(
            Answer::read(&mut &*text).expect("as it was written"),
            answer
        );
    }
}

/// A key of minisign's, and its signature of `test`: the line that signs, and the one for the comment.
pub const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
pub const SIGNED: [&str; 2] = [
    "RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=",
    "wLMDjy9FLAuxZ3q4NlEvkgtyhrr0gtTu6KC4KBJdITbbOeAi1zBIYo0v4iTgt8jJpIidRJnp94ABQkJAgAooBQ==",
];

/// The digests of a module root, and the file with the signature of an image.
pub fn verify(data: &[u8]) {
    let image = b"test";
    let read = records(data);
    match &read {
        Ok(all) => {
            let lines: String = all.iter().map(|one| format!("{one}\n")).collect();
            assert_eq!(records(lines.as_bytes()).as_ref(), Ok(all));
        }
        Err(error) => message(error),
    }
    let trust = Trust::default();
    match trust.judge("test", image, &read, None) {
        Ok(()) => {
            let digest = Digest::of(image).to_string();
            let text = String::from_utf8_lossy(data).to_ascii_lowercase();
            assert!(text.contains(&digest), "another digest");
        }
        Err(doubt) => message(doubt),
    }
    let trust = Trust::new([KEY]).expect("a key");
    match trust.judge("test", image, &Ok(Vec::new()), Some(data)) {
        Ok(()) => {
            let text = std::str::from_utf8(data).expect("text");
            assert!(
                SIGNED.iter().all(|line| text.contains(line)),
                "another signature"
            );
        }
        Err(doubt) => message(doubt),
    }
}
