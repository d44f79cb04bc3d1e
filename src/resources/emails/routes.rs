//! The JSON face of mails.

use super::{TestMail, Tested};
use crate::access::{Can, emails::Test};
use crate::error::Result;
use crate::http::Json;
use crate::resources::operations;
use crate::sending::plain;
use schemars::JsonSchema;
use serde::Deserialize;

operations! {
    /// Send a test mail
    ///
    /// The server sends the mail at once. The caller must be able to use the account: it is assigned to them, or it is
    /// unassigned and their role reaches all accounts. The server sends the subject and the text as given. It does not
    /// fill in variables, and it does not add an unsubscribe header. A test mail has at most 10 recipients, and none of them can be
    /// suppressed. A workspace sends at most 10 test mails a minute, and an account 200 a day. Test mails do not count
    /// in the figures. Each has a row in the audit log. If the mail server does not accept the mail, the answer is 200
    /// with `error`.
    POST "/api/v2/emails/test" => send_test as "sendTestEmail"
        with { "eaccount": "jo@outreach.example", "to_address_email_list": "me@outreach.example",
            "subject": "Hello", "body": { "html": "A first line.<br/>A second line." } };
}

#[derive(Deserialize, JsonSchema)]
struct New {
    /// The address of the sending account.
    #[schemars(length(max = 254))]
    eaccount: String,
    /// Addresses, separated by commas.
    #[schemars(length(min = 1, max = 3000))]
    to_address_email_list: String,
    #[schemars(length(max = 1000))]
    subject: String,
    body: Html,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(inline)]
struct Html {
    #[schemars(length(max = 262_144))]
    html: String,
}

async fn send_test(can: Can<Test>, Json(new): Json<New>) -> Result<Json<Tested>> {
    let (html, text) = (Some(new.body.html.clone()), plain::text(&new.body.html));
    let mail =
        TestMail { from: new.eaccount, to: new.to_address_email_list, subject: new.subject, html, text };
    super::send_test(can, mail).await.map(Json)
}
