//! What the tunables of a module are, by the system file of its root.

use std::fs;
use std::path::Path;
use std::process::Command;

use scenario_bounded::Bounded;
use tempfile::TempDir;

use crate::foreign_modules;
use crate::scenario::tuning;
use crate::support::{root, stderr, stdout};

/// The lines of a system file that put all modules into use.
const IN_USE: &str = "version 1\nmodule tuned best\nmodule tuner best\nmodule plan best\n\
                      module registry best\nmodule tuned-not-there best\n";

/// A module root with these lines in its system file, from line 7 on.
fn root_with(lines: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for module in ["tuned", "tuner"] {
        let file = format!("{module}.so");
        fs::copy(root().join(&file), folder.path().join(&file)).expect("built before");
    }
    write(folder.path(), lines);
    folder
}

fn write(root: &Path, lines: &str) {
    fs::write(root.join("system"), format!("{IN_USE}{lines}")).expect("it can be written");
}

/// What the scenario `show` prints for `tuned`.
#[track_caller]
fn shown(lines: &str) -> String {
    let root = root_with(lines);
    stdout(&tuning::show().succeed_with(root.path(), "tuned"))
}

/// What the load hook of `tuned` finds.
#[track_caller]
fn found(lines: &str) -> String {
    let text = shown(lines);
    let found = text.lines().find_map(|line| line.strip_prefix("load: "));
    found.unwrap_or_else(|| panic!("{text}")).to_owned()
}

/// The error of the call that would load `tuned`.
#[track_caller]
fn refused(lines: &str, parts: &[&str]) {
    let text = shown(lines);
    let error = text.lines().find_map(|line| line.strip_prefix("error: "));
    let error = error.unwrap_or_else(|| panic!("{text}"));
    for part in parts {
        assert!(error.contains(part), "{error:?} does not say {part:?}");
    }
}

#[test]
fn the_load_hook_finds_what_the_system_file_says() {
    assert_eq!(found(""), "40 true -1 0.1 hello WriteBack 90s 3MiB");
    let all = "tunable tuned.segments 0x1000\n\
               tunable tuned.sync 0\n\
               tunable tuned.level -(2+5)\n\
               tunable tuned.ratio 0.75\n\
               tunable tuned.greeting \"a = b # no comment\"\n\
               tunable tuned.mode write-through\n\
               tunable tuned.period 5min\n\
               tunable tuned.cache-size 64KiB\n";
    let text = shown(all);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "load: 4096 false -7 0.75 a = b # no comment WriteThrough 300s 64KiB",
            "cache_size: 64KiB by line 14",
            "greeting: a = b # no comment by line 11",
            "level: -7 by line 9",
            "mode: write-through by line 12",
            "period: 5min by line 13",
            "ratio: 0.75 by line 10",
            "segments: 4096 by line 7",
            "sync: false by line 8",
        ]
    );
}

/// System Administrator's Guide, "System file line ↔ command": "`t value` or `tunable t value`: `kctune
/// t=value`".
#[test]
fn names_may_be_written_as_on_hp_ux_and_the_later_line_holds() {
    let lines = "tunable tuned_segments 7\ntunable tuned.segments 8\n\
                 tunable tuned_cache_size 8KiB\ntunable tuned.level DEFAULT\n";
    assert_eq!(found(lines), "8 true -1 0.1 hello WriteBack 90s 8KiB");
}

/// System Administrator's Guide, "System file line ↔ command": "(no line): `kctune t=default`".
#[test]
fn without_a_file_all_have_their_defaults() {
    let root = root_with("");
    fs::remove_file(root.path().join("system")).expect("it is there");
    let text = stdout(&tuning::show().succeed_with(root.path(), "tuned"));
    assert!(text.contains("load: 40 true -1 0.1 hello"), "{text}");
    assert!(text.contains("segments: 40 by Default"), "{text}");
}

#[test]
fn a_value_that_is_none_of_the_tunables_refuses_the_load() {
    let lines = "tunable tuned.segments 4097\n";
    let parts = [
        "can't load module `tuned` for `tuned::at_load`",
        "line 7 of ",
        "/system sets tunable `tuned.segments` to `4097`",
        "4097 is not in the range 1 to 4096",
        "it is an integer from 1 to 4096",
    ];
    refused(lines, &parts);
    for (line, part) in [
        ("level 9", "an integer from -8 to 8"),
        ("level -9", "an integer from -8 to 8"),
        ("segments 99999999999999999999", "not a number"),
        ("segments 0x100000000", "4294967296 is not in the range"),
        ("segments \"5\"", "`5` is not a u32"),
        ("sync yes", "it is true or false"),
        ("ratio 1.5", "a number from 0.0 to 1.0"),
        ("ratio inf", "a number from 0.0 to 1.0"),
        ("mode back", "one of write-back, write-through"),
        ("period 0s", "a time such as 250ms or 30s from 1ms"),
        ("period 3", "write a whole number and ns, us"),
        ("cache_size 2TiB", "from 4KiB to 1GiB"),
        ("cache_size 4k", "KiB"),
        (
            "segments tuned.greeting",
            "`tuned.greeting` is no tunable with an integer value",
        ),
        (
            "segments nowhere.x",
            "`nowhere.x` is no tunable with an integer value",
        ),
        ("segments 5+", "is missing at the end"),
    ] {
        refused(&format!("tunable tuned.{line}\n"), &["line 7 of ", part]);
    }
}

/// kctune(1M): "`t=expr`: C integer expression; other tunables' names allowed"; `-u`: "lets a user-defined
/// tunable be created; it is for use in expressions only".
#[test]
fn expressions_refer_to_other_modules_and_to_lines_of_no_module() {
    // `tuner` is installed, and not loaded.
    let lines = "tunable tuned.segments tuner.count*tuner.per_unit+extra\n\
                 tunable extra factor<<1\n\
                 tunable factor 1+1\n\
                 tunable tuner.count 6\n\
                 tunable tuned.cache_size tuner_per_unit*1024\n\
                 tunable tuned.level tuned.sync?-2:2\n";
    assert_eq!(found(lines), "100 true -2 0.1 hello WriteBack 90s 16KiB");
    // Only what counts needs a value.
    let lines = "tunable tuned.segments 0?nowhere.x:7\n";
    assert!(found(lines).starts_with("7 "));
}

#[test]
fn the_error_is_that_of_the_line_where_it_is() {
    let lines = "tunable tuned.segments tuner.count+1\ntunable tuner.count 1001\n";
    let parts = [
        "line 8 of ",
        "`tuner.count` to `1001`",
        "an integer from 0 to 1000",
    ];
    refused(lines, &parts);
    let lines = "tunable tuned.segments more\ntunable more 5*\n";
    refused(
        lines,
        &["line 8 of ", "`more` is `5*`", "missing at the end"],
    );
    let lines = "tunable tuned.segments more\ntunable more less\ntunable less \"text\"\n";
    refused(
        lines,
        &["line 8 of ", "`more` is `less`", "`less` is no tunable"],
    );
}

/// kctune(1M): "circular references refused".
#[test]
fn a_circle_is_told_in_full() {
    let lines = "tunable tuned.segments tuner.count\ntunable tuner.count more+1\n\
                 tunable more tuned_segments*2\n";
    let circle = "tuned.segments → tuner.count → more → tuned.segments";
    refused(lines, &[circle, "write a number in line 7 of "]);
    refused(
        "tunable tuned.level tuned.level\n",
        &["tuned.level → tuned.level"],
    );
    // Also where the value does not count.
    refused(
        "tunable tuned.level 1?2:tuned.level\n",
        &["tuned.level → tuned.level"],
    );
}

#[test]
fn long_chains_and_many_references_end_soon() {
    let chain = |length: usize| {
        let mut lines = "tunable tuned.segments a0\n".to_owned();
        for i in 0..length {
            lines += &format!("tunable a{i} (a{}+a{0})/2\n", i + 1);
        }
        lines + &format!("tunable a{length} 9\n")
    };
    // Without memory of what is known, this would take 2 to the power of 60 steps.
    assert!(found(&chain(60)).starts_with("9 "));
    refused(
        &chain(5000),
        &["more than 64 tunables are computed from each other"],
    );
}

#[test]
fn lines_for_tunables_that_the_image_lacks_are_reported() {
    let lines = "tunable tuned.segmnts 5\ntunable tuned.level 2\ntunable tuned.levels 3\n\
                 tunable tuned-not-there.x 1\ntunable tuned_other 2\n\
                 tunable tuned_own 7\ntunable mine tuned_own*2\n";
    let text = shown(lines);
    let unknown: Vec<_> = text
        .lines()
        .filter(|line| line.contains("unknown"))
        .collect();
    assert_eq!(
        unknown,
        [
            "unknown: tuned levels 9",
            "unknown: tuned segmnts 7",
            "unknown: tuned other 11"
        ],
        "`tuned_own` is a user's own, for use in an expression"
    );
    assert!(text.contains("load: 40 true 2 0.1"), "{text}");
}

#[test]
fn a_static_module_is_tuned_as_an_image_is() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let lines = "tunable tuned.segments tuner.count\ntunable tuner.count 21\n\
                 tunable tuner.name \"a name\"\n";
    write(root.path(), lines);
    let run = || {
        let mut host = Command::new(env!("CARGO_BIN_EXE_tuned_static"));
        host.arg(root.path()).bounded()
    };
    let output = run();
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "load: 21 true -1 0.1 hello WriteBack 90s 3MiB",
            "load: 21 16 a name",
            "now: 42 21 3 a name",
            "module `tuned` refused the value `13` of its tunable `segments`: 13 is unlucky, and \
             42 was not",
        ]
    );
    write(root.path(), "tunable tuned.segments 5000\n");
    let output = run();
    assert!(!output.status.success());
    let text = stderr(&output);
    assert!(text.contains("line 7 of "), "{text}");
}

/// The sections of the image, each as the place of its header, its name's first letters excluded:
/// type, offset and size.
fn sections(image: &[u8]) -> Vec<(usize, u32, usize, usize)> {
    let word = |at: usize| {
        let bytes = image[at..at + 8].try_into().expect("8 bytes");
        u64::from_le_bytes(bytes) as usize
    };
    let (table, count) = (word(0x28), word(0x3c) & 0xffff);
    let all = (0..count).map(|i| table + i * 64);
    all.map(|at| {
        let kind = word(at) >> 32;
        (at, kind as u32, word(at + 24), word(at + 32))
    })
    .collect()
}

/// What `show` prints for an image that `change` has changed. It gets the place of the header of the
/// section `dlkm_modinfo`, and the section's place.
#[track_caller]
fn shown_of(change: impl FnOnce(&mut [u8], usize, std::ops::Range<usize>)) -> String {
    let root = root_with("");
    let file = root.path().join("tuned.so");
    let mut image = fs::read(&file).expect("it was built");
    let text = b"format=2\0name=tuned\0";
    // The wrapper has a copy of the text, in a larger section.
    let has = |start: usize, size: usize| {
        let mut windows = image[start..start + size].windows(text.len());
        windows.any(|bytes| bytes == text)
    };
    let (header, _, start, size) = sections(&image)
        .into_iter()
        .filter(|(_, kind, start, size)| *kind == 1 && has(*start, *size))
        .min_by_key(|(_, _, _, size)| *size)
        .expect("the section");
    change(&mut image, header, start..start + size);
    fs::write(&file, image).expect("it can be written");
    stdout(&tuning::show().succeed_with(root.path(), "tuned"))
}

#[test]
fn an_image_whose_sections_a_tool_has_moved_has_its_tunables() {
    let text = shown_of(|image, _, _| {
        let all = sections(image);
        let (_, _, start, _) = all.iter().find(|one| one.1 == 0x6d6f_6400).expect("there");
        // The distance to the text.
        image[start + 16..start + 24].fill(0xff);
    });
    assert!(text.contains("load: 40 true -1 0.1 hello"), "{text}");
    assert!(text.contains("segments: 40 by Default"), "{text}");
}

#[test]
fn an_image_that_hides_or_changes_a_tunable_is_refused() {
    // The lines around the module's text are no part of the section.
    let text = shown_of(|image, header, section| {
        let lines = &image[section.clone()];
        let end = lines.windows(9).rposition(|bytes| bytes == b"\0tunable=");
        let size = end.expect("a tunable") as u64 + 1;
        image[header + 32..header + 40].copy_from_slice(&size.to_le_bytes());
    });
    let refused = [
        "does not contain what its metadata says",
        // The last lines are those of the module, which end with its build.
        "is missing",
    ];
    assert!(refused.iter().any(|part| text.contains(part)), "{text}");
    // Two of one name.
    let text = shown_of(|image, _, section| {
        let lines = &mut image[section];
        let at = lines.windows(6).position(|bytes| bytes == b"=sync ");
        lines[at.expect("a tunable") + 1..][..4].copy_from_slice(b"mode");
    });
    assert!(text.contains("two tunables have the name `mode`"), "{text}");
    // The section ends behind the file, or is larger than any metadata.
    for size in [1_u64 << 19, 1 << 40, u64::MAX] {
        let text = shown_of(|image, header, section| {
            let file = image.len() as u64 - section.start as u64;
            let size = size.max(file + 1);
            image[header + 32..header + 40].copy_from_slice(&size.to_le_bytes());
        });
        assert!(text.starts_with("error: "), "{text}");
    }
}

#[test]
fn a_tunable_belongs_to_the_one_module_of_its_crate() {
    let boot = |program: &str| {
        let output = Command::new(program).bounded();
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    };
    let text = boot(env!("CARGO_BIN_EXE_tunable_astray"));
    for part in ["`lost` at ", "tunable_astray.rs:", "no module: move it"] {
        assert!(text.contains(part), "{text}");
    }
    let text = boot(env!("CARGO_BIN_EXE_tunable_shared"));
    for part in ["`shared` at ", "several modules (first, second)"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_tunable_of_a_library_refuses_the_load() {
    let astray = crate::support::build("astray", &["strayer"]);
    let output = tuning::load_strayer().succeed_with(&astray, "");
    let text = stdout(&output);
    for part in [
        "can't load module `strayer`",
        "`lost` at ",
        "declares no module",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_module_of_another_compiler_keeps_its_defaults() {
    let lines = |root: &Path| {
        let output = tuning::tune_across_compilers().succeed_with(root, "");
        stdout(&output)
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(root()), ["7", "9", "9"]);
    let foreign = foreign_modules::by_another_compiler("tuned-c");
    let found = lines(foreign.path());
    let [value, error, listed] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!((&**value, &**listed), ("7", "7"));
    assert!(error.contains("by another compiler"), "{error}");
    let in_use = "version 1\nmodule tuned-c best\nmodule plan best\nmodule registry best\n";
    let system = foreign.path().join("system");
    fs::write(&system, format!("{in_use}tunable tuned-c.size 8\n")).expect("written");
    let found = lines(foreign.path()).concat();
    for part in [
        "can't load module `tuned-c`",
        "line 5 of ",
        "by another compiler",
    ] {
        assert!(found.contains(part), "{found}");
    }
    fs::write(&system, format!("{in_use}tunable tuned_c.size default\n")).expect("written");
    assert_eq!(lines(foreign.path())[0], "7");
}
