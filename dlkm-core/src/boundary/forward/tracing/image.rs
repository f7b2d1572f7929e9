//! In an image: the subscriber that forwards everything to the host's.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Debug;

use tracing_core::field::{Field, Visit};
use tracing_core::span::{Attributes, Current, Id, Record};
use tracing_core::subscriber::Interest;
use tracing_core::{Dispatch, Event, Metadata, Subscriber, dispatcher};

use crate::error::ErrorText;
use crate::primitive::{PoisonError, RwLock};
use crate::services::ask;
use crate::services::records::{CallsiteText, HostCallsite, Parent, TraceSink, Value};

/// The image's subscriber.
struct Forwarder;

/// Makes it this image's default subscriber. If a constructor has set another one, that one stays.
pub(in crate::boundary::forward) fn attach() {
    if !dispatcher::has_been_set() {
        // It fails if another thread has just set one; then that one stays.
        let _ = dispatcher::set_global_default(Dispatch::new(Forwarder));
    }
}

pub(in crate::boundary::forward) fn detach() {
    let mut callsites = CALLSITES.write().unwrap_or_else(PoisonError::into_inner);
    callsites.clear();
}

fn sink() -> Option<&'static TraceSink> {
    ask::host()?.forward.trace.as_ref()
}

/// The callsites of this image and the host's copies of them, by the address of their metadata,
/// which identifies them: they are statics of this image.
static CALLSITES: RwLock<BTreeMap<usize, Known>> = RwLock::new(BTreeMap::new());

type Known = (&'static Metadata<'static>, &'static dyn HostCallsite);

fn address(metadata: &Metadata<'_>) -> usize {
    std::ptr::from_ref(metadata).addr()
}

fn known(metadata: &Metadata<'_>) -> Option<&'static dyn HostCallsite> {
    let callsites = CALLSITES.read().unwrap_or_else(PoisonError::into_inner);
    callsites.get(&address(metadata)).map(|(_, host)| *host)
}

fn callsite(metadata: &'static Metadata<'static>) -> Option<&'static dyn HostCallsite> {
    if let Some(known) = known(metadata) {
        return Some(known);
    }
    let callsite = (sink()?.callsite)(CallsiteText {
        module: ask::module().to_owned(),
        name: metadata.name().to_owned(),
        target: metadata.target().to_owned(),
        level: (*metadata.level()).into(),
        module_path: metadata.module_path().map(str::to_owned),
        file: metadata.file().map(str::to_owned),
        line: metadata.line(),
        fields: metadata
            .fields()
            .iter()
            .map(|field| field.name().to_owned())
            .collect(),
        is_span: metadata.is_span(),
        is_event: metadata.is_event(),
    });
    let mut callsites = CALLSITES.write().unwrap_or_else(PoisonError::into_inner);
    callsites.insert(address(metadata), (metadata, callsite));
    Some(callsite)
}

/// The metadata in this image that `host` is a copy of.
fn original(host: &'static dyn HostCallsite) -> Option<&'static Metadata<'static>> {
    let callsites = CALLSITES.read().unwrap_or_else(PoisonError::into_inner);
    let mut all = callsites.values();
    let (metadata, _) = all.find(|(_, known)| std::ptr::addr_eq(*known, host))?;
    Some(metadata)
}

impl Subscriber for Forwarder {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        callsite(metadata);
        // The host's interest can change without notice to this image.
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        sink().is_some_and(|sink| (sink.level)((*metadata.level()).into()))
            // Unknown metadata is from a library that made it on its stack to ask for a level.
            && known(metadata).is_none_or(|callsite| callsite.enabled())
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let parent = parent(span.is_root(), span.parent());
        let id = callsite(span.metadata())
            .map(|callsite| callsite.new_span(parent, &collect(|values| span.record(values))));
        // A subscriber must give each span an id; the host ignores an id it did not give.
        Id::from_u64(id.unwrap_or(u64::MAX))
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        if let Some(sink) = sink() {
            (sink.record)(span.into_u64(), &collect(|all| values.record(all)));
        }
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        if let Some(sink) = sink() {
            (sink.follows_from)(span.into_u64(), follows.into_u64());
        }
    }

    fn event(&self, event: &Event<'_>) {
        let parent = parent(event.is_root(), event.parent());
        if let Some(callsite) = callsite(event.metadata()) {
            callsite.event(parent, &collect(|values| event.record(values)));
        }
    }

    fn enter(&self, span: &Id) {
        if let Some(sink) = sink() {
            (sink.enter)(span.into_u64());
        }
    }

    fn exit(&self, span: &Id) {
        if let Some(sink) = sink() {
            (sink.exit)(span.into_u64());
        }
    }

    fn current_span(&self) -> Current {
        sink()
            .and_then(|sink| (sink.current)())
            // A span of the host or of another image has metadata there, which must not cross.
            .and_then(|(span, host)| Some((Id::from_u64(span), original(host)?)))
            .map_or_else(Current::none, |(span, metadata)| {
                Current::new(span, metadata)
            })
    }

    fn clone_span(&self, span: &Id) -> Id {
        let cloned = sink().map(|sink| (sink.clone_span)(span.into_u64()));
        cloned.map_or_else(|| span.clone(), Id::from_u64)
    }

    fn try_close(&self, span: Id) -> bool {
        sink().is_some_and(|sink| (sink.close)(span.into_u64()))
    }
}

fn parent(is_root: bool, explicit: Option<&Id>) -> Parent {
    match explicit {
        Some(span) => Parent::Span(span.into_u64()),
        None if is_root => Parent::Root,
        None => Parent::Current,
    }
}

/// The values that `record` passes to a visitor, with the index of each value's field.
fn collect(record: impl FnOnce(&mut Values)) -> Vec<(usize, Value)> {
    let mut values = Values(Vec::new());
    record(&mut values);
    values.0
}

struct Values(Vec<(usize, Value)>);

impl Values {
    fn add(&mut self, field: &Field, value: Value) {
        self.0.push((field.index(), value));
    }
}

impl Visit for Values {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, Value::I64(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, Value::U64(value));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.add(field, Value::I128(value));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.add(field, Value::U128(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, Value::F64(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, Value::Bool(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, Value::Str(value.to_owned()));
    }

    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        self.add(field, Value::Bytes(value.to_owned()));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.add(field, Value::Error(ErrorText::new(value)));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field, Value::Shown(format!("{value:?}")));
    }
}
