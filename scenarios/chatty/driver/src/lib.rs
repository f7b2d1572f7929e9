//! `chatty`: a module that logs and traces.

use std::fmt;
use std::sync::Mutex;

use dlkm_rt::{LoadError, module};
use tracing::Span;
use tracing::subscriber::NoSubscriber;

/// The driver.
pub struct Driver;

static KEPT: Mutex<Option<(Span, Span)>> = Mutex::new(None);

#[module]
impl scenario_chatty_api::Chatty for Driver {
    fn levels() -> Result<u32, LoadError> {
        let line = line!() + 1;
        log::error!("an {}", "error");
        log::warn!("a warning");
        log::info!("an information");
        log::debug!("for debugging");
        log::trace!("a trace");
        Ok(line)
    }

    fn pairs() -> Result<(), LoadError> {
        log::info!(
            target: "elsewhere",
            size = -3_i64, ratio = 0.5, ready = true, who = "me", letter = 'x',
            shown:? = Some(1); "pairs"
        );
        Ok(())
    }

    fn burst(log: bool) -> Result<(), LoadError> {
        match log {
            true => log::info!("{Burst}"),
            false => tracing::info!(burst = %Burst),
        }
        Ok(())
    }

    fn early() -> Result<(), LoadError> {
        early();
        Ok(())
    }

    fn flush() -> Result<(), LoadError> {
        log::logger().flush();
        Ok(())
    }

    fn events() -> Result<(), LoadError> {
        tracing::error!("an error");
        tracing::warn!("a warning");
        tracing::info!("an information");
        tracing::debug!("for debugging");
        tracing::trace!("a trace");
        Ok(())
    }

    fn fields() -> Result<(), LoadError> {
        let cause = Failed {
            cause: Some(Box::new(Failed { cause: None })),
        };
        tracing::info!(
            target: "elsewhere",
            signed = -3,
            unsigned = 3_u64,
            wide = i128::MIN,
            unsigned_wide = u128::MAX,
            ratio = 0.5,
            ready = true,
            text = "me",
            bytes = &[1_u8, 0xab][..],
            error = &cause as &(dyn std::error::Error + 'static),
            display = %cause,
            debug = ?Some("x"),
            nothing = tracing::field::Empty,
            "{} fields", 13
        );
        tracing::info!(module = "mine", "its own");
        Ok(())
    }

    fn spans() -> Result<(), LoadError> {
        let outer = tracing::info_span!("outer", n = 1, later = tracing::field::Empty).entered();
        {
            let inner = tracing::info_span!("inner");
            inner.follows_from(&*outer);
            let _inner = inner.enter();
            outer.record("later", "now");
            tracing::info!("in both");
            tracing::info!(parent: &*outer, "in the outer");
            tracing::info!(parent: None, "in none");
            tracing::info_span!(parent: None, "apart").in_scope(|| tracing::info!("apart"));
            tracing::info_span!(parent: &*outer, "beside").in_scope(|| tracing::info!("beside"));
        }
        tracing::info!("after");
        Ok(())
    }

    fn current_span(own: bool) -> Result<bool, LoadError> {
        let span = match own {
            true => tracing::info_span!("own", later = tracing::field::Empty),
            false => Span::none(),
        };
        let _inside = span.enter();
        let current = Span::current();
        current.record("later", 5);
        Ok(!current.is_none())
    }

    fn keep_span() -> Result<(), LoadError> {
        let span = tracing::info_span!("kept");
        *KEPT.lock().unwrap() = Some((span.clone(), span));
        Ok(())
    }

    fn drop_span() -> Result<(), LoadError> {
        if let Some((span, copy)) = KEPT.lock().unwrap().take() {
            drop(copy);
            span.in_scope(|| tracing::info!("kept"));
        }
        Ok(())
    }

    fn whisper() -> Result<(), LoadError> {
        tracing::subscriber::with_default(NoSubscriber::new(), || tracing::info!("whispered"));
        tracing::info!("aloud");
        Ok(())
    }

    fn connected() -> Result<(bool, bool), LoadError> {
        let log = log::max_level() != log::LevelFilter::Off;
        Ok((log, tracing::dispatcher::has_been_set()))
    }
}

/// Before the image is attached.
#[used]
#[unsafe(link_section = ".init_array")]
static CONSTRUCTOR: extern "C" fn() = early;

extern "C" fn early() {
    log::info!("early");
    tracing::info!("early");
}

struct Burst;

impl fmt::Display for Burst {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("can't be formatted")
    }
}

#[derive(Debug)]
struct Failed {
    cause: Option<Box<Failed>>,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.cause.is_some() {
            "it failed"
        } else {
            "that came first"
        })
    }
}

impl std::error::Error for Failed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}
