//! The edge: the one mapping from errors to HTTP, extractors whose refusals wear the same body, paging, and
//! where a call comes from.

mod body;
mod crowd;
mod errands;
mod errors;
mod form;
mod listen;
mod origin;
mod paging;
mod query;
mod rate;
mod refusals;
mod room;
mod schema;

pub use body::{Empty, Fields, Json, LARGEST, Nothing, Optional, Unread, anonymous};
pub use crowd::{Crowd, Locality, Most, Visit};
pub use errands::Errands;
pub use errors::{Cause, Refusal};
pub use form::{Answer, Field, Form};
pub use listen::{listen, serve};
pub use origin::{Origin, Slot};
pub use paging::{Order, Page, Paging, after_time};
pub use query::{Id, Path, Query, address, day, ids, pattern};
pub use rate::RateLimit;
pub use refusals::document;
pub use room::Room;
pub use schema::{absent_not_null, is_email};

/// Marks an operation as ours: the reference does not have it.
pub fn ours(
    mut operation: aide::transform::TransformOperation<'_>,
) -> aide::transform::TransformOperation<'_> {
    operation.inner_mut().extensions.insert("x-gatepost-extension".to_owned(), true.into());
    operation
}
