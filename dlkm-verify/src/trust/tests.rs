use std::io::Cursor;

use minisign::KeyPair;

use super::*;
use crate::records::records;

/// minisign's own key and signatures of the text `test`, of the older and the newer kind.
const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
const OLDER: &str = "untrusted comment: signature from minisign secret key\n\
RWQf6LRCGA9i59SLOFxz6NxvASXDJeRtuZykwQepbDEGt87ig1BNpWaVWuNrm73YiIiJbq71Wi+dP9eKL8OC351vwIasSSbXxwA=\n\
trusted comment: timestamp:1555779966\tfile:test\n\
QtKMXWyYcwdpZAlPF7tE2ENJkRd1ujvKjlj1m9RtHTBnZPa5WKU5uWRs5GoP5M/VqE81QFuMKI5k/SfNQUaOAA==";
const NEWER: &str = "untrusted comment: signature from minisign secret key\n\
RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=\n\
trusted comment: timestamp:1633700835\tfile:test\tprehashed\n\
wLMDjy9FLAuxZ3q4NlEvkgtyhrr0gtTu6KC4KBJdITbbOeAi1zBIYo0v4iTgt8jJpIidRJnp94ABQkJAgAooBQ==";

fn trust(keys: &[&str]) -> Trust {
    Trust::new(keys.iter().copied()).unwrap()
}

fn record(image: &[u8]) -> Result<Vec<ImageRecord>, RecordError> {
    records(format!("sha256 {} shm 0.1.0\n", Digest::of(image)).as_bytes())
}

#[test]
fn both_kinds_of_signatures_are_understood() {
    let (trust, none) = (trust(&[KEY]), Ok(Vec::new()));
    for signature in [OLDER, NEWER] {
        let judge = |image: &[u8], signature: &str| {
            trust.judge("shm", image, &none, Some(signature.as_bytes()))
        };
        assert_eq!(judge(b"test", signature), Ok(()));
        assert_eq!(judge(b"Test", signature), Err(Doubt::BadSignature));
        // The comment is signed too.
        let other = signature.replace("file:test", "file:text");
        assert_eq!(judge(b"test", &other), Err(Doubt::BadSignature));
        // As editors on other systems write it.
        assert_eq!(judge(b"test", &signature.replace('\n', "\r\n")), Ok(()));
    }
}

#[test]
fn a_signature_that_was_cut_short_anywhere_is_none() {
    let (trust, none) = (trust(&[KEY]), Ok(Vec::new()));
    for signature in [OLDER, NEWER] {
        for end in 0..signature.len() {
            let text = &signature.as_bytes()[..end];
            let doubt = trust.judge("shm", b"test", &none, Some(text)).unwrap_err();
            assert!(
                matches!(doubt, Doubt::Signature { .. } | Doubt::BadSignature),
                "{end}: {doubt:?}"
            );
        }
        for at in 0..signature.len() * 8 {
            let mut text = signature.as_bytes().to_owned();
            text[at / 8] ^= 1 << (at % 8);
            let judged = trust.judge("shm", b"test", &none, Some(&text));
            // The first line is a comment that no one signs, and a line may end in several ways.
            let comment = signature.find('\n').unwrap_or_default();
            assert!(judged.is_err() || at / 8 <= comment, "{at}");
        }
    }
    let long = vec![b'a'; limits::SIGNATURE as usize + 1];
    let doubt = trust.judge("shm", b"test", &none, Some(&long)).unwrap_err();
    assert!(
        doubt.to_string().contains("more than 16384 bytes"),
        "{doubt}"
    );
    let doubt = trust
        .judge("shm", b"test", &none, Some(b"\xff"))
        .unwrap_err();
    assert!(doubt.to_string().contains("not text"), "{doubt}");
}

#[test]
fn without_keys_the_digest_counts_and_with_keys_both() {
    let signature = Some(NEWER.as_bytes());
    let none = Ok(Vec::new());
    let (without, with) = (trust(&[]), trust(&[KEY]));
    assert!(!without.needs_signature() && with.needs_signature());

    assert_eq!(
        without.judge("shm", b"test", &record(b"test"), None),
        Ok(())
    );
    assert_eq!(
        without.judge("shm", b"test", &none, signature),
        Err(Doubt::NotRecorded)
    );
    let doubt = without.judge("shm", b"test", &record(b"text"), signature);
    let (recorded, found) = (Digest::of(b"text"), Digest::of(b"test"));
    assert_eq!(doubt, Err(Doubt::Changed { recorded, found }));
    let text = doubt.unwrap_err().to_string();
    for part in [
        &recorded.to_string(),
        &found.to_string(),
        "install it again",
    ] {
        assert!(text.contains(part), "{text}");
    }

    assert_eq!(with.judge("shm", b"test", &none, signature), Ok(()));
    assert_eq!(
        with.judge("shm", b"test", &record(b"test"), signature),
        Ok(())
    );
    assert_eq!(
        with.judge("shm", b"test", &record(b"test"), None),
        Err(Doubt::NotSigned)
    );
    let doubt = with.judge("shm", b"test", &record(b"text"), signature);
    assert!(matches!(doubt, Err(Doubt::Changed { .. })), "{doubt:?}");
}

#[test]
fn any_of_the_keys_will_do_and_no_other() {
    let pairs = [(); 2].map(|()| KeyPair::generate_unencrypted_keypair().unwrap());
    let keys = [&pairs[0], &pairs[1]].map(|pair| pair.pk.to_base64());
    let keys = [KEY, &keys[0], &keys[1]];
    let sign = |pair: &KeyPair| {
        let signature = minisign::sign(None, &pair.sk, Cursor::new(b"image"), None, None);
        signature.unwrap().into_string()
    };
    let none = Ok(Vec::new());
    for (pair, at) in pairs.iter().zip(1..) {
        let signature = sign(pair);
        let judge =
            |keys: &[&str]| trust(keys).judge("shm", b"image", &none, Some(signature.as_bytes()));
        assert_eq!(judge(&keys), Ok(()));
        assert_eq!(judge(&keys[at..=at]), Ok(()));
        assert_eq!(judge(&[KEY, keys[3 - at]]), Err(Doubt::OtherKey));
    }
    for bad in [
        "",
        "RWQ",
        &KEY[1..],
        &KEY.replace('f', "*"),
        &format!("{KEY}A"),
    ] {
        let error = Trust::new([KEY, bad]).unwrap_err();
        assert_eq!(error.key, bad);
    }
}

#[test]
fn a_digest_file_that_was_written_by_halves_is_an_error() {
    let text = format!("sha256 {} shm 0.1.0\n", Digest::of(b"image")).repeat(2);
    let first = text.len() / 2;
    for end in first + 1..text.len() - "0.1.0\n".len() {
        let records = records(&text.as_bytes()[..end]);
        let doubt = trust(&[])
            .judge("shm", b"image", &records, None)
            .unwrap_err();
        let text = doubt.to_string();
        assert!(text.contains("`digests`, line 2: "), "{text}");
    }
    // Of two, the last one counts.
    let other = format!("{text}\nsha256 {} shm 0.2.0", Digest::of(b"other"));
    let records = records(other.as_bytes());
    assert_eq!(trust(&[]).judge("shm", b"other", &records, None), Ok(()));
    assert!(trust(&[]).judge("shm", b"image", &records, None).is_err());
}

#[test]
fn files_are_read_within_their_limits() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("shm.so");
    assert!(read_signature(&image).unwrap().is_none());
    let file = std::fs::File::create(signature_path(&image)).unwrap();
    file.set_len(100 << 20).unwrap();
    let error = read_signature(&image).unwrap_err();
    assert_eq!(error.to_string(), "it has more than 16384 bytes");
    std::fs::remove_file(signature_path(&image)).unwrap();
    std::fs::create_dir(signature_path(&image)).unwrap();
    let error = read_signature(&image).unwrap_err();
    assert_eq!(error.to_string(), "it is not a regular file");
}
