//! Random edits of random system files.

use std::collections::BTreeMap;
use std::time::Duration;

use dlkm_metadata::Phase;
use dlkm_system::{Choice, Idle, SystemFile, Verify, lines};
use fastrand::Rng;

use crate::edit::Editor;
use crate::spec::{ModuleSpec, TunableName};

const MODULES: [&str; 6] = ["shm", "net-ip", "gzip", "a.b", "x_y", "zz"];
const KEYS: [&str; 3] = ["size", "max-users", "k"];
const VALUES: [&str; 6] = [
    "5",
    "0x10",
    "shm.size*2 + 1",
    "\"a  text\"",
    "\"\"",
    "64KiB",
];

fn blanks(random: &mut Rng) -> &'static str {
    random.choice([" ", " ", "  ", "\t", " \t "]).unwrap()
}

fn spec(random: &mut Rng, name: &str) -> ModuleSpec {
    let mut spec = ModuleSpec::new(name, random.choice(Choice::ALL).unwrap());
    let versions = [None, Some("1.0.0"), Some("2.1.[3E0D0C96]")];
    spec.version = random.choice(versions).unwrap().map(str::to_owned);
    let phases = Phase::ALL.map(Some).into_iter().chain([None]);
    spec.phase = random.choice(phases.collect::<Vec<_>>()).unwrap();
    let times = [
        None,
        Some(Idle::Never),
        Some(Idle::After(Duration::from_millis(250))),
        Some(Idle::After(Duration::from_secs(60))),
    ];
    spec.idle = random.choice(times).unwrap();
    spec
}

/// A name, sometimes with the other sign that counts as the same.
fn other_sign(random: &mut Rng, name: &str) -> String {
    match random.bool() {
        true => name.to_owned(),
        false => name.replace('-', "_"),
    }
}

fn module_line(random: &mut Rng) -> String {
    let name = random.choice(MODULES).unwrap();
    let spec = spec(random, name);
    let mut words = vec![
        "module".to_owned(),
        other_sign(random, name),
        spec.choice.to_string(),
    ];
    words.extend(spec.version);
    let phase = spec.phase.map(|phase| format!("phase {phase}"));
    let idle = spec.idle.map(|idle| match idle {
        Idle::Never => "idle never".to_owned(),
        Idle::After(time) => format!("idle {}ms", time.as_millis()),
    });
    match random.bool() {
        true => words.extend(phase.into_iter().chain(idle)),
        false => words.extend(idle.into_iter().chain(phase)),
    }
    spaced(random, &words)
}

fn spaced(random: &mut Rng, words: &[String]) -> String {
    let words = words.iter().flat_map(|words| words.split(' '));
    let mut line = random.choice(["", "", " ", "\t"]).unwrap().to_owned();
    for (index, word) in words.enumerate() {
        line += if index > 0 { blanks(random) } else { "" };
        line += word;
    }
    line + random.choice(["", "", "  "]).unwrap()
}

fn tunable_line(random: &mut Rng) -> String {
    let (module, key) = (
        random.choice(MODULES).unwrap(),
        random.choice(KEYS).unwrap(),
    );
    let dot = random.choice([".", ".", "_"]).unwrap();
    let name = format!("{module}{dot}{}", other_sign(random, key));
    let value = random.choice(VALUES).unwrap();
    format!("tunable{}{name}{}{value}", blanks(random), blanks(random))
}

fn file(random: &mut Rng) -> String {
    let end = random.choice(["\n", "\n", "\r\n"]).unwrap();
    let mut text = String::new();
    for _ in 0..random.usize(..3) {
        text += &format!("* made by chance{end}{end}");
    }
    text += &format!("version  1{end}");
    for _ in 0..random.usize(..14) {
        let line = match random.u8(..8) {
            0 => "# a comment  ".to_owned(),
            1 => String::new(),
            2 => "verify\twarn".to_owned(),
            3 => format!("key K{}", random.u8(..3)),
            4 | 5 => module_line(random),
            _ => tunable_line(random),
        };
        text += &format!("{line}{end}");
    }
    match random.u8(..4) {
        0 => text.trim_end_matches(['\r', '\n']).to_owned(),
        _ => text,
    }
}

/// What a file says: what counts, and nothing else.
#[derive(Debug, PartialEq)]
struct Meaning {
    modules: BTreeMap<String, ModuleSpec>,
    tunables: BTreeMap<(String, String), String>,
    verify: Verify,
    keys: Vec<String>,
}

impl Meaning {
    fn of(text: &[u8]) -> Self {
        let file = SystemFile::parse(text).unwrap();
        let modules = file.modules().iter().map(|line| {
            let name = line.name.replace('-', "_");
            let mut spec = ModuleSpec::new(&name, line.choice);
            spec.version = line.version.as_deref().map(str::to_owned);
            (spec.phase, spec.idle) = (line.phase, line.idle);
            (name, spec)
        });
        let modules = modules.collect();
        let names = MODULES.iter().flat_map(|m| KEYS.map(|k| (*m, k)));
        let tunables = names.filter_map(|(module, key)| {
            let line = file.tunable(module, key)?;
            let value = match line.quoted {
                true => format!("\"{}\"", line.value),
                false => line.value.to_string(),
            };
            Some(((module.to_owned(), key.to_owned()), value))
        });
        let tunables = tunables.collect();
        let mut keys: Vec<_> = file.keys().map(str::to_owned).collect();
        keys.sort();
        keys.dedup();
        Meaning {
            modules,
            tunables,
            verify: file.verify(),
            keys,
        }
    }
}

/// The lines that an edit of this thing does not concern.
fn others(text: &str, concerns: impl Fn(&str) -> bool) -> Vec<String> {
    let lines = text.lines().filter(|line| !concerns(line));
    lines.map(str::to_owned).collect()
}

/// Whether a line is about a module or a tunable of that name.
fn about(line: &str, keyword: &str, names: &[String]) -> bool {
    let mut words = line.split([' ', '\t']).filter(|word| !word.is_empty());
    let plain = |name: &str| name.replace('-', "_");
    words.next() == Some(keyword)
        && words
            .next()
            .is_some_and(|name| names.iter().any(|one| plain(one) == plain(name)))
}

#[test]
fn edits_change_what_they_say_and_no_other_line() {
    for seed in 0..1_000 {
        let mut random = Rng::with_seed(seed);
        let text = file(&mut random);
        let mut editor = Editor::parse(text.as_bytes()).unwrap_or_else(|e| panic!("{e}: {text:?}"));
        let unchanged = editor.finish().unwrap();
        assert_eq!(unchanged, text.as_bytes(), "seed {seed}");
        for _ in 0..4 {
            let before = String::from_utf8(editor.finish().unwrap()).unwrap();
            let mut wanted = Meaning::of(before.as_bytes());
            let name = random.choice(MODULES).unwrap();
            let key = random.choice(KEYS).unwrap();
            let id = (name.to_owned(), key.to_owned());
            let tunable = TunableName::of(name, key);
            let written = [format!("{name}.{key}"), format!("{name}_{key}")];
            let (keyword, names): (&str, &[String]) = match random.u8(..9) {
                0..3 => {
                    let written = other_sign(&mut random, name);
                    let mut spec = spec(&mut random, &written);
                    editor.set_module(&spec);
                    spec.name = name.replace('-', "_");
                    wanted.modules.insert(spec.name.clone(), spec);
                    ("module", &[name.to_owned()])
                }
                3 => {
                    let there = wanted.modules.remove(&name.replace('-', "_")).is_some();
                    assert_eq!(editor.remove_module(name), there);
                    ("module", &[name.to_owned()])
                }
                4 | 5 => {
                    let value = random.choice(VALUES).unwrap();
                    editor.set_tunable(&tunable, value).unwrap();
                    wanted.tunables.insert(id, value.to_owned());
                    ("tunable", &written)
                }
                6 => {
                    let there = wanted.tunables.remove(&id).is_some();
                    assert_eq!(editor.remove_tunable(&tunable), there);
                    ("tunable", &written)
                }
                7 => {
                    wanted.verify = random.choice(Verify::ALL).unwrap();
                    editor.set_verify(wanted.verify);
                    ("verify", &["off", "warn", "enforce"].map(str::to_owned))
                }
                _ => {
                    let key = format!("K{}", random.u8(..4));
                    let there = wanted.keys.contains(&key);
                    match random.bool() {
                        true => {
                            assert_eq!(editor.add_key(&key), !there);
                            wanted.keys.push(key.clone());
                        }
                        false => {
                            assert_eq!(editor.remove_key(&key), there);
                            wanted.keys.retain(|one| *one != key);
                        }
                    }
                    wanted.keys.sort();
                    wanted.keys.dedup();
                    ("key", &[key])
                }
            };
            let after = String::from_utf8(editor.finish().unwrap()).unwrap();
            assert_eq!(
                Meaning::of(after.as_bytes()),
                wanted,
                "seed {seed}\n{before:?}\n{after:?}"
            );
            let untouched = |text: &str| others(text, |line| about(line, keyword, names));
            assert_eq!(untouched(&before), untouched(&after), "seed {seed}");
            if text.contains("\r\n") {
                let ends = after.matches('\n').count();
                assert_eq!(
                    after.matches("\r\n").count(),
                    ends,
                    "seed {seed}: {after:?}"
                );
            }
        }
    }
}

#[test]
fn a_new_line_comes_after_the_last_of_its_kind() {
    let text = "version 1\nmodule a auto\n* of a\n\ntunable a.x 1\n# the end\n";
    let mut editor = Editor::parse(text.as_bytes()).unwrap();
    editor.set_module(&ModuleSpec::new("b", Choice::Loaded));
    editor.set_tunable(&TunableName::of("b", "y"), "2").unwrap();
    editor.add_key("K");
    editor.set_verify(Verify::Warn);
    editor.set_configuration("night", "For the night", "2026-01-02T03:04:05Z");
    let text = String::from_utf8(editor.finish().unwrap()).unwrap();
    let wanted = "version 1\nconfiguration night \"For the night\" 2026-01-02T03:04:05Z\n\
        module a auto\nmodule b loaded\n* of a\n\ntunable a.x 1\ntunable b.y 2\n# the end\nkey K\n\
        verify warn\n";
    assert_eq!(text, wanted);
}

#[test]
fn a_last_line_without_an_end_gets_one_when_another_follows() {
    let mut editor = Editor::parse(b"version 1\r\nmodule a auto").unwrap();
    editor.set_module(&ModuleSpec::new("b", Choice::Best));
    let text = editor.finish().unwrap();
    assert_eq!(text, b"version 1\r\nmodule a auto\r\nmodule b best\r\n");
    let mut editor = Editor::parse(b"version 1").unwrap();
    editor.set_module(&ModuleSpec::new("b", Choice::Best));
    assert_eq!(editor.finish().unwrap(), b"version 1\nmodule b best\n");
}

#[test]
fn of_two_lines_the_later_changes_and_a_removal_takes_both() {
    let text = b"version 1\nmodule a-b auto\nmodule a_b loaded\n";
    let mut editor = Editor::parse(text).unwrap();
    editor.set_module(&ModuleSpec::new("a_b", Choice::Unused));
    let set = editor.finish().unwrap();
    assert_eq!(set, b"version 1\nmodule a-b auto\nmodule a_b unused\n");
    assert!(editor.remove_module("a-b"));
    assert_eq!(editor.finish().unwrap(), b"version 1\n");
}

#[test]
fn names_and_values_cannot_bring_in_other_lines() {
    let bad = ["a\nmodule evil auto", "a auto\n", "a b", "", "a\r", "../a"];
    for name in bad {
        let mut editor = Editor::default();
        editor.set_module(&ModuleSpec::new(name, Choice::Auto));
        assert!(editor.finish().is_err(), "{name:?}");
        let mut editor = Editor::default();
        let mut spec = ModuleSpec::new("a", Choice::Auto);
        spec.version = Some(name.to_owned());
        editor.set_module(&spec);
        let text = editor.finish();
        assert!(text.is_err() || name == "../a", "{name:?} {text:?}");
    }
    for title in ["x\" \nmodule evil auto", "x\"\r", "\n"] {
        let mut editor = Editor::default();
        editor.set_configuration("a", title, "");
        assert!(editor.finish().is_err(), "{title:?}");
    }
    let mut editor = Editor::default();
    editor.add_key("K\nmodule evil auto");
    assert!(editor.finish().is_err());
    let mut editor = Editor::default();
    let name = TunableName::of("a", "b");
    assert!(editor.set_tunable(&name, "1\nmodule evil auto").is_err());
    assert_eq!(editor.finish().unwrap(), b"version 1\n");
    assert_eq!(lines(&editor.finish().unwrap()).count(), 1);
}

#[test]
fn noise_is_an_error_or_stays_as_it_is() {
    let words = [
        "version",
        "1",
        "module",
        "tunable",
        "verify",
        "key",
        "configuration",
        "shm",
        "a.b",
        "auto",
        "best",
        "phase",
        "boot1",
        "idle",
        "never",
        "30s",
        "\"",
        "\"x y\"",
        "=",
        "5+",
        "(",
        "*",
        "#",
        "\t",
        " ",
        "\r",
        "\r\n",
        "\u{1b}",
        "\u{202e}",
        "ä",
    ];
    let inventory = super::modules::inventory();
    let mut understood = 0;
    for seed in 0..4_000 {
        let mut random = Rng::with_seed(seed);
        let mut text = "version 1\n".to_owned();
        for _ in 0..random.usize(..20) {
            text += random.choice(words).unwrap();
            text += random.choice([" ", " ", "\n"]).unwrap();
        }
        let Ok(mut editor) = Editor::parse(text.as_bytes()) else {
            continue;
        };
        understood += 1;
        assert_eq!(editor.finish().unwrap(), text.as_bytes());
        let options = crate::PlanOptions::default();
        // Whatever it says, it is refused or compared.
        let _ = crate::Plan::replace(None, text.as_bytes(), &inventory, true, options);
        for name in ["shm", "a.b", "auto", "phase"] {
            editor.set_module(&spec(&mut random, name));
            let _ = editor.set_tunable(&TunableName::of(name, "k"), "5");
        }
        editor.finish().unwrap();
    }
    assert!(understood > 200, "{understood}");
}
