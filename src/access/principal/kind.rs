//! The kinds of principals.

use super::Session;
use uuid::Uuid;

/// Who acts.
#[derive(Clone, Debug)]
pub enum Principal {
    Key {
        id: Uuid,
        name: String,
        personal: bool,
    },
    Member,
    Session(Session),
    /// A person who holds the link of an invitation.
    Invitee,
    /// The server's command line.
    Operator,
    /// What the server does without a caller.
    Server,
}
