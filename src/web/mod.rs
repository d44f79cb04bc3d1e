//! The pages of the dashboard: HTML that the server renders, and that works without a script. A page is a second face of
//! an operation. Its handler has `Can<P>` in its signature, like the handler that answers JSON, and calls the same
//! function (decision 23).
//!
//! A resource writes its pages in `pages.rs`. What a handler returns, a [`Page`] or a [`Reply`], has only the middle of
//! the page. The layer around all pages (`told`) puts the frame around it: see [`Frame`] for what the frame shows.

mod assets;
mod field;
mod frame;
mod headers;
mod outside;
mod states;
mod text;
mod theme;

pub use assets::{ADDRESSES, router as assets};
pub use field::{Field, Shown, drawn, is_explained};
pub use frame::{Banner, Entry, Frame, Group, Inside, Note, Rail, Tone};
pub use headers::{NOT_STORED, POLICY, dress};
pub use outside::{BUSY, End, Link, in_place_of, is_trouble, next, not_stored, onward, outside, token, with_cookies};
pub use states::{Changed, Empty, Post, STEPS, fence};
pub use text::{escaped, time};
pub use theme::{Theme, choose as choose_theme};
