//! The pages of the dashboard: HTML that the server renders, and that works without a script. A page is a second face of
//! an operation. Its handler has `Can<P>` in its signature, like the handler that answers JSON, and calls the same
//! function (decision 23).
//!
//! A resource writes its pages in `pages.rs`. What a handler returns, a [`Page`] or a [`Reply`], has only the middle of
//! the page. The layer around all pages (`told`) puts the frame around it: see [`Frame`] for what the frame shows.

mod again;
mod form;
mod frame;
mod gates;
mod list;
mod offer;
mod page;
mod posted;
mod said;
mod told;

pub use again::{Again, again};
pub use form::{Choice, Form, Input};
pub use frame::{Banner, Entry, Frame, Group, Inside, Note, Rail, Tone, rail};
pub use list::{Method, Pages, Site, Written};
pub use offer::{Key, Offer, Way};
pub use page::{Page, Reply};
pub use posted::{Back, Posted};
pub use told::{NOWHERE, told};
