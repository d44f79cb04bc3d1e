//! Answers in pieces, for exports. A piece is made when the client has taken the one before it, so that an export of any
//! size needs the memory of one. The connection closes if the client reads too slowly (`paced`).

use super::table::Format;
use crate::error::{Error, Result};
use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as Doc, SchemaObject};
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use schemars::json_schema;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// How many such answers a workspace can have at a time, and how many all workspaces together.
const OF_ONE: usize = 2;
const IN_ALL: usize = 8;
/// How long such an answer can take.
const LONGEST: Duration = Duration::from_secs(60 * 60);

#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<HashMap<Uuid, usize>>>);

/// A place among the answers in pieces.
pub struct Turn {
    streams: Streams,
    workspace: Uuid,
    until: Instant,
}

impl Streams {
    fn open(&self) -> MutexGuard<'_, HashMap<Uuid, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn take(&self, workspace: Uuid) -> Result<Turn> {
        let mut open = self.open();
        let all: usize = open.values().sum();
        let own = open.get(&workspace).copied().unwrap_or_default();
        match (own < OF_ONE, all < IN_ALL) {
            (true, true) => {
                open.insert(workspace, own + 1);
                Ok(Turn { streams: self.clone(), workspace, until: Instant::now() + LONGEST })
            }
            (false, _) => Err(Error::Crowded),
            (true, false) => Err(Error::Busy),
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut open = self.streams.open();
        match open.get(&self.workspace).map_or(0, |own| own.saturating_sub(1)) {
            0 => drop(open.remove(&self.workspace)),
            left => drop(open.insert(self.workspace, left)),
        }
    }
}

/// The pieces of an answer.
pub trait Pieces: Send + Sized + 'static {
    /// The next piece, or none at the end.
    fn next(self) -> impl Future<Output = Result<Option<(Vec<u8>, Self)>>> + Send;
}

/// An answer in pieces.
pub struct Streamed {
    format: Format,
    name: &'static str,
    body: Body,
}

impl Streamed {
    /// Makes the header and the first piece. If that fails, the answer is a refusal like any other. A later failure ends the
    /// connection, so that the client does not take a part for the whole.
    pub async fn new<P: Pieces>(
        turn: Turn,
        (format, columns): (Format, &[&str]),
        name: &'static str,
        pieces: P,
    ) -> Result<Streamed> {
        let mut first = format.header(columns)?;
        let Some((rows, rest)) = pieces.next().await? else {
            return Ok(Streamed { format, name, body: Body::from(first) });
        };
        first.extend(rows);
        let rest = stream::try_unfold((turn, rest), async |(turn, pieces)| {
            let next = match Instant::now() < turn.until {
                true => pieces.next().await,
                false => Err(Error::TookTooLong),
            };
            if let Err(error) = &next {
                tracing::warn!(%error, "an export ended early");
            }
            Ok::<_, Error>(next?.map(|(piece, rest)| (Bytes::from(piece), (turn, rest))))
        });
        let first = stream::iter([Ok(Bytes::from(first))]);
        Ok(Streamed { format, name, body: Body::from_stream(first.chain(rest)) })
    }
}

impl IntoResponse for Streamed {
    fn into_response(self) -> Response {
        let name = format!("attachment; filename=\"{}.{}\"", self.name, self.format.extension());
        let headers = [(header::CONTENT_TYPE, self.format.media()), (header::CONTENT_DISPOSITION, &name)];
        (headers, self.body).into_response()
    }
}

impl OperationOutput for Streamed {
    type Inner = ();
    fn inferred_responses(_: &mut GenContext, _: &mut Operation) -> Vec<(Option<u16>, Doc)> {
        let mut answer = Doc { description: "The rows".to_owned(), ..Doc::default() };
        for format in [Format::Csv, Format::Ndjson] {
            let json_schema = json_schema!({ "type": "string" });
            let schema = Some(SchemaObject { json_schema, external_docs: None, example: None });
            answer.content.insert(format.media().to_owned(), MediaType { schema, ..MediaType::default() });
        }
        vec![(Some(200), answer)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_has_few_and_the_server_not_many_more() {
        let (streams, of) = (Streams::default(), Uuid::from_u128);
        let mut turns = vec![streams.take(of(1)).unwrap(), streams.take(of(1)).unwrap()];
        assert!(matches!(streams.take(of(1)), Err(Error::Crowded)));
        turns.extend((0..6).map(|n| streams.take(of(2 + n)).unwrap()));
        assert!(matches!(streams.take(of(9)), Err(Error::Busy)));
        turns.remove(0);
        turns.push(streams.take(of(1)).unwrap());
        drop(turns);
        assert!(streams.open().is_empty());
    }
}
