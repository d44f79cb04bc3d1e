//! The sequence of a campaign as a page: its steps, their variants, and what a lead would get. The operations are those of
//! campaigns. The page is apart from them because it also reads leads.

mod editor;
mod pages;
mod preview;
mod test_mail;
pub use pages::pages;
