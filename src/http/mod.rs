//! The edge: the one mapping from errors to HTTP, extractors whose refusals use the same body, paging, and
//! the origin of calls.

mod address;
mod alias;
mod answers;
mod body;
mod crowd;
mod csv;
mod describe;
mod errands;
mod errors;
mod ignored;
mod listen;
mod nearest;
mod origin;
mod paced;
mod paging;
mod query;
mod rate;
mod reading;
mod refusals;
mod room;
mod schema;
mod streamed;
mod table;

pub use address::{address, domain_name, is_email};
pub use alias::ALIASES;
pub use answers::{Answers, Shared};
pub(crate) use body::patch;
pub use body::{
    Absent, Accepted, Affected, Carrier, Edit, Empty, Filled, Json, LARGEST, LARGEST_FILE, Nothing, Optional,
    Text, Unread, Unused, Upload, Uploaded, anonymous, filled, taking, whole, whole_of_stranger,
};
pub use crowd::{Crowd, Locality, Most, Visit};
pub use csv::Csv;
pub use errands::Errands;
pub use errors::{Cause, Paced, Refusal};
pub use ignored::Ignored;
pub use listen::{can_listen, listen, serve, time_to_finish};
pub use nearest::hint;
pub use origin::{Origin, Slot};
pub use paging::{LONGEST, Order, Page, Paging, Roll, after_time, position_in_time};
pub use query::{Id, Path, Query, day, ids, pattern};
pub use rate::RateLimit;
pub use reading::{RIGHTS, StrictBodies, coerced, lenient};
pub use refusals::document_refusals;
pub use room::Room;
pub use schema::{
    OPEN, Violation, absent_not_null, check, none_required, nullable, optional_not_null, schema_of,
    violations,
};
pub use streamed::{Pieces, Streamed, Streams};
pub use table::Format;
