//! A file as the body, or a JSON object that has the file as one of its texts.

use super::{Arrived, arrive, read};
use crate::error::Result;
use crate::http::query::Query;
use crate::http::reading::How;
use crate::http::room::{LARGE, Place, Room};
use aide::openapi::{MediaType, Operation, ReferenceOr, SchemaObject};
use aide::{OperationInput, generate::GenContext};
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, header};
use axum::routing::MethodRouter;
use bytes::Bytes;
use schemars::{JsonSchema, json_schema};
use serde::de::DeserializeOwned;
use std::convert::Infallible;

/// The limit for a file. It is larger than that of other bodies, because 100,000 rows of leads have 10 to 20 MB. A file
/// has the room of other large bodies, and is read on the same few threads.
pub const LARGEST_FILE: usize = 24 * 1024 * 1024;

/// Raises or lowers the limit for the bodies of a route.
pub fn taking<S>(largest: usize, route: MethodRouter<S>) -> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    route.layer::<_, Infallible>(DefaultBodyLimit::max(largest))
}

/// A JSON body that carries a file as text.
pub trait Carrier: DeserializeOwned + JsonSchema + Send + 'static {
    /// The query parameters beside a file that is the whole body.
    type Query: DeserializeOwned + JsonSchema + Send + 'static;
    fn of_query(query: Self::Query) -> Self;
    /// Takes the text of the file out.
    fn file(&mut self) -> String;
}

/// What came with a file, and the file. With JSON, everything is in the body; with a file as the body, the options are in
/// the query string.
pub struct Upload<B> {
    options: Option<B>,
    arrived: Arrived,
    how: How,
}

impl<B: Carrier, S: Send + Sync> FromRequest<S> for Upload<B> {
    type Rejection = crate::error::Error;
    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let how = How::of(&request);
        let kind = Content::of(request.headers());
        let (mut parts, body) = request.into_parts();
        let query = match kind {
            Content::Json => None,
            Content::File => Some(Query::<B::Query>::from_request_parts(&mut parts, state).await?.0),
        };
        let arrived = arrive(Request::from_parts(parts, body)).await?;
        Ok(Upload { options: query.map(B::of_query), arrived, how })
    }
}

impl<B: Carrier> Upload<B> {
    /// The options, and the file.
    pub async fn read(self) -> Result<(B, Uploaded)> {
        let Upload { options, arrived: Arrived { bytes, place, room }, how } = self;
        let (options, bytes) = match options {
            Some(options) => (options, bytes),
            None => {
                let is_large = bytes.len() > LARGE;
                let parse = move || {
                    let mut body = read::<B>(&bytes, &how)?;
                    let file = Bytes::from(body.file());
                    Ok((body, file))
                };
                if is_large { room.read(parse).await? } else { parse()? }
            }
        };
        Ok((options, Uploaded(Arrived { bytes, place, room })))
    }
}

/// A file, and the room that it occupies.
pub struct Uploaded(Arrived);

impl Uploaded {
    /// A file that came inside a form. The body of the form had its room.
    pub fn of(bytes: Bytes, room: Room) -> Uploaded {
        Uploaded(Arrived { bytes, place: Place::default(), room })
    }

    /// Runs `look` on the file, on a separate thread if it is large. The room is free afterwards.
    pub async fn through<T: Send + 'static>(
        self,
        look: impl FnOnce(Bytes) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let bytes = self.0.bytes.clone();
        self.0.through(move |_| look(bytes)).await
    }
}

#[derive(Clone, Copy)]
enum Content {
    Json,
    File,
}

impl Content {
    /// What is not called JSON or the form of `curl -d` is a file.
    fn of(headers: &HeaderMap) -> Content {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "" | "application/json" | "application/x-www-form-urlencoded" => Content::Json,
            _ => Content::File,
        }
    }
}

impl<B: Carrier> OperationInput for Upload<B> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        <axum::Json<B> as OperationInput>::operation_input(context, operation);
        <axum::extract::Query<B::Query> as OperationInput>::operation_input(context, operation);
        let text = SchemaObject {
            json_schema: json_schema!({ "type": "string", "format": "binary" }),
            external_docs: None,
            example: None,
        };
        if let Some(ReferenceOr::Item(body)) = &mut operation.request_body {
            let media = MediaType { schema: Some(text), ..MediaType::default() };
            body.content.insert("text/csv".to_owned(), media);
        }
    }
}
