//! Bodies: bounded in size and time, checked against their schema, then read.

mod accepted;
mod affected;
mod edit;
mod filled;
mod patch;
mod text;
mod upload;
pub use accepted::Accepted;
pub use affected::Affected;
pub(crate) use edit::patch;
pub use edit::{Absent, Edit};
pub use filled::{Filled, body as filled};
pub use patch::Unread;
pub use text::Text;
pub use upload::{Carrier, LARGEST_FILE, Upload, Uploaded, taking};

use super::crowd::Locality;
use super::describe::unreadable;
use super::origin::Origin;
use super::paging::{LONGEST, TOO_LONG};
use super::query::none_unread;
use super::reading::{How, accept, unused};
use super::room::{LARGE, Place, Room};
use crate::error::{Error, Result};
use aide::{
    OperationInput, OperationOutput, generate::GenContext, openapi::Operation, openapi::Response as Doc,
};
use axum::body::HttpBody;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::header;
use axum::routing::MethodRouter;
use axum::{Extension, RequestExt, response::IntoResponse, response::Response};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::time::Duration;

/// The limit for bodies, unless a route sets a lower one.
pub const LARGEST: usize = 10 * 1024 * 1024;
const SLOWEST: Duration = Duration::from_secs(30);

/// Marks an operation that needs no credential.
#[derive(Clone, Copy)]
struct Anonymous;

/// The route of an operation or a page that needs no credential. Its bodies have at most this many bytes, and use the
/// room of strangers.
pub fn anonymous<S>(largest: usize, route: MethodRouter<S>) -> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    taking(largest, route).layer(Extension(Anonymous))
}

/// A complete body, and the room that it occupies.
struct Arrived {
    bytes: Bytes,
    place: Place,
    room: Room,
}

/// Reads the body, within the route's `DefaultBodyLimit` and the free room.
async fn arrive(request: Request) -> Result<Arrived> {
    none_unread(&request)?;
    let room = request.extensions().get::<Room>().cloned().unwrap_or_default();
    if request.body().is_end_stream() {
        return Ok(Arrived { bytes: Bytes::new(), place: Place::default(), room });
    }
    let stranger = request.extensions().get::<Anonymous>().is_some();
    let origin = request.extensions().get::<Origin>().filter(|_| stranger);
    let mut place = origin.map(|origin| room.for_stranger(Locality::of(origin.address))).unwrap_or_default();
    let collect = async {
        let mut body = request.into_limited_body().into_data_stream();
        let mut all = BytesMut::new();
        // The only other cause of a failure is a caller that disconnected.
        while let Some(chunk) = body.next().await.transpose().map_err(|_| Error::TooLarge)? {
            room.grow(&mut place, all.len() + chunk.len())?;
            all.extend_from_slice(&chunk);
        }
        Ok::<_, Error>((all.freeze(), place))
    };
    let (bytes, place) = tokio::time::timeout(SLOWEST, collect).await.map_err(|_| Error::TooSlow)??;
    Ok(Arrived { bytes, place, room })
}

/// The bytes of a form, within the same limits as every body.
pub async fn whole(request: Request) -> Result<Bytes> {
    Ok(arrive(request).await?.bytes)
}

/// The same from a caller whom the server does not know. It uses the strangers' room.
pub async fn whole_of_stranger(mut request: Request, largest: usize) -> Result<Bytes> {
    request.extensions_mut().insert(Anonymous);
    DefaultBodyLimit::max(largest).apply(&mut request);
    whole(request).await
}

impl Arrived {
    fn is_blank(&self) -> bool {
        self.bytes.iter().all(u8::is_ascii_whitespace)
    }

    /// Runs `look` on the body. A large body is processed on a separate thread, so that it does not block
    /// requests.
    async fn through<T: Send + 'static>(
        self,
        look: impl FnOnce(&[u8]) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if self.bytes.len() <= LARGE {
            return look(&self.bytes);
        }
        let Arrived { bytes, place, room } = self;
        let look = move || {
            let seen = look(&bytes);
            drop(place);
            seen
        };
        room.read(look).await
    }
}

/// Reads JSON whatever the content type says, because `curl -d` sends that of a form. The parser bounds the
/// depth at 128.
fn parse(bytes: &[u8]) -> Result<Value> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::invalid("body must be a JSON object; it is empty"));
    }
    serde_json::from_slice(bytes).map_err(|error| Error::invalid(format!("body must be JSON: {error}")))
}

/// A body, and an answer.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + Send + 'static, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;
    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let how = How::of(&request);
        arrive(request).await?.through(move |bytes| read::<T>(bytes, &how)).await.map(Json)
    }
}

/// The body, checked against the schema of `T` and repaired as far as its class allows.
fn accepted<T: JsonSchema + 'static>(bytes: &[u8], how: &How) -> Result<Value> {
    let mut body = parse(bytes)?;
    accept::<T>(&mut body, how)?;
    Ok(body)
}

fn read<T: DeserializeOwned + JsonSchema + 'static>(bytes: &[u8], how: &How) -> Result<T> {
    let again = || accepted::<T>(bytes, how).map_or_else(|error| error, |body| unreadable::<T>("body", body));
    T::deserialize(accepted::<T>(bytes, how)?).map_err(|_| again())
}

impl<T: JsonSchema> OperationInput for Json<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        <axum::Json<T> as OperationInput>::operation_input(context, operation);
    }
}

/// Most answers are not longer than this.
const USUAL: usize = 2048;

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        // A plain buffer: in profiles of lists, the buffer of `axum::Json` was expensive.
        let mut text = Vec::with_capacity(USUAL);
        match serde_json::to_writer(&mut text, &self.0) {
            Ok(()) if text.len() > LONGEST => Error::TooMuch(TOO_LONG.to_owned()).into_response(),
            Ok(()) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
            Err(error) => Error::internal(error).into_response(),
        }
    }
}

impl<T: JsonSchema> OperationOutput for Json<T> {
    type Inner = T;
    fn operation_response(context: &mut GenContext, operation: &mut Operation) -> Option<Doc> {
        axum::Json::<T>::operation_response(context, operation)
    }
    fn inferred_responses(context: &mut GenContext, operation: &mut Operation) -> Vec<(Option<u16>, Doc)> {
        axum::Json::<T>::inferred_responses(context, operation)
    }
}

/// An optional body.
pub struct Optional<T>(pub T);

impl<T, S> FromRequest<S> for Optional<T>
where
    T: DeserializeOwned + JsonSchema + Default + Send + 'static,
    S: Send + Sync,
{
    type Rejection = Error;
    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let how = How::of(&request);
        let arrived = arrive(request).await?;
        if arrived.is_blank() || arrived.bytes.as_ref() == b"null" {
            return Ok(Optional(T::default()));
        }
        arrived.through(move |bytes| read::<T>(bytes, &how)).await.map(Optional)
    }
}

impl<T: JsonSchema> OperationInput for Optional<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        <axum::Json<T> as OperationInput>::operation_input(context, operation);
    }
}

/// An answer without a body: 204.
#[derive(Clone, Copy, Debug)]
pub struct Empty;

impl IntoResponse for Empty {
    fn into_response(self) -> Response {
        axum::http::StatusCode::NO_CONTENT.into_response()
    }
}

impl OperationOutput for Empty {
    type Inner = ();
    fn inferred_responses(_: &mut GenContext, _: &mut Operation) -> Vec<(Option<u16>, Doc)> {
        let done = Doc { description: "Done".to_owned(), ..Doc::default() };
        vec![(Some(204), done)]
    }
}

const TAKES_NONE: &str = "body must be empty: this operation takes none";

/// For operations without a body. Accepts an empty body, `null` or `{}`, with or without a content type.
pub struct Nothing;

impl<S: Send + Sync> FromRequest<S> for Nothing {
    type Rejection = Error;
    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let arrived = arrive(request).await?;
        let null = |value: Value| value.is_null() || value.as_object().is_some_and(Map::is_empty);
        // `null` and `{}` are short, even with spaces around them.
        let short = arrived.bytes.len() <= LARGE;
        match arrived.is_blank() || short && serde_json::from_slice(&arrived.bytes).is_ok_and(null) {
            true => Ok(Nothing),
            false => Err(Error::invalid(TAKES_NONE)),
        }
    }
}

impl OperationInput for Nothing {}

/// For an operation that needs no body although clients send one. Its keys are ignored and reported.
pub struct Unused;

impl<S: Send + Sync> FromRequest<S> for Unused {
    type Rejection = Error;
    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let how = How::of(&request);
        let arrived = arrive(request).await?;
        if arrived.is_blank() {
            return Ok(Unused);
        }
        let body = arrived.through(parse).await?;
        let none = Map::new();
        let fields = if body.is_null() { Some(&none) } else { body.as_object() };
        match fields.filter(|fields| !how.strict || fields.is_empty()).and_then(unused) {
            Some(ignored) => {
                how.ignore(ignored);
                Ok(Unused)
            }
            None => Err(Error::invalid(TAKES_NONE)),
        }
    }
}

impl OperationInput for Unused {}
