//! In the host: callsites and spans of images, as the host's subscribers see them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::error::Error;

use tracing_core::callsite::{self, Callsite, Identifier};
use tracing_core::dispatcher::{self, Dispatch};
use tracing_core::field::{self, FieldSet, ValueSet};
use tracing_core::metadata::{Kind, LevelFilter, Metadata};
use tracing_core::span::{Attributes, Id, Record};
use tracing_core::subscriber::Interest;
use tracing_core::{Event, Level as TracingLevel};

use crate::boundary::forward::shield::shielded;
use crate::primitive::{AtomicUsize, Mutex, OnceLock, Relaxed, lock};
use crate::services::records::{CallsiteText, HostCallsite, Level, Parent, TraceSink, Value};

/// The host's subscribers, for images.
pub(in crate::boundary::forward) const SINK: TraceSink = TraceSink {
    level: |level: Level| TracingLevel::from(level) <= LevelFilter::current(),
    callsite: twin_of,
    record,
    follows_from,
    enter,
    exit,
    current,
    clone_span,
    close,
};

/// The host's copies of callsites. Each one is leaked, because subscribers keep them.
static TWINS: Mutex<BTreeMap<&'static CallsiteText, &'static Twin>> = Mutex::new(BTreeMap::new());

/// A callsite of the host with the text of an image's.
struct Twin {
    text: &'static CallsiteText,
    /// It refers back to this value, so `leak` sets it second, before it returns the value.
    metadata: OnceLock<Metadata<'static>>,
    /// The host's interest in the callsite: one of the numbers below.
    interest: AtomicUsize,
}

const NEVER: usize = 0;
const SOMETIMES: usize = 1;
const ALWAYS: usize = 2;

fn twin_of(text: CallsiteText) -> &'static dyn HostCallsite {
    let mut twins = lock(&TWINS);
    if let Some(known) = twins.get(&text) {
        return *known;
    }
    let twin = Twin::leak(text);
    twins.insert(twin.text, twin);
    // Subscribers look at it now; without the lock, because they run the host's code.
    drop(twins);
    shielded((), || callsite::register(twin));
    twin
}

impl Twin {
    fn leak(text: CallsiteText) -> &'static Self {
        let text: &'static CallsiteText = Box::leak(Box::new(text));
        let twin: &'static Twin = Box::leak(Box::new(Twin {
            text,
            metadata: OnceLock::new(),
            interest: AtomicUsize::new(SOMETIMES),
        }));
        let mut names: Vec<&'static str> = text.fields.iter().map(String::as_str).collect();
        if !names.contains(&"module") {
            names.push("module");
        }
        let kind = match (text.is_span, text.is_event) {
            (true, _) => Kind::SPAN,
            (false, true) => Kind::EVENT,
            (false, false) => Kind::HINT,
        };
        twin.metadata.get_or_init(|| {
            Metadata::new(
                &text.name,
                &text.target,
                text.level.into(),
                text.file.as_deref(),
                text.line,
                text.module_path.as_deref(),
                FieldSet::new(names.leak(), Identifier(twin)),
                kind,
            )
        });
        twin
    }

    fn known(&self) -> &Metadata<'static> {
        self.metadata.get().expect("set by `leak`")
    }

    /// Calls `body` with `values`, and the module's name if there is a field for it.
    fn with_all<R>(&self, values: &[(usize, Value)], body: impl FnOnce(&ValueSet<'_>) -> R) -> R {
        self.with_values(values, Some(&self.text.module), body)
    }

    fn with_values<R>(
        &self,
        values: &[(usize, Value)],
        module: Option<&String>,
        body: impl FnOnce(&ValueSet<'_>) -> R,
    ) -> R {
        let fields = self.known().fields();
        let shown: Vec<(usize, Box<dyn field::Value + '_>)> = values
            .iter()
            .map(|(index, value)| (*index, show(value)))
            .collect();
        let mut all: Vec<Option<&dyn field::Value>> = vec![None; fields.len()];
        // Our field comes after the author's fields.
        if let Some(slot) = all.get_mut(self.text.fields.len()) {
            *slot = module.map(|module| module as &dyn field::Value);
        }
        for (index, value) in &shown {
            if let Some(slot) = all.get_mut(*index) {
                *slot = Some(&**value);
            }
        }
        body(&fields.value_set_all(&all))
    }
}

fn show(value: &Value) -> Box<dyn field::Value + '_> {
    match value {
        Value::I64(value) => Box::new(value),
        Value::U64(value) => Box::new(value),
        Value::I128(value) => Box::new(value),
        Value::U128(value) => Box::new(value),
        Value::F64(value) => Box::new(value),
        Value::Bool(value) => Box::new(value),
        Value::Str(value) => Box::new(value),
        Value::Bytes(value) => Box::new(value.as_slice()),
        Value::Error(value) => Box::new(value as &(dyn Error + 'static)),
        Value::Shown(value) => Box::new(field::display(value)),
    }
}

impl Callsite for Twin {
    fn set_interest(&self, interest: Interest) {
        let interest = if interest.is_never() {
            NEVER
        } else if interest.is_always() {
            ALWAYS
        } else {
            SOMETIMES
        };
        // Relaxed: no other data depends on it; a thread that sees it late filters as before.
        self.interest.store(interest, Relaxed);
    }

    fn metadata(&self) -> &Metadata<'_> {
        self.known()
    }
}

impl HostCallsite for Twin {
    fn enabled(&'static self) -> bool {
        match self.interest.load(Relaxed) {
            NEVER => false,
            ALWAYS => true,
            _ => shielded(false, || {
                dispatcher::get_default(|dispatch| dispatch.enabled(self.known()))
            }),
        }
    }

    fn event(&'static self, parent: Parent, values: &[(usize, Value)]) {
        let metadata = self.known();
        shielded((), || {
            self.with_all(values, |values| {
                let event = match parent {
                    Parent::Current => Event::new(metadata, values),
                    Parent::Root => Event::new_child_of(None, metadata, values),
                    Parent::Span(span) => Event::new_child_of(id_of(span), metadata, values),
                };
                dispatcher::get_default(|dispatch| dispatch.event(&event));
            });
        });
    }

    fn new_span(&'static self, parent: Parent, values: &[(usize, Value)]) -> u64 {
        let metadata = self.known();
        shielded(NO_SPAN, || {
            self.with_all(values, |values| {
                let parent = match parent {
                    Parent::Span(span) => id_of(span).map(Some),
                    Parent::Root => Some(None),
                    Parent::Current => None,
                };
                let attributes = match parent {
                    Some(Some(id)) => Attributes::child_of(id, metadata, values),
                    Some(None) => Attributes::new_root(metadata, values),
                    None => Attributes::new(metadata, values),
                };
                let (dispatch, id) = dispatcher::get_default(|dispatch| {
                    (dispatch.clone(), dispatch.new_span(&attributes))
                });
                lock(&SPANS).open(Open {
                    dispatch,
                    id,
                    twin: self,
                    holders: 1,
                })
            })
        })
    }
}

/// The open spans of images. Their numbers are not the subscriber's own: two subscribers may use
/// the same numbers, and a span must be closed by the subscriber that opened it, whichever the
/// thread's subscriber is by then.
static SPANS: Mutex<Spans> = Mutex::new(Spans {
    last: 0,
    open: BTreeMap::new(),
});

struct Spans {
    last: u64,
    open: BTreeMap<u64, Open>,
}

#[derive(Clone)]
struct Open {
    dispatch: Dispatch,
    id: Id,
    twin: &'static Twin,
    holders: usize,
}

/// The number of no span: there are never that many.
const NO_SPAN: u64 = u64::MAX;

impl Spans {
    fn open(&mut self, span: Open) -> u64 {
        self.last += 1;
        self.open.insert(self.last, span);
        self.last
    }
}

/// Calls `body` with an open span, without holding the lock.
fn on<R>(span: u64, otherwise: R, body: impl FnOnce(Open) -> R) -> R {
    let open = lock(&SPANS).open.get(&span).cloned();
    match open {
        Some(open) => shielded(otherwise, || body(open)),
        None => otherwise,
    }
}

fn id_of(span: u64) -> Option<Id> {
    Some(lock(&SPANS).open.get(&span)?.id.clone())
}

fn record(span: u64, values: &[(usize, Value)]) {
    on(span, (), |open| {
        open.twin.with_values(values, None, |values| {
            open.dispatch.record(&open.id, &Record::new(values));
        });
    });
}

fn follows_from(span: u64, follows: u64) {
    if let Some(follows) = id_of(follows) {
        on(span, (), |open| {
            open.dispatch.record_follows_from(&open.id, &follows);
        });
    }
}

thread_local! {
    /// The images' spans that this thread is in, the innermost last.
    static INSIDE: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

fn enter(span: u64) {
    on(span, (), |open| open.dispatch.enter(&open.id));
    // In a thread that is ending, nothing asks for the current span.
    let _ = INSIDE.try_with(|inside| inside.borrow_mut().push(span));
}

fn exit(span: u64) {
    on(span, (), |open| open.dispatch.exit(&open.id));
    let _ = INSIDE.try_with(|inside| {
        let mut inside = inside.borrow_mut();
        if let Some(at) = inside.iter().rposition(|known| *known == span) {
            inside.remove(at);
        }
    });
}

fn current() -> Option<(u64, &'static dyn HostCallsite)> {
    let innermost = INSIDE.try_with(|inside| inside.borrow().last().copied());
    let span = innermost.ok()??;
    on(span, None, |open| {
        // If not, the thread is in a span of the host inside ours.
        let is_current = open.dispatch.current_span().id() == Some(&open.id);
        is_current.then_some((span, open.twin as _))
    })
}

fn clone_span(span: u64) -> u64 {
    on(span, span, |open| {
        let id = open.dispatch.clone_span(&open.id);
        let mut spans = lock(&SPANS);
        // Most subscribers count clones; some give the clone a new id.
        match spans.open.get_mut(&span) {
            Some(known) if known.id == id => {
                known.holders += 1;
                span
            }
            _ => spans.open(Open {
                id,
                holders: 1,
                ..open
            }),
        }
    })
}

fn close(span: u64) -> bool {
    on(span, false, |open| {
        {
            let mut spans = lock(&SPANS);
            if let Some(known) = spans.open.get_mut(&span) {
                known.holders -= 1;
                if known.holders == 0 {
                    spans.open.remove(&span);
                }
            }
        }
        open.dispatch.try_close(open.id)
    })
}
