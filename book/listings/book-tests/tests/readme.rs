//! Runs the README's first command, in the checkout. (The second runs these tests.)

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_first_command_works_as_written() {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let readme = fs::read_to_string(checkout.join("README.md")).unwrap();
    let block = readme.split("```sh\n").nth(1).unwrap();
    let command = block.split("```").next().unwrap();
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(&checkout)
        // Where this test was built, so that not everything is compiled again.
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap(),
        )
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command}\n{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), readme, "{said}");
    assert!(said.contains("loaded gzip "), "{said}");
}
