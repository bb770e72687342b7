//! How the browser calls server functions: with a header that no form or link can send (RFC 10017, custom header).

use std::cell::RefCell;

use bytes::Bytes;
use futures::{Sink, Stream};
use server_fn::{
    client::{Client, browser::BrowserClient},
    error::FromServerFnError,
    request::browser::BrowserRequest,
    response::browser::BrowserResponse,
};

/// The header's name; its value is [`HEADER_VALUE`].
pub const HEADER: &str = "x-lakefront-call";
pub const HEADER_VALUE: &str = "1";

/// Names the person whom the page was made for, by the workspace's id. The server answers no call for another person.
pub const USER_HEADER: &str = "x-lakefront-user";

thread_local! {
    /// One a page: a browser runs it in one thread.
    static USER: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From now on calls are for this user alone. In the browser only.
pub fn expect_user(id: &str) {
    USER.set(Some(id.to_owned()));
}

/// The client of every server function.
pub struct Calls;

impl<E, I, O> Client<E, I, O> for Calls
where
    E: FromServerFnError,
    I: FromServerFnError,
    O: FromServerFnError,
{
    type Request = BrowserRequest;
    type Response = BrowserResponse;

    async fn send(request: Self::Request) -> Result<Self::Response, E> {
        request.headers().set(HEADER, HEADER_VALUE);
        if let Some(user) = USER.with_borrow(Clone::clone) {
            request.headers().set(USER_HEADER, &user);
        }
        <BrowserClient as Client<E, I, O>>::send(request).await
    }

    fn open_websocket(
        path: &str,
    ) -> impl Future<
        Output = Result<
            (impl Stream<Item = Result<Bytes, Bytes>> + Send + 'static, impl Sink<Bytes> + Send + 'static),
            E,
        >,
    > + Send {
        <BrowserClient as Client<E, I, O>>::open_websocket(path)
    }

    fn spawn(future: impl Future<Output = ()> + Send + 'static) {
        <BrowserClient as Client<E, I, O>>::spawn(future);
    }
}
