use super::*;

/// A build in which some fields are not as ours.
fn build(changes: &[(&str, &str)]) -> Build {
    let value = |key: &str| {
        let changed = changes.iter().find(|(known, _)| *known == key);
        let (_, value) = changed.or(OURS.iter().find(|(known, _)| *known == key))?;
        Some(*value)
    };
    Build::parse(|key| value(key).ok_or_else(|| BadMetadata(key.to_owned()))).unwrap()
}

#[test]
fn differences_of_the_build_are_named_one_by_one() {
    let ours = Build::ours();
    assert_eq!(build(&[]), ours);
    assert!(ours.differences(&ours).is_empty());
    assert!(ours.c_differences(&ours).is_empty());
    let rustc = ours.rustc();
    // What the value is in the image, what is said, and whether it matters for ABI C.
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
        assert_eq!(theirs.differences(&ours), [&*says]);
        let expected = if c { vec![says] } else { Vec::new() };
        assert_eq!(theirs.c_differences(&ours), expected);
    }
    let theirs = build(&[("rustc", "1.80.0"), ("panic", "abort")]);
    assert_eq!(theirs.differences(&ours).len(), 2);
}

#[test]
fn target_features_need_not_be_equal() {
    let host = build(&[("features", "fxsr sse sse2")]);
    let image = |features| build(&[("features", features)]);
    // Whatever the processor has, or can't be asked for.
    assert!(image("sse2 made-up").differences(&host).is_empty());
    assert!(host.differences(&image("sse2 sse3")).is_empty());
    // No processor of today has both: AMD dropped tbm, and Intel never had it.
    let lacking = image("sse2 tbm kl").differences(&host);
    assert!(!lacking.is_empty());
    for text in &lacking {
        assert!(text.starts_with("the image uses "), "{text}");
        assert!(text.ends_with(", which this processor has not"), "{text}");
    }
    assert_eq!(image("sse2 tbm kl").c_differences(&host), lacking);
    // Those that decide how arguments travel.
    assert_eq!(
        image("sse2 soft-float").differences(&host),
        ["target feature soft-float: image with, host without"]
    );
    assert_eq!(
        image("sse").c_differences(&host),
        ["target feature sse2: image without, host with"]
    );
}
