//! A subscriber that records.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};
use tracing_core::span::Current;

/// The host's subscriber. Its clones share their records.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Inner>);

#[derive(Default)]
struct Inner {
    state: Mutex<State>,
    panics: AtomicBool,
}

#[derive(Default)]
struct State {
    lines: Vec<String>,
    spans: BTreeMap<u64, Span>,
    last: u64,
    callsites: Vec<&'static Metadata<'static>>,
    level: Option<LevelFilter>,
    not_elsewhere: bool,
}

struct Span {
    path: String,
    metadata: &'static Metadata<'static>,
    holders: usize,
}

thread_local!(static INSIDE: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) });

impl Recorder {
    fn state(&self) -> MutexGuard<'_, State> {
        assert!(
            !self.0.panics.load(Ordering::Relaxed),
            "the subscriber panics"
        );
        self.0.state.lock().expect("no panic holds it")
    }

    /// What happened since the last call.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.state().lines)
    }

    /// The callsites that were registered with it, each as often as it was.
    pub fn callsites(&self) -> Vec<&'static Metadata<'static>> {
        self.state().callsites.clone()
    }

    /// How many spans are open.
    pub fn open(&self) -> usize {
        self.state().spans.len()
    }

    /// Enables this level and more important ones.
    pub fn set_level(&self, level: LevelFilter) {
        self.state().level = Some(level);
        tracing::callsite::rebuild_interest_cache();
    }

    /// Disables the target `elsewhere`, and decides so for each event again.
    pub fn not_elsewhere(&self) {
        self.state().not_elsewhere = true;
    }

    /// Sets whether it panics.
    pub fn set_panics(&self, panics: bool) {
        self.0.panics.store(panics, Ordering::Relaxed);
    }
}

impl State {
    /// The path of spans down to the one with this parent.
    fn below(&self, is_root: bool, explicit: Option<&Id>) -> String {
        let parent = match explicit {
            Some(id) => Some(id.into_u64()),
            None if is_root => None,
            None => INSIDE.with_borrow(|inside| inside.last().copied()),
        };
        parent
            .and_then(|id| self.spans.get(&id))
            .map_or_else(String::new, |span| format!("{}:", span.path))
    }

    fn path(&self, id: &Id) -> &str {
        self.spans
            .get(&id.into_u64())
            .map_or("?", |span| &span.path)
    }
}

impl Subscriber for Recorder {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let mut state = self.state();
        state.callsites.push(metadata);
        match state.level {
            Some(level) if *metadata.level() > level => Interest::never(),
            Some(_) => Interest::always(),
            None => Interest::sometimes(),
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.state().level
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let state = self.state();
        state.level.is_none_or(|level| *metadata.level() <= level)
            && (metadata.target() != "elsewhere" || !state.not_elsewhere)
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut state = self.state();
        let below = state.below(span.is_root(), span.parent());
        let path = format!("{below}{}", span.metadata().name());
        let fields = Fields::of(|fields| span.record(fields));
        state.lines.push(format!("new {path}{fields}"));
        state.last += 1;
        let id = state.last;
        let metadata = span.metadata();
        let holders = 1;
        state.spans.insert(
            id,
            Span {
                path,
                metadata,
                holders,
            },
        );
        Id::from_u64(id)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut state = self.state();
        let fields = Fields::of(|fields| values.record(fields));
        let line = format!("record {}{fields}", state.path(span));
        state.lines.push(line);
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        let mut state = self.state();
        let line = format!("{} follows {}", state.path(span), state.path(follows));
        state.lines.push(line);
    }

    fn event(&self, event: &Event<'_>) {
        let mut state = self.state();
        let below = state.below(event.is_root(), event.parent());
        let fields = Fields::of(|fields| event.record(fields));
        let metadata = event.metadata();
        let line = format!("{below} {} {}{fields}", metadata.level(), metadata.target());
        state.lines.push(line.trim_start().to_owned());
    }

    fn enter(&self, span: &Id) {
        drop(self.state());
        INSIDE.with_borrow_mut(|inside| inside.push(span.into_u64()));
    }

    fn exit(&self, span: &Id) {
        drop(self.state());
        INSIDE.with_borrow_mut(|inside| inside.retain(|id| *id != span.into_u64()));
    }

    fn current_span(&self) -> Current {
        let inside = INSIDE.with_borrow(|inside| inside.last().copied());
        let state = self.state();
        inside
            .and_then(|id| Some((id, state.spans.get(&id)?)))
            .map_or_else(Current::none, |(id, span)| {
                Current::new(Id::from_u64(id), span.metadata)
            })
    }

    fn clone_span(&self, span: &Id) -> Id {
        if let Some(span) = self.state().spans.get_mut(&span.into_u64()) {
            span.holders += 1;
        }
        span.clone()
    }

    fn try_close(&self, span: Id) -> bool {
        let mut state = self.state();
        let known = state.spans.get_mut(&span.into_u64());
        let known = known.expect("a span of this subscriber");
        known.holders -= 1;
        if known.holders > 0 {
            return false;
        }
        let line = format!("close {}", known.path);
        state.lines.push(line);
        state.spans.remove(&span.into_u64());
        true
    }
}

/// ` name=type:value` for each field.
struct Fields(String);

impl Fields {
    fn of(record: impl FnOnce(&mut Self)) -> String {
        let mut fields = Fields(String::new());
        record(&mut fields);
        fields.0
    }

    fn add(&mut self, field: &Field, kind: &str, value: &dyn Debug) {
        assert!(field.index() < 32, "the index of a field");
        write!(self.0, " {}={kind}:{value:?}", field.name()).expect("a String");
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, "f64", &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, "i64", &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, "u64", &value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.add(field, "i128", &value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.add(field, "u128", &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, "bool", &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, "str", &value);
    }

    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        self.add(field, "bytes", &value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let source = value.source().map(ToString::to_string);
        self.add(field, "error", &format_args!("{value} < {source:?}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field, "debug", value);
    }
}
