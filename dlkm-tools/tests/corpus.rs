//! The fuzz targets' functions, on their seeds and on changes of these: a small part of what `.ci/fuzz`
//! does, which needs no nightly compiler.

#[path = "../../fuzz/src/lib.rs"]
#[allow(unreachable_pub, reason = "it is the library of the fuzz targets")]
mod targets;

#[path = "../../dlkm-config/src/tests/image.rs"]
mod image;

use std::fs;
use std::path::{Path, PathBuf};

use image::{image, image_with};

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 7] = [
    ("elf", targets::elf),
    ("metadata", targets::metadata),
    ("descriptor", targets::descriptor),
    ("header", targets::header),
    ("system", targets::system),
    ("protocol", targets::protocol),
    ("verify", targets::verify),
];

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(target)
}

/// The seeds of a target, with names.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let named = |texts: Vec<String>| {
        let texts = texts.into_iter().map(String::into_bytes).enumerate();
        texts.map(|(at, text)| (format!("{at:02}"), text)).collect()
    };
    match target {
        "elf" => {
            let mut images = Vec::new();
            for (at, text) in modules().into_iter().enumerate() {
                images.push((format!("{at:02}"), image(text.as_bytes())));
            }
            let text = modules().remove(0);
            images.push((
                "std".to_owned(),
                image_with(text.as_bytes(), "libstd-0123456789abcdef.so", 0),
            ));
            images.push((
                "moved".to_owned(),
                image_with(text.as_bytes(), "libc.so.6", 1 << 40),
            ));
            images
        }
        "descriptor" => {
            let mut texts = types();
            let (one, other) = (texts.concat(), texts[1..].concat());
            texts.push(one.clone());
            let mut both: Vec<(String, Vec<u8>)> = named(texts);
            let pair = [one.as_bytes(), &[0xff], other.as_bytes()].concat();
            both.push(("pair".to_owned(), pair));
            both
        }
        "system" => named(systems()),
        "protocol" => named(messages()),
        "verify" => named(trusted()),
        _ => named(modules()),
    }
}

/// Texts of types, each of them on its own.
fn types() -> Vec<String> {
    [
        "type=struct size 8 align 4 repr(C): S\0field=a at 0: u32\0field=b at 4: [u8; 4]\0",
        "type=enum size 1 align 1 niche repr(u8): E\0variant=A 0\0variant=B 200\0",
        "type=enum size 16 align 8: T\0variant=One\0field=0: S\0variant=Two -1\0field=x: Option<T>\0",
        "type=struct size 2 align 2 repr(transparent): N\0field=0 at 0: i16\0",
        "type=trait Send: (dyn Sink + Send)\0field=put: fn(&mut self, &[u8]) -> Result<(), T>\0",
        "type=struct size 16 align 8: Slice<u8>\0field=data at 0: *const u8\0field=length at 8: usize\0\
         field=call at 8: Option<unsafe extern \"C\" fn(&mut S, f32) -> *mut *const u8>\0",
    ]
    .map(str::to_owned)
    .into()
}

/// Texts of modules.
fn modules() -> Vec<String> {
    let build = "rustc=1\0commit=\0target=x\0pointer=64\0panic=unwind\0runtime=0\0sanitizer=\0flags=\0\
        features=sse2\0";
    let own = "format=2\0name=a\0version=0.1.0\0kind=misc\0desc=A module, größer\0states=auto loaded\0\
        depends=b c\0";
    let (all, kinds) = (types().concat(), types());
    let mut texts = Vec::new();
    for lines in [
        String::new(),
        "idle=30000\0stays-mapped=a::f returns a borrow\0later=ignored\0".to_owned(),
        format!(
            "interface=a unloadable Rust 0.1.0\0export=f 0123456789abcdef: fn(&S, E) -> T\0{all}\
             interface=b load-only C 1.0.0-rc.1\0export=g fedcba9876543210: fn()\0"
        ),
        format!(
            "interface=a load-only C 0.1.0\0export=f 0123456789abcdef: extern \"C\" fn(&S, E) -> N\0\
             export=r#type 0000000000000000: fn(&[[u8; 3]; 2], bool)\0{}{}{}{}",
            kinds[0], kinds[1], kinds[3], kinds[5]
        ),
    ] {
        texts.push(format!("{own}{lines}{build}"));
    }
    texts
}

fn systems() -> Vec<String> {
    [
        "version 1\n",
        "* a\n# b\n\nversion 1\r\nmodule a auto\r\n",
        "version 1\nconfiguration base \"The base\" Tue Sep 12\nmodule shm best 1.0.0 phase boot2 \
         idle 30s\nmodule net-ip static\nmodule net_ip unused idle never\nverify enforce\n\
         key RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\n",
        "version 1\ntunable a.b (c.d>4)?c.d<<2:~0x1F&017\ntunable a_b -1+2*3/4%5\ntunable t.x \"two \
         words\"\ntunable t.y 250ms\ntunable t.z 64KiB\n",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn messages() -> Vec<String> {
    [
        "dlkm 1 0 hello\n",
        "dlkm 1 10 adopt x\nversion 1\n",
        "dlkm 1 0 ok\n",
        "dlkm 1 33 ok\nname a\nloaded x\\\\y\\nz\n\nname b\n\n",
        "dlkm 1 5 error\nno: a",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn trusted() -> Vec<String> {
    let digest = dlkm_verify::Digest::of(b"test");
    let [signature, comment] = targets::SIGNED;
    vec![
        format!("sha256 {digest} test 0.1.0\n"),
        format!("sha256 {digest} net-ip 1.0.0-rc.1\r\n\nsha256 {digest} net_ip 2.0.0"),
        format!(
            "untrusted comment: signature from minisign secret key\n{signature}\n\
             trusted comment: timestamp:1633700835\tfile:test\tprehashed\n{comment}\n"
        ),
    ]
}

/// `BLESS=1` writes the seeds again. What a longer run has found may be beside them, under other names.
#[test]
fn the_committed_seeds_are_current() {
    for (target, _) in TARGETS {
        for (name, seed) in seeds(target) {
            let file = folder(target).join(&name);
            if std::env::var_os("BLESS").is_some() {
                fs::create_dir_all(folder(target)).unwrap();
                fs::write(&file, &seed).unwrap();
            }
            let committed = fs::read(&file).unwrap_or_default();
            assert!(
                committed == seed,
                "{} is out of date: BLESS=1 writes it",
                file.display()
            );
        }
    }
}

/// The seeds of images are images: else the target would only see errors.
#[test]
fn the_seeds_are_read() {
    let place = tempfile::NamedTempFile::new().unwrap();
    for (name, seed) in seeds("elf") {
        fs::write(place.path(), seed).unwrap();
        let read = dlkm_metadata::Metadata::read(place.path());
        let metadata = read.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(metadata.shared_std().is_some(), name == "std");
    }
    for (name, seed) in seeds("metadata") {
        assert!(dlkm_metadata::Metadata::parse(&seed).is_ok(), "{name}");
    }
}

/// An input on which a longer run has failed lies beside the seeds.
#[test]
fn what_a_longer_run_has_found_stays_mended() {
    let mut found = 0;
    for (target, run) in TARGETS {
        let own: Vec<_> = seeds(target).into_iter().map(|(name, _)| name).collect();
        for entry in fs::read_dir(folder(target)).unwrap() {
            let file = entry.unwrap().path();
            let name = file.file_name().unwrap().to_str().unwrap();
            if !own.iter().any(|one| one == name) {
                run(&fs::read(&file).unwrap());
                found += 1;
            }
        }
    }
    assert!(found > 0);
}

/// Numbers that look random and are the same in each run (Marsaglia's xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// Changes a few places: bytes, parts that move or come twice, and the end.
fn change(seed: &[u8], other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut data = seed.to_vec();
    for _ in 0..=numbers.below(4) {
        let (from, length) = (numbers.below(data.len()), 1 + numbers.below(24));
        let part: Vec<u8> = data.iter().skip(from).take(length).copied().collect();
        let to = numbers.below(data.len());
        match numbers.below(7) {
            0 => data.truncate(to),
            1 => data.splice(to..to, part).for_each(drop),
            2 => data
                .splice(from..(from + length).min(data.len()), [])
                .for_each(drop),
            3 => {
                let from = numbers.below(other.len());
                let part = other.iter().skip(from).take(8 * length).copied();
                data.splice(to..to, part).for_each(drop);
            }
            4 => {
                if let Some(byte) = data.get_mut(to) {
                    *byte ^= 1 << numbers.below(8);
                }
            }
            _ => {
                const ODD: &[u8] = b"\0=: \n&<([{>)]}+-\xff\x80\x7f09";
                if let Some(byte) = data.get_mut(to) {
                    *byte = ODD[numbers.below(ODD.len())];
                }
            }
        }
        if data.is_empty() {
            break;
        }
    }
    data
}

#[test]
fn seeds_and_changes_of_them_end_in_metadata_or_an_error() {
    for (target, run) in TARGETS {
        let seeds: Vec<_> = fs::read_dir(folder(target))
            .expect("committed")
            .map(|entry| fs::read(entry.unwrap().path()).unwrap())
            .collect();
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
        for seed in &seeds {
            run(seed);
            for _ in 0..1000 {
                let other = &seeds[numbers.below(seeds.len())];
                run(&change(seed, other, &mut numbers));
            }
        }
    }
}
