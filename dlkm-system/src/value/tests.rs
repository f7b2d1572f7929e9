use dlkm_metadata::Metadata;

use super::*;

/// Tunables as a module's metadata has them.
fn tunables() -> Vec<TunableInfo> {
    let text = b"format=2\0name=m\0version=0.1.0\0kind=misc\0desc=\0states=auto\0depends=\0\
        tunable=on bool dynamic: Whether\0default=true\0\
        tunable=buffers u32: How many\0default=40\0min=1\0max=4096\0\
        tunable=byte i8: Any byte\0default=-1\0\
        tunable=ratio f64: A part\0default=0.5\0min=0\0max=1\0\
        tunable=title text: A title\0default=none\0\
        tunable=mode choice: Which way\0default=fast\0choice=fast\0choice=small\0\
        tunable=wait duration: How long\0default=30s\0max=1h\0\
        tunable=cache size dynamic: How much\0default=64KiB\0min=4KiB\0\
        rustc=1.95.0\0commit=unknown\0target=x86_64-unknown-linux-gnu\0pointer=64\0\
        panic=unwind\0runtime=0.1.0\0sanitizer=\0flags=\0features=\0";
    Metadata::parse(text).unwrap().tunables().to_vec()
}

fn parse(name: &str, text: &str) -> Result<Value, String> {
    let all = tunables();
    let tunable = all.iter().find(|one| one.name() == name).unwrap();
    let mut others = |name: &str| (name == "m.buffers").then_some(40);
    Value::parse(text, tunable, &mut others).map_err(|error| error.to_string())
}

#[test]
fn each_type_has_its_form() {
    for (name, text, wanted) in [
        ("on", "false", Value::Bool(false)),
        ("on", "1", Value::Bool(true)),
        ("buffers", "m.buffers*2", Value::Integer(80)),
        ("byte", "-128", Value::Integer(-128)),
        ("ratio", "0.25", Value::Float(0.25)),
        ("title", "two words", Value::Text("two words".into())),
        ("mode", "small", Value::Choice("small".into())),
        ("wait", "5min", Value::Duration(Duration::from_secs(300))),
        ("cache", "2MiB", Value::Size(2 << 20)),
        ("cache", "m.buffers<<10", Value::Size(40 << 10)),
    ] {
        assert_eq!(parse(name, text), Ok(wanted), "{name}={text}");
    }
}

#[test]
fn a_default_is_found_by_its_word() {
    for (name, wanted) in [
        ("buffers", "40"),
        ("mode", "fast"),
        ("wait", "30s"),
        ("cache", "64KiB"),
    ] {
        assert_eq!(
            parse(name, "Default").unwrap().to_string(),
            wanted,
            "{name}"
        );
    }
}

#[test]
fn an_error_says_what_is_allowed() {
    for (name, text, wanted) in [
        ("on", "yes", "`yes` is not a bool"),
        ("buffers", "0", "0 is not in the range 1 to 4096"),
        ("buffers", "4097", "4097 is not in the range 1 to 4096"),
        ("buffers", "-1", "-1 is not in the range 1 to 4096"),
        (
            "buffers",
            "many",
            "`many` is no tunable with an integer value",
        ),
        ("buffers", "4 4", "an operator is missing before `4`"),
        ("byte", "128", "128 is not in the range -128 to 127"),
        ("ratio", "1.5", "1.5 is not in the range 0 to 1"),
        ("ratio", "NaN", "`NaN` is not a f64"),
        ("mode", "slow", "`slow` is none of fast, small"),
        (
            "wait",
            "30",
            "`30` is not a time: write a whole number and ns, us, ms, s, min, h or d",
        ),
        ("wait", "2h", "2h is greater than 1h, the greatest value"),
        (
            "cache",
            "1kb",
            "`1kb` is not a size: write a whole number and B, kB, MB, GB, TB, KiB, MiB, GiB or TiB",
        ),
        ("cache", "512", "512B is less than 4KiB, the least value"),
        ("cache", "1-2", "`1-2` is not a size"),
    ] {
        assert_eq!(parse(name, text), Err(wanted.to_owned()), "{name}={text}");
    }
}

#[test]
fn a_value_is_written_as_it_is_read() {
    for (name, text) in [
        ("on", "true"),
        ("buffers", "7"),
        ("ratio", "0.125"),
        ("wait", "1500ms"),
        ("wait", "0s"),
        ("cache", "4097B"),
        ("cache", "3MiB"),
    ] {
        let value = parse(name, text).unwrap();
        assert_eq!(value.to_string(), text);
        assert_eq!(parse(name, &value.to_string()), Ok(value));
    }
}
