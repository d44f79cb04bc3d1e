//! Mails that a person sends by hand. So far: test mails, which show how a mail looks in a mailbox. They do not
//! belong to a campaign: they do not count in the figures, and they have their own limits.

mod routes;
mod send_test;
pub use routes::operations;
pub use send_test::{TestMail, Tested, send_test};
