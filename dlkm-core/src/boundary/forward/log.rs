//! Records of `log`. The upper half runs in an image, the lower one in the host.
//!
//! The host gets a record as the module made it: level, target, source location and key-values,
//! so that a filter for a crate's path works whether the module is linked in or loaded. The
//! module's name appears twice: before the message, because loggers print the message by
//! default (in the target it would defeat those filters); and as the key-value `module`, for
//! tools that process records.

use ::log::kv::{self, Key, VisitSource, VisitValue};
use ::log::{LevelFilter, Log, Metadata, Record, STATIC_MAX_LEVEL, logger, max_level};

use super::shield::shielded;
use crate::services::ask;
use crate::services::records::{Level, LogRecord, LogSink, Value};

/// An image's logger.
struct Forwarder;

/// Sets this image's logger. If a constructor has set another one, that one stays: the
/// module's author wanted it.
pub(super) fn attach() {
    if ::log::set_logger(&Forwarder).is_ok() {
        // The host's level decides. It can change, so it is checked for each record.
        ::log::set_max_level(LevelFilter::Trace);
    }
}

fn sink() -> Option<&'static LogSink> {
    ask::host()?.forward.log.as_ref()
}

impl Log for Forwarder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        sink().is_some_and(|sink| (sink.enabled)(metadata.level().into(), metadata.target()))
    }

    fn log(&self, record: &Record<'_>) {
        let Some(sink) = sink() else { return };
        let level = record.level().into();
        if !(sink.enabled)(level, record.target()) {
            return;
        }
        let mut values = Pairs::default();
        // It fails only if `Pairs` does, which never fails.
        let _ = record.key_values().visit(&mut values);
        (sink.log)(&LogRecord {
            module: ask::module(),
            level,
            target: record.target(),
            message: &record.args().to_string(),
            module_path: record.module_path(),
            file: record.file(),
            line: record.line(),
            values: &values.0,
        });
    }

    fn flush(&self) {
        if let Some(sink) = sink() {
            (sink.flush)();
        }
    }
}

/// Collects key-values.
#[derive(Default)]
struct Pairs(Vec<(String, Value)>);

impl<'kvs> VisitSource<'kvs> for Pairs {
    fn visit_pair(&mut self, key: Key<'kvs>, value: kv::Value<'kvs>) -> Result<(), kv::Error> {
        let mut one = One(None);
        value.visit(&mut one)?;
        self.0
            .extend(one.0.map(|value| (key.as_str().to_owned(), value)));
        Ok(())
    }
}

struct One(Option<Value>);

impl One {
    fn is(&mut self, value: Value) -> Result<(), kv::Error> {
        self.0 = Some(value);
        Ok(())
    }
}

impl VisitValue<'_> for &mut One {
    fn visit_any(&mut self, value: kv::Value<'_>) -> Result<(), kv::Error> {
        self.is(Value::Shown(value.to_string()))
    }

    fn visit_i64(&mut self, value: i64) -> Result<(), kv::Error> {
        self.is(Value::I64(value))
    }

    fn visit_u64(&mut self, value: u64) -> Result<(), kv::Error> {
        self.is(Value::U64(value))
    }

    fn visit_i128(&mut self, value: i128) -> Result<(), kv::Error> {
        self.is(Value::I128(value))
    }

    fn visit_u128(&mut self, value: u128) -> Result<(), kv::Error> {
        self.is(Value::U128(value))
    }

    fn visit_f64(&mut self, value: f64) -> Result<(), kv::Error> {
        self.is(Value::F64(value))
    }

    fn visit_bool(&mut self, value: bool) -> Result<(), kv::Error> {
        self.is(Value::Bool(value))
    }

    fn visit_str(&mut self, value: &str) -> Result<(), kv::Error> {
        self.is(Value::Str(value.to_owned()))
    }
}

impl From<::log::Level> for Level {
    fn from(level: ::log::Level) -> Self {
        match level {
            ::log::Level::Error => Level::Error,
            ::log::Level::Warn => Level::Warn,
            ::log::Level::Info => Level::Info,
            ::log::Level::Debug => Level::Debug,
            ::log::Level::Trace => Level::Trace,
        }
    }
}

/// The host's logger, for images.
pub(super) const SINK: LogSink = LogSink {
    enabled,
    log,
    flush,
};

fn enabled(level: Level, target: &str) -> bool {
    let level = ::log::Level::from(level);
    level <= STATIC_MAX_LEVEL
        && level <= max_level()
        && shielded(false, || {
            let metadata = Metadata::builder().level(level).target(target).build();
            logger().enabled(&metadata)
        })
}

fn log(record: &LogRecord<'_>) {
    let mut values: Vec<(&str, kv::Value<'_>)> = Vec::with_capacity(record.values.len() + 1);
    values.push(("module", record.module.into()));
    values.extend(
        record
            .values
            .iter()
            .map(|(key, value)| (key.as_str(), value.into())),
    );
    // No text is passed as `'static`, so a logger that keeps a record must copy it.
    shielded((), || {
        logger().log(
            &Record::builder()
                .level(record.level.into())
                .target(record.target)
                .args(format_args!("{}: {}", record.module, record.message))
                .module_path(record.module_path)
                .file(record.file)
                .line(record.line)
                .key_values(&values.as_slice())
                .build(),
        );
    });
}

fn flush() {
    shielded((), || logger().flush());
}

impl From<Level> for ::log::Level {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => ::log::Level::Error,
            Level::Warn => ::log::Level::Warn,
            Level::Info => ::log::Level::Info,
            Level::Debug => ::log::Level::Debug,
            Level::Trace => ::log::Level::Trace,
        }
    }
}

impl<'a> From<&'a Value> for kv::Value<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::I64(value) => (*value).into(),
            Value::U64(value) => (*value).into(),
            Value::I128(value) => (*value).into(),
            Value::U128(value) => (*value).into(),
            Value::F64(value) => (*value).into(),
            Value::Bool(value) => (*value).into(),
            Value::Str(value) => value.as_str().into(),
            Value::Bytes(value) => kv::Value::from_debug(value),
            Value::Error(value) => kv::Value::from_display(value),
            Value::Shown(value) => kv::Value::from_display(value),
        }
    }
}
