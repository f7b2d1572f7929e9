//! `relay`: awaits another module's functions, and polls some of them itself.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::task::{Context, Wake, Waker};

use dlkm_rt::module;

static WOKEN: AtomicU64 = AtomicU64::new(0);
static ALIVE: AtomicU64 = AtomicU64::new(0);

/// What its own wakers do.
struct Count;

impl Count {
    fn waker() -> Waker {
        ALIVE.fetch_add(1, Ordering::Relaxed);
        Waker::from(Arc::new(Count))
    }
}

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        WOKEN.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

#[module(desc = "awaits")]
mod relay {
    use dlkm_rt::LoadError;
    use scenario_async_api::{Lost, Moment, courier};

    use super::*;

    pub(crate) struct Driver;

    #[export]
    impl scenario_async_api::Relay for Driver {
        // ANCHOR: send
        async fn send(parcel: String) -> Result<String, Lost> {
            let half = courier::carry(parcel, 3).await?;
            courier::carry(half, 2).await
        }
        // ANCHOR_END: send

        async fn linger() -> Result<(), LoadError> {
            courier::linger().await
        }

        async fn panics() -> Result<(), LoadError> {
            courier::panics(Moment::Poll).await
        }

        fn poll_lingering(polls: u32, anew: bool) -> Result<(), LoadError> {
            let mut lingering = pin!(courier::linger());
            let mut waker = Count::waker();
            for _ in 0..polls {
                if anew {
                    waker = Count::waker();
                }
                let poll = lingering.as_mut().poll(&mut Context::from_waker(&waker));
                assert!(poll.is_pending());
            }
            Ok(())
        }

        fn woken() -> Result<(u64, u64), LoadError> {
            Ok((WOKEN.load(Ordering::Relaxed), ALIVE.load(Ordering::Relaxed)))
        }
    }

    static CALLS: AtomicU32 = AtomicU32::new(0);

    #[export]
    impl scenario_async_api::Proud for Driver {
        async fn dare(panics: bool) -> Result<u32, Lost> {
            let calls = CALLS.fetch_add(1, Ordering::Relaxed) + 1;
            // Elsewhere in between.
            courier::twice(1).await;
            if panics {
                panic!("call {calls}");
            }
            Ok(calls)
        }
    }
}
