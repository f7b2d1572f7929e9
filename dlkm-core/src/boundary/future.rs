//! Futures of async functions: the type that crosses in place of a module's future, and the
//! module's side of it, which keeps the future's panics in the module.

use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::boundary::contain::contain_or_error;
use crate::boundary::driver::{Exporting, contained, name_of};
use crate::boundary::held::Held;
use crate::boundary::waker::Lending;
use crate::error::OrLoadError;

/// A module's future, in a box that the module allocated.
type Boxed<'a, R> = Pin<Box<dyn Future<Output = R> + Send + 'a>>;

/// The future of a module's async function, which keeps the module loaded until it is dropped.
/// A stub awaits it in place, so it is dropped as soon as it is ready.
///
/// # Invariants
/// 1. It may borrow what the call's arguments borrow, although its type does not show it. It is
///    dropped before those borrows end. The caller of [`ModuleFuture::new`] promises it.
#[must_use = "a future does nothing unless it is awaited"]
pub struct ModuleFuture<R> {
    future: Held<Boxed<'static, R>>,
    lending: Lending,
}

impl<R> ModuleFuture<R> {
    /// The future of a stub whose module is not loaded.
    ///
    /// # Safety
    /// The result must be dropped before the borrows in `future` end (invariant 1).
    pub unsafe fn new<F: Future<Output = R> + Send>(future: F) -> Self {
        let future: Boxed<'_, R> = Box::pin(future);
        ModuleFuture {
            // SAFETY: the caller promises to drop the result, and `future` with it, before the
            // borrows in it end.
            future: Held::new(unsafe { for_ever(future) }),
            lending: Lending::new(),
        }
    }

    /// The future of function number `I` of driver `X`.
    ///
    /// # Safety
    /// As for [`ModuleFuture::new`].
    unsafe fn of_driver<X: Exporting, const I: usize, F>(future: F) -> Self
    where
        F: Future<Output = R> + Send,
    {
        let future: Boxed<'_, R> = Box::pin(future);
        // SAFETY: the caller promises to drop the result, and `future` with it, before the borrows
        // in it end.
        let future = unsafe { for_ever(future) };
        ModuleFuture {
            future: Held::dropped_by(future, drop_contained::<X, I, R>),
            lending: Lending::new(),
        }
    }
}

impl<R> Future for ModuleFuture<R> {
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
        let ModuleFuture { future, lending } = &mut *self;
        let future = future.value_mut().as_mut();
        match lending.lend(context.waker()) {
            None => future.poll(context),
            Some(waker) => future.poll(&mut Context::from_waker(waker)),
        }
    }
}

/// The same future, with a type that no longer shows how long it may live.
///
/// # Safety
/// The result must be dropped before the borrows in it end.
unsafe fn for_ever<R>(future: Boxed<'_, R>) -> Boxed<'static, R> {
    // SAFETY: the types differ only in the lifetime, and the caller promises to drop the future
    // before that lifetime ends.
    unsafe { std::mem::transmute::<Boxed<'_, R>, Boxed<'static, R>>(future) }
}

/// Drops a driver's future for a caller in another image.
///
/// # Safety
/// The value must not be used again.
unsafe fn drop_contained<X: Exporting, const I: usize, R>(
    future: &mut ManuallyDrop<Boxed<'static, R>>,
) {
    let frame = 0;
    // It may drop values of other images, wakers too, and so run their code.
    contained::<X, I, true, _>(&frame, || {
        // SAFETY: the caller promises not to use the value again.
        unsafe { ManuallyDrop::drop(future) }
    });
}

/// A driver's future, whose panics become panics of the code that polls it.
///
/// # Invariants
/// 1. `future` is pinned whenever the whole is: nothing moves it out, and there is no `Drop` or
///    `Unpin` implementation that could.
struct Contained<X, const I: usize, F> {
    future: F,
    driver: PhantomData<fn() -> X>,
}

impl<X, const I: usize, F> Contained<X, I, F> {
    fn new(future: F) -> Self {
        Contained {
            future,
            driver: PhantomData,
        }
    }

    fn future(self: Pin<&mut Self>) -> Pin<&mut F> {
        // SAFETY: the field is structurally pinned (`Contained` invariant 1), see
        // https://doc.rust-lang.org/std/pin/index.html#projections-and-structural-pinning.
        unsafe { self.map_unchecked_mut(|this| &mut this.future) }
    }
}

impl<X: Exporting, const I: usize, F: Future> Future for Contained<X, I, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // This function has its own stack frame, because it is called through a `dyn Future`: the
        // next frame is the caller's.
        let frame = 0;
        // Any poll calls back: it clones and wakes the caller's waker.
        contained::<X, I, true, _>(&frame, || self.future().poll(context))
    }
}

/// Like [`Contained`], in an interface with `on_panic = fallback`: a panic becomes the result's
/// error.
///
/// # Invariants
/// 1. The field is pinned whenever the whole is: nothing moves it out, and there is no `Drop` or
///    `Unpin` implementation that could.
struct OrError<X, const I: usize, F>(Contained<X, I, F>);

impl<X: Exporting, const I: usize, F> Future for OrError<X, I, F>
where
    F: Future<Output: OrLoadError>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: the field is structurally pinned (`OrError` invariant 1), see
        // https://doc.rust-lang.org/std/pin/index.html#projections-and-structural-pinning.
        let inner = unsafe { self.map_unchecked_mut(|this| &mut this.0) };
        let name = const { name_of::<X, I>() };
        contain_or_error::<true, _>(X::MODULE, name, || inner.future().poll(context))
            .unwrap_or_else(|error| Poll::Ready(F::Output::or_load_error(error)))
    }
}

/// Calls a driver's async function, the interface's function number `I`, for its export. `frame`
/// is a local variable of the export.
///
/// # Safety
/// As for [`ModuleFuture::new`].
#[inline(always)]
pub unsafe fn module_future<X: Exporting, const I: usize, F: Future + Send>(
    frame: &u8,
    body: impl FnOnce() -> F,
) -> ModuleFuture<F::Output> {
    // The driver may also panic before it returns a future.
    let future = contained::<X, I, true, F>(frame, body);
    // SAFETY: the caller promises to drop the result before the borrows in `future` end.
    unsafe { ModuleFuture::of_driver::<X, I, _>(Contained::<X, I, F>::new(future)) }
}

/// Like [`module_future`], in an interface with `on_panic = fallback`.
///
/// # Safety
/// As for [`module_future`].
pub unsafe fn module_future_or_error<X: Exporting, const I: usize, F>(
    body: impl FnOnce() -> F + Send,
) -> ModuleFuture<F::Output>
where
    F: Future<Output: OrLoadError> + Send,
{
    // `body` is called with the first poll, which handles its panic.
    let future = async move { body().await };
    let future = OrError(Contained::<X, I, _>::new(future));
    // SAFETY: the caller promises to drop the result before the borrows in `future` end.
    unsafe { ModuleFuture::of_driver::<X, I, _>(future) }
}
