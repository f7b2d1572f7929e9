use super::*;
use crate::tests::{BUILD, OWN};

/// A build in which some fields differ from ours.
fn build(changes: &[(&str, &str)]) -> Build {
    let value = |key: &str| {
        let changed = changes.iter().find(|(known, _)| *known == key);
        let own = KEYS.iter().position(|(known, _)| *known == key)?;
        Some(changed.map_or(BUILD.values()[own], |(_, value)| value))
    };
    Build::parse(|key| value(key).ok_or_else(|| BadMetadata(key.to_owned()))).unwrap()
}

#[test]
fn differences_of_the_build_are_named_one_by_one() {
    let ours = Build::of(&OWN);
    assert_eq!(build(&[]), ours);
    assert!(ours.differences(&ours).is_empty());
    assert!(ours.c_differences(&ours).is_empty());
    let rustc = ours.rustc();
    // The key, the image's value, the message, and whether it matters for ABI C.
    for (key, value, says, c) in [
        (
            "rustc",
            "1.80.0",
            format!("rustc: image 1.80.0, host {rustc}"),
            false,
        ),
        (
            "commit",
            "0123abc",
            format!("rustc commit: image 0123abc, host {}", ours.commit()),
            false,
        ),
        (
            "target",
            "x86_64-x",
            format!("target: image x86_64-x, host {}", ours.target()),
            true,
        ),
        (
            "pointer",
            "32",
            "pointer width: image 32, host 64".to_owned(),
            true,
        ),
        (
            "panic",
            "abort",
            "panic strategy: image abort, host unwind".to_owned(),
            false,
        ),
        (
            "runtime",
            "9.0.0",
            format!("dlkm-rt: image 9.0.0, host {}", ours.runtime()),
            false,
        ),
        (
            "sanitizer",
            "address",
            "sanitizer: image address, host none".to_owned(),
            false,
        ),
        (
            "flags",
            "randomize-layout",
            "layout options: image randomize-layout, host none".to_owned(),
            false,
        ),
    ] {
        let theirs = build(&[(key, value)]);
        assert_eq!(said(&theirs.differences(&ours)), [&*says]);
        let expected = if c { vec![says] } else { Vec::new() };
        assert_eq!(said(&theirs.c_differences(&ours)), expected);
    }
    let theirs = build(&[("rustc", "1.80.0"), ("panic", "abort")]);
    assert_eq!(theirs.differences(&ours).len(), 2);
}

/// The differences as text.
fn said(differences: &[BuildDifference]) -> Vec<String> {
    differences.iter().map(ToString::to_string).collect()
}

#[test]
fn target_features_need_not_be_equal() {
    let host = build(&[("features", "fxsr sse sse2")]);
    let image = |features| build(&[("features", features)]);
    assert!(image("sse2 made-up").differences(&host).is_empty());
    assert!(host.differences(&image("sse2 sse3")).is_empty());
    // The features that decide how arguments travel.
    assert_eq!(
        said(&image("sse2 soft-float").differences(&host)),
        ["target feature soft-float: image with, host without"]
    );
    assert_eq!(
        said(&image("sse").c_differences(&host)),
        ["target feature sse2: image without, host with"]
    );
}

#[test]
fn the_processor_must_have_the_features_of_the_image() {
    let host = build(&[("features", "fxsr sse sse2")]);
    let image = build(&[("features", "sse2 tbm made-up kl")]);
    let has = |feature: &str| match feature {
        "sse2" => Some(true),
        "tbm" | "kl" => Some(false),
        _ => None,
    };
    assert_eq!(
        said(&image.lacking(&host, has)),
        [
            "the image uses tbm, which this processor does not have",
            "the image uses kl, which this processor does not have"
        ]
    );
    // The host is running, so the processor has the features it was built for.
    assert!(image.lacking(&image, has).is_empty());
}

#[test]
fn neither_side_may_be_linked_statically_with_the_c_library() {
    let (plain, linked) = (
        build(&[]),
        build(&[("features", "crt-static fxsr sse sse2")]),
    );
    let host = "the host is linked statically with the C library (remove `-C \
        target-feature=+crt-static`)";
    let image = host.replacen("host", "image", 1);
    assert_eq!(said(&plain.differences(&linked)), [host]);
    assert_eq!(said(&plain.c_differences(&linked)), [host]);
    assert_eq!(said(&linked.differences(&plain)), [&*image]);
    // Both may be equal, as copies that one command built.
    assert_eq!(said(&linked.differences(&linked)), [host, &*image]);
}
