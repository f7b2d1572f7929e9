//! The command line of the program, its inputs, outputs and errors.

mod support;

use std::fs::{self, File};
use std::io::{Read, Write};
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;

use support::content::text;
use support::tools::{self, compress};
use support::{Folder, dcat, run, run_dcat, wait};

#[test]
fn standard_input_is_read_by_default_and_for_a_dash() {
    let packed = compress("gzip", &[], b"content");
    assert_eq!(run(&mut dcat(), &packed).success(), b"content");
    assert_eq!(run(dcat().arg("-"), &packed).success(), b"content");
    let folder = Folder::new();
    let file = folder.file("a", &compress("zstd", &[], b"first "));
    assert_eq!(
        run(dcat().args([&file, "-"]), &packed).success(),
        b"first content"
    );
}

#[test]
fn a_bad_file_does_not_stop_the_next() {
    let folder = Folder::new();
    let good = folder.file("good", &compress("xz", &[], b"good"));
    let text = folder.file("text", b"Just a text, that is all.");
    let empty = folder.file("empty", b"");
    let ran = run_dcat(&[&good, "/no/such/file", &good, &text, &empty, &good]);
    ran.failure(&["/no/such/file: ", &text, &empty]);
    assert_eq!(ran.stderr.lines().count(), 3);
    assert_eq!(ran.stdout, b"goodgoodgood");
}

#[test]
fn an_empty_input_is_an_error() {
    let folder = Folder::new();
    for name in ["empty", "empty.br"] {
        let file = folder.file(name, b"");
        run_dcat(&[&file]).failure(&[&file, "the input is empty"]);
    }
    run_dcat(&["--format", "lz4"]).failure(&["standard input: the input is empty"]);
}

#[test]
fn an_unknown_format_is_an_error_that_lists_the_known_formats() {
    for data in [&b"?"[..], b"This is no compressed file at all."] {
        let ran = run(&mut dcat(), data);
        ran.failure(&[
            "standard input: unknown format: no module that provides `codec` recognises the data; there is brotli, bzip2, ",
            "--format",
        ]);
        ran.failure(&tools::ALL);
    }
}

#[test]
fn a_folder_is_an_error() {
    let folder = Folder::new();
    let path = folder.path().to_str().expect("UTF-8");
    run_dcat(&[path]).failure(&[path, "can't be read"]);
}

#[test]
fn a_wrong_command_line_ends_with_exit_code_2() {
    for arguments in [
        &["--no-such-option"][..],
        &["--format", "zip"],
        &["--modules", "file"],
    ] {
        let ran = run_dcat(arguments);
        assert_eq!(ran.code(), 2, "{}", ran.stderr);
    }
    let ran = run_dcat(&["--format", "gzi", "/no/such/file"]);
    for words in ["no module provides `codec` for `gzi`", "; there is gz"] {
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
    }
    assert_eq!(run_dcat(&["--help"]).code(), 0);
    assert_eq!(run_dcat(&["--version"]).code(), 0);
}

#[test]
#[cfg(feature = "static")]
fn the_list_shows_all_modules_as_built_in() {
    let list = String::from_utf8(run_dcat(&["--modules"]).success()).expect("UTF-8");
    for format in tools::ALL {
        assert!(
            list.contains(&format!("\n{format} ")),
            "no {format} in {list}"
        );
    }
    assert_eq!(
        list.matches("(built in)").count(),
        tools::ALL.len(),
        "{list}"
    );
}

#[test]
fn the_output_file_is_overwritten() {
    let folder = Folder::new();
    let input = folder.file("input", &compress("bzip2", &[], b"content"));
    let output = folder.file("output", b"something longer than the content");
    assert!(
        run_dcat(&["-o", &output, &input, &input])
            .success()
            .is_empty()
    );
    assert_eq!(fs::read(&output).expect("was written"), b"contentcontent");
    let missing = folder.at("missing/output");
    let ran = run_dcat(&["--output", missing.to_str().expect("UTF-8"), &input]);
    ran.failure(&["missing/output: No such file"]);
}

#[test]
fn an_output_file_that_is_an_input_is_an_error() {
    let folder = Folder::new();
    let packed = compress("gzip", &[], b"content");
    let input = folder.file("input", &packed);
    let link = folder.at("link");
    std::os::unix::fs::symlink(&input, &link).expect("a link");
    for output in [&input, link.to_str().expect("UTF-8")] {
        run_dcat(&["-o", output, &input]).failure(&["the output is also an input"]);
        assert_eq!(fs::read(&input).expect("is left"), packed);
    }
}

#[test]
fn a_closed_output_pipe_ends_the_program() {
    let folder = Folder::new();
    let content = text(3_000_000);
    for tool in tools::ALL {
        let file = folder.file("file.br", &compress(tool, &["-1"], &content));
        let mut child = dcat()
            .args(["--format", tool, &file, &file])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("dcat runs");
        let mut pipe = child.stdout.take().expect("piped");
        let mut some = [0; 1000];
        pipe.read_exact(&mut some).expect("some output");
        drop(pipe);
        assert_eq!(some, content[..1000]);
        assert_eq!(wait(&mut child).code(), Some(1));
        let mut said = String::new();
        let mut stderr = child.stderr.take().expect("piped");
        stderr.read_to_string(&mut said).expect("UTF-8");
        assert!(said.contains("standard output: Broken pipe"), "{said}");
        // The second file is not tried.
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let folder = Folder::new();
    for len in [10, 3_000_000] {
        let file = folder.file("file", &compress("gzip", &[], &text(len)));
        let full = File::create("/dev/full").expect("a device of Linux");
        let child = dcat()
            .arg(&file)
            .stdout(full)
            .stderr(Stdio::piped())
            .spawn()
            .expect("dcat runs");
        let ended = child.wait_with_output().expect("dcat ends");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{said}");
        assert!(said.contains("standard output: No space left"), "{said}");
    }
}

#[test]
fn a_closed_standard_error_causes_no_panic() {
    // A message that can't be printed must not cause a panic.
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut child = dcat()
        .args(["--trace", "/no/such/file"])
        .stderr(writer)
        .spawn()
        .expect("dcat runs");
    assert_eq!(wait(&mut child).code(), Some(1));
}

#[test]
fn output_comes_before_the_input_has_ended() {
    // A decoder that read all of its input first would wait here forever.
    let content = text(2_000_000);
    let packed = compress("gzip", &["-1"], &content);
    let mut child = dcat()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("dcat runs");
    let mut stdin = child.stdin.take().expect("piped");
    let mut stdout = child.stdout.take().expect("piped");
    let (first, second) = packed.split_at(packed.len() - 100);
    let mut printed = vec![0; 1_000_000];
    let (go_on, wait_to_go_on) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            stdin.write_all(first).expect("dcat reads");
            wait_to_go_on.recv().expect("there was output");
            stdin.write_all(second).expect("dcat reads on");
        });
        stdout.read_exact(&mut printed).expect("dcat prints");
        go_on.send(()).expect("the writer waits");
        stdout
            .read_to_end(&mut printed)
            .expect("dcat prints the rest");
    });
    assert_eq!(wait(&mut child).code(), Some(0));
    assert!(printed == content);
}

#[test]
fn progress_is_shown_on_request() {
    let folder = Folder::new();
    let file = folder.file("some-file", &compress("gzip", &[], b"content"));
    let ran = run_dcat(&["--progress", "always", &file]);
    assert!(ran.stderr.contains("some-file"), "{}", ran.stderr);
    assert_eq!((ran.code(), &ran.stdout[..]), (0, &b"content"[..]));
    for arguments in [&[][..], &["--progress", "never"], &["--progress", "auto"]] {
        let ran = run(dcat().args(arguments).arg(&file), b"");
        assert_eq!(ran.success(), b"content");
    }
}

/// Runs the command line of a shell in a terminal, and returns what the terminal showed.
fn in_terminal(command: &str) -> (i32, String) {
    let ran = run(
        tools::command("script").args(["-qec", command, "/dev/null"]),
        b"",
    );
    (
        ran.code(),
        String::from_utf8_lossy(&ran.stdout).into_owned(),
    )
}

/// `dcat` for a shell's command line.
fn quoted_dcat() -> String {
    let command = dcat();
    let words = [command.get_program()]
        .into_iter()
        .chain(command.get_args());
    words
        .map(|word| format!("'{}' ", word.to_str().expect("UTF-8")))
        .collect()
}

#[test]
fn progress_is_shown_on_a_terminal_for_long_inputs() {
    let folder = Folder::new();
    let long = support::content::noise(20_000_000, 4);
    let long = folder.file("a-long-file", &compress("zstd", &["-1"], &long));
    let short = folder.file("a-short-file", &compress("zstd", &["-1"], b"short"));
    let dcat = quoted_dcat();
    let (code, shown) = in_terminal(&format!("{dcat} {short} {long} >/dev/null"));
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("a-long-file"), "{shown:?}");
    assert!(!shown.contains("a-short-file"), "{shown:?}");
    let (code, shown) = in_terminal(&format!("{dcat} < {long} >/dev/null"));
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("standard input"), "{shown:?}");
    // No progress where it would overwrite the content.
    let (_, shown) = in_terminal(&format!("{dcat} {long} | head -c 100; {dcat} {short}"));
    assert!(shown.ends_with("short"), "{shown:?}");
}

#[test]
fn a_terminal_is_rejected_as_input() {
    let (code, shown) = in_terminal(&quoted_dcat());
    assert_eq!(code, 1);
    assert!(shown.contains("standard input: is a terminal"), "{shown:?}");
}
