use super::*;

fn entry(seconds: u64, changes: &[(Subject, &str, &str, &str)], comment: &str) -> LogEntry {
    let by = By {
        uid: 4,
        user: "ada".to_owned(),
        time: SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds),
        comment: comment.to_owned(),
    };
    let changes = changes.iter();
    let changes = changes.map(|(subject, name, old, new)| LogChange::new(*subject, name, old, new));
    LogEntry::new(&by, None, changes.collect())
}

fn read(text: &str) -> Log {
    let mut log = Log::default();
    log.read(text.as_bytes());
    log
}

#[test]
fn entries_are_lines_that_people_can_read() {
    let changes = [(Subject::Module, "shm", "unused", "auto")];
    let text = entry(1_767_323_045, &changes, "For the night.\nAnd on.").written();
    assert_eq!(
        text,
        "2026-01-02T03:04:05Z\t4\tada\t-\n\tmodule\tshm\tunused\tauto\n\t# For the night.\n\t# And on.\n"
    );
    assert_eq!(
        read(&text).entries(),
        [entry(1_767_323_045, &changes, "For the night.\nAnd on.")]
    );
}

#[test]
fn no_text_can_bring_in_another_entry() {
    let bad = [
        "a\nb",
        "\t",
        "\\",
        "\\u{5c}",
        "2026-01-02T03:04:05Z\t0\troot\t-",
        "\u{1b}[31m",
        "\r\n",
        "x\n\n2026-01-02T03:04:05Z\t0\troot\t-\n\tmodule\tevil\tunused\tauto",
        "\u{202e}",
        "# ",
    ];
    for text in bad {
        for comment in bad {
            let mut one = entry(5, &[(Subject::Tunable, text, text, text)], comment);
            one.user = text.to_owned();
            let written = one.written();
            let log = read(&written);
            assert_eq!(log.damaged(), 0, "{written:?}");
            assert_eq!(log.entries(), [one], "{written:?}");
            let shows = |sign: char| !sign.is_control() || matches!(sign, '\n' | '\t');
            assert!(written.chars().all(shows), "{written:?}");
        }
    }
}

#[test]
fn damaged_lines_are_counted_and_left_out() {
    let good = entry(5, &[(Subject::Verify, "", "off", "warn")], "").written();
    let text =
        format!("\tmodule\ta\tb\tc\n{good}\tmodule\ta\n\tmodule\t\\u{{x}}\t\t\nhalf\n\n{good}");
    let log = read(&text);
    assert_eq!((log.entries().len(), log.damaged()), (2, 4));
    let mut noise = fastrand::Rng::with_seed(3);
    for _ in 0..2_000 {
        let mut bytes = format!("{good}{good}").into_bytes();
        for _ in 0..4 {
            let at = noise.usize(..bytes.len());
            bytes[at] = noise.choice(*b"\t\n\\\xff{}u#-5").unwrap();
        }
        let mut log = Log::default();
        log.read(&bytes);
    }
}

/// kclog(1M): "`count`: last n matching entries"; "`-a`: all matching"; "`-c config`: only changes
/// to that saved configuration"; "`-f string`: only entries that contain it"; "`-n name`: only
/// entries about that module or tunable"; "`-t type`: `module` or `tunable`".
#[test]
fn the_filters_of_kclog() {
    let mut saved = entry(4, &[(Subject::Module, "shm", "auto", "loaded")], "");
    saved.configuration = Some("night".to_owned());
    let log = Log {
        entries: vec![
            entry(1, &[(Subject::Module, "shm", "unused", "auto")], "first"),
            entry(
                2,
                &[(Subject::Tunable, "shm.max-users", "Default", "5")],
                "",
            ),
            entry(3, &[], "a comment about shm"),
            saved,
        ],
        damaged: 0,
    };
    let found = |set: fn(&mut LogFilter)| {
        let mut filter = LogFilter::default();
        set(&mut filter);
        let found = log.find(&filter);
        let times = found
            .iter()
            .map(|one| one.time.duration_since(SystemTime::UNIX_EPOCH));
        times
            .map(|time| time.unwrap().as_secs())
            .collect::<Vec<_>>()
    };
    assert_eq!(found(|_| {}), [1, 2, 3, 4]);
    assert_eq!(found(|filter| filter.last = Some(2)), [3, 4]);
    assert_eq!(
        found(|filter| filter.configuration = Some("night".into())),
        [4]
    );
    assert_eq!(found(|filter| filter.contains = Some("first".into())), [1]);
    assert_eq!(
        found(|filter| filter.contains = Some("shm".into())),
        [1, 2, 3, 4]
    );
    assert_eq!(found(|filter| filter.name = Some("shm".into())), [1, 4]);
    assert_eq!(
        found(|filter| filter.name = Some("shm_max_users".into())),
        [2]
    );
    assert_eq!(found(|filter| filter.subject = Some(Subject::Tunable)), [2]);
    let both = |filter: &mut LogFilter| {
        filter.name = Some("shm".into());
        filter.last = Some(1);
    };
    assert_eq!(found(both), [4]);
}
