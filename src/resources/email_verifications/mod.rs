//! Verifications of e-mail addresses: by their form, by the DNS of their domain, and by what the workspace knows itself. No
//! mailbox is asked, so most addresses stay `pending` (decision 21).
//!
//! A result that is kept is only about the DNS. The rest of an answer depends on what its caller sees, and is added when the
//! answer is made.

mod address;
mod answer;
mod create;
mod facts;
mod finding;
mod import;
mod look_up;
mod routes;
mod show;
mod store;
pub use create::create;
pub use import::verify_leads_step;
pub use routes::operations;
pub use show::show;

use crate::access::{Caller, Resource, Shape};
use crate::audit::Subject;
use crate::db::stored;
use crate::http::{absent_not_null, lenient};
use crate::time::Time;
use finding::Finding;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

/// The last look-up of an address.
#[derive(Clone, Debug)]
pub struct EmailVerification {
    pub id: Uuid,
    pub organization_id: Uuid,
    pub email: String,
    finding: Finding,
    credits_used: i64,
    timestamp_checked: Time,
}

stored! { EmailVerification: "email_verifications" as "v" {
    workspace organization_id;
    key "email";
    fixed email;
    columns finding, credits_used, timestamp_checked;
} }

/// Results belong to the whole workspace. A caller with a tag limit does not see them, because they have no tags. Nobody can ask
/// about a result in `access/explain`, because the wire shows no id of it.
impl Resource for EmailVerification {
    const SHAPE: Shape = Shape::of::<EmailVerification>();
}

impl EmailVerification {
    fn new(can: &Caller, email: String, finding: Finding, credits_used: i64) -> Self {
        EmailVerification {
            id: can.new_id(),
            organization_id: can.workspace(),
            email,
            finding,
            credits_used,
            timestamp_checked: can.now(),
        }
    }

    fn subject(&self) -> Subject {
        Subject::new("email_verification", self.id)
    }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, transform = lenient)]
pub struct New {
    #[schemars(length(max = 254))]
    email: String,
    /// Has no effect. It is for results that take more than ten seconds, and this server never takes that long.
    #[serde(default)]
    #[schemars(transform = absent_not_null, length(max = 2000))]
    #[expect(dead_code, reason = "part of the reference's body")]
    webhook_url: Option<String>,
}

/// An address in a path.
#[derive(Deserialize, JsonSchema)]
pub struct Email {
    email: String,
}
