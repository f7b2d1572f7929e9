//! Futures of async functions: what crosses in place of a module's future, and the module's
//! side of it, which keeps the future's panics within the module.

use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::boundary::contain::contain_or_error;
use crate::boundary::driver::{Exporting, contained};
use crate::boundary::held::Held;
use crate::boundary::waker::Lending;
use crate::error::OrLoadError;

/// A future of a module's, in a box of the module's.
type Boxed<'a, R> = Pin<Box<dyn Future<Output = R> + Send + 'a>>;

/// The future of a module's async function, which keeps the module loaded until it is dropped.
/// A stub awaits it in place, so it is dropped as soon as it is ready.
///
/// Invariant: it may borrow what the call's arguments borrow, which its type does not show, and
/// is dropped before that ends. Who makes one promises it.
#[must_use = "a future does nothing unless it is awaited"]
pub struct ModuleFuture<R> {
    future: Held<Boxed<'static, R>>,
    lending: Lending,
}

impl<R> ModuleFuture<R> {
    /// The future of a stub whose module is not there.
    ///
    /// # Safety
    /// The invariant: it is dropped before what `future` borrows ends.
    pub unsafe fn new<F: Future<Output = R> + Send>(future: F) -> Self {
        let future: Boxed<'_, R> = Box::pin(future);
        ModuleFuture {
            // SAFETY: the caller's promise.
            future: Held::new(unsafe { for_ever(future) }),
            lending: Lending::new(),
        }
    }

    /// The future of driver `X`'s function number `I`.
    ///
    /// # Safety
    /// As for [`ModuleFuture::new`].
    unsafe fn of_driver<X: Exporting, const I: usize, F>(future: F) -> Self
    where
        F: Future<Output = R> + Send,
    {
        let future: Boxed<'_, R> = Box::pin(future);
        // SAFETY: the caller's promise.
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

/// The same future, of which the type no longer shows how long it may live.
///
/// # Safety
/// It is dropped before what it borrows ends.
unsafe fn for_ever<R>(future: Boxed<'_, R>) -> Boxed<'static, R> {
    // SAFETY: only the lifetime differs, and the caller sees to that.
    unsafe { std::mem::transmute::<Boxed<'_, R>, Boxed<'static, R>>(future) }
}

/// Drops a driver's future for somebody in another image.
///
/// # Safety
/// The value is not used again.
unsafe fn drop_contained<X: Exporting, const I: usize, R>(
    future: &mut ManuallyDrop<Boxed<'static, R>>,
) {
    let frame = 0;
    // It may drop what it was given, wakers too, and with that run code of whoever gave it.
    contained::<X, I, true, _>(&frame, || {
        // SAFETY: the caller's promise.
        unsafe { ManuallyDrop::drop(future) }
    });
}

/// A driver's future, whose panics become panics of whoever polls it.
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
        // SAFETY: a field that is pinned whenever the whole is: nobody moves it out, and there
        // is no destructor but its own.
        unsafe { self.map_unchecked_mut(|this| &mut this.future) }
    }
}

impl<X: Exporting, const I: usize, F: Future> Future for Contained<X, I, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // A frame of its own, as it is called through a `dyn Future`: above it is the caller's.
        let frame = 0;
        // Any poll calls back: it clones and wakes the caller's waker.
        contained::<X, I, true, _>(&frame, || self.future().poll(context))
    }
}

/// As [`Contained`], in an interface with `on_panic = fallback`: a panic is the result's error.
struct OrError<X, const I: usize, F>(Contained<X, I, F>);

impl<X: Exporting, const I: usize, F> Future for OrError<X, I, F>
where
    F: Future<Output: OrLoadError>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: as in `Contained::future`.
        let inner = unsafe { self.map_unchecked_mut(|this| &mut this.0) };
        let name = (X::INTERFACE.name, X::INTERFACE.functions[I].name);
        contain_or_error::<true, _>(X::MODULE, name, || inner.future().poll(context))
            .unwrap_or_else(|error| Poll::Ready(F::Output::or_load_error(error)))
    }
}

/// Calls a driver's async function, the interface's number `I`, for its export. `frame` is a
/// local variable of that.
///
/// # Safety
/// As for [`ModuleFuture::new`]: the stub that the export is bound to sees to it.
#[inline(always)]
pub unsafe fn module_future<X: Exporting, const I: usize, F: Future + Send>(
    frame: &u8,
    body: impl FnOnce() -> F,
) -> ModuleFuture<F::Output> {
    // What a driver does before it returns a future may panic too.
    let future = contained::<X, I, true, F>(frame, body);
    // SAFETY: the caller's promise.
    unsafe { ModuleFuture::of_driver::<X, I, _>(Contained::<X, I, F>::new(future)) }
}

/// As [`module_future`], in an interface with `on_panic = fallback`.
///
/// # Safety
/// As for [`module_future`].
pub unsafe fn module_future_or_error<X: Exporting, const I: usize, F>(
    body: impl FnOnce() -> F + Send,
) -> ModuleFuture<F::Output>
where
    F: Future<Output: OrLoadError> + Send,
{
    // Called with the first poll, so that a panic of it is dealt with there.
    let future = async move { body().await };
    let future = OrError(Contained::<X, I, _>::new(future));
    // SAFETY: the caller's promise.
    unsafe { ModuleFuture::of_driver::<X, I, _>(future) }
}
