//! What a load costs if it is verified. The table of the book's chapter on configuration:
//!
//!     cargo test --profile optimised -p scenario-host -- --ignored --nocapture verifying_costs

use std::fs;
use std::process::Command;

use dlkm_verify::Digest;
use minisign::KeyPair;

use crate::scenario::verifying;
use crate::support::{self, stdout};

#[test]
#[ignore = "prints a table for people to read"]
fn table() {
    println!("{:>12} {:>16} {:>10}", "bytes", "policy", "µs");
    for size in [0, 10 << 20] {
        let root = tempfile::tempdir().expect("a temporary folder");
        let image = root.path().join("counter.so");
        let stripped = Command::new("strip")
            .arg("-o")
            .arg(&image)
            .arg(support::root().join("counter.so"))
            .status();
        assert!(
            stripped.is_ok_and(|status| status.success()),
            "strip, of binutils"
        );
        let mut bytes = fs::read(&image).expect("written by strip");
        // Bytes that are in no segment are copied and hashed as all others.
        bytes.resize(bytes.len().max(size), 0xa5);
        fs::write(&image, &bytes).expect("written");
        let digests = format!("sha256 {} counter 0.1.0\n", Digest::of(&bytes));
        fs::write(root.path().join("digests"), digests).expect("written");
        let pair = KeyPair::generate_unencrypted_keypair().expect("random numbers");
        let signature = minisign::sign(None, &pair.sk, &*bytes, None, None).expect("signed");
        let file = root.path().join("counter.so.minisig");
        fs::write(file, signature.to_bytes()).expect("written");
        let key = format!("enforce\nkey {}", pair.pk.to_base64());
        for (name, policy) in [
            ("off", "off"),
            ("warn", "warn"),
            ("enforce", "enforce"),
            ("enforce, a key", &key),
        ] {
            let system =
                format!("version 1\nmodule counter auto\nmodule plan best\nverify {policy}\n");
            fs::write(root.path().join("system"), system).expect("written");
            let output = verifying::time_a_load().succeed_with(root.path(), "");
            println!(
                "{:>12} {name:>16} {:>10}",
                bytes.len(),
                stdout(&output).trim()
            );
        }
    }
}
