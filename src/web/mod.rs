//! The pages of the dashboard: HTML that the server renders, and that works without a script. A page is a second face of
//! an operation. Its handler has `Can<P>` in its signature, like the handler that answers JSON, and calls the same
//! function (decision 23).
//!
//! A resource writes its pages in `pages.rs`. What a handler returns, a [`Page`] or a [`Reply`], has only the middle of
//! the page. The layer around all pages (`told`) puts the frame around it: see [`Frame`] for what the frame shows.

mod again;
mod assets;
mod drawn;
mod field;
mod file;
mod form;
mod frame;
mod headers;
mod input;
mod offer;
mod outside;
mod page;
mod pages;
mod place;
mod plot;
mod posted;
mod print;
mod refused;
mod said;
mod schema;
mod states;
mod store;
mod text;
mod theme;
mod told;
mod typed;
mod typing;
mod when;

pub use again::{AGAIN, AGAIN_SIGNED_OUT, Again, Task};
pub use assets::{ADDRESSES, router as assets};
pub use field::{Field, Shown, drawn, is_explained};
pub use file::File;
pub use form::Form;
pub use frame::{Banner, Entry, Frame, Group, Inside, Note, Rail, Tone, home};
pub use headers::{NOT_STORED, POLICY, dress};
pub use input::{Choice, Input};
pub use offer::{Key, Offer, Way};
pub use outside::{
    BUSY, End, Link, in_place_of, is_trouble, next, not_stored, onward, outside, token, with_cookies,
};
pub use page::{Page, Reply};
pub use pages::{Pages, Written, described, together};
pub use plot::{Column, Legend, plot};
pub use posted::{Back, Posted};
pub use print::markdown;
pub use refused::reason;
pub use states::{Changed, Empty, Post, fence};
pub use text::{escaped, time};
pub use theme::{Theme, choose as choose_theme};
pub use told::{Site, nowhere, told};
pub use when::When;
