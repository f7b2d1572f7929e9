//! `courier`: its futures wait without an executor.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use dlkm_rt::module;

static OPEN: AtomicBool = AtomicBool::new(false);
static WAITING: Mutex<Vec<Waker>> = Mutex::new(Vec::new());
/// Wakers, and how many of them differed from the one before in the same future.
static KEPT: Mutex<(Vec<Waker>, u64)> = Mutex::new((Vec::new(), 0));

/// Waits once.
#[derive(Default)]
struct Once(bool);

impl Future for Once {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

struct PanicsInDrop;

impl Drop for PanicsInDrop {
    fn drop(&mut self) {
        panic!("dropped half way");
    }
}

#[module(desc = "waits")]
mod courier {
    use dlkm_rt::LoadError;
    use scenario_async_api::{Lost, Moment};

    use super::*;

    pub(crate) struct Driver;

    #[export]
    impl scenario_async_api::Courier for Driver {
        async fn carry(parcel: String, polls: u32) -> Result<String, Lost> {
            for _ in 1..polls {
                Once::default().await;
            }
            match parcel.is_empty() {
                true => Err(Lost("nothing to carry".to_owned())),
                false => Ok(format!("{parcel}, carried")),
            }
        }

        async fn sum(data: &[u8]) -> Result<u64, LoadError> {
            let mut sum = 0;
            for byte in data {
                Once::default().await;
                sum += u64::from(*byte);
            }
            Ok(sum)
        }

        async fn fill<'a>(into: &'a mut Vec<String>, more: &[&str]) -> Result<&'a str, LoadError> {
            for one in more {
                Once::default().await;
                into.push((*one).to_owned());
            }
            Ok(into.last().map_or("", String::as_str))
        }

        async fn ask(each: &(dyn Fn(u64) -> u64 + Sync), number: u64) -> Result<u64, LoadError> {
            let first = each(number);
            Once::default().await;
            Ok(first + each(number + 1))
        }

        async fn gate() -> Result<u32, LoadError> {
            let mut polls = 0;
            poll_fn(|context| {
                polls += 1;
                let mut waiting = WAITING.lock().unwrap();
                if OPEN.load(Ordering::Relaxed) {
                    return Poll::Ready(Ok(polls));
                }
                waiting.push(context.waker().clone());
                Poll::Pending
            })
            .await
        }

        fn open() -> Result<u64, LoadError> {
            let mut waiting = WAITING.lock().unwrap();
            OPEN.store(true, Ordering::Relaxed);
            let wakers = std::mem::take(&mut *waiting);
            drop(waiting);
            Ok(wakers.into_iter().map(Waker::wake).count() as u64)
        }

        async fn panics(moment: Moment) -> Result<(), LoadError> {
            let _drops = (moment == Moment::Drop).then(|| PanicsInDrop);
            Once::default().await;
            match moment {
                Moment::Poll => panic!("half way"),
                Moment::Drop | Moment::Never => std::future::pending().await,
            }
        }

        async fn linger() -> Result<(), LoadError> {
            let mut last: Option<Waker> = None;
            poll_fn(|context| {
                let mut kept = KEPT.lock().unwrap();
                let waker = context.waker();
                if !last.as_ref().is_some_and(|last| last.will_wake(waker)) {
                    kept.1 += 1;
                }
                kept.0.push(waker.clone());
                last = Some(waker.clone());
                Poll::Pending
            })
            .await
        }

        fn kept() -> Result<(u64, u64), LoadError> {
            let kept = KEPT.lock().unwrap();
            Ok((kept.0.len() as u64, kept.1))
        }

        fn wake_kept() -> Result<(), LoadError> {
            let wakers = KEPT.lock().unwrap().0.clone();
            wakers.into_iter().for_each(Waker::wake);
            Ok(())
        }

        fn drop_kept() -> Result<(), LoadError> {
            *KEPT.lock().unwrap() = (Vec::new(), 0);
            Ok(())
        }

        async fn length(text: &str) -> Option<usize> {
            Once::default().await;
            Some(text.len())
        }

        async fn twice(number: u64) -> u64 {
            Once::default().await;
            2 * number
        }
    }

    #[export]
    impl scenario_async_api::Meek for Driver {
        async fn dare(polls: u32) -> Result<u32, Lost> {
            for _ in 1..polls {
                Once::default().await;
            }
            panic!("after {polls}")
        }
    }
}
