//! Mails that a person sends by hand. So far: test mails, which show how a mail looks in a mailbox. They are no mails of a
//! campaign: they count in no figure and use no limit of a campaign or an account, and have limits of their own.

mod routes;
mod send_test;
pub use routes::router;
pub use send_test::{TestMail, Tested, send_test};
