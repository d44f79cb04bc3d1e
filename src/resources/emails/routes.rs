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
    /// Sends at once, from an account that the caller can use: one that is assigned to them, or one that is assigned to
    /// nobody. Subject and text leave as they are given, without values for variables and without an unsubscribe header.
    /// It has at most 10 recipients, and none of them can be suppressed. A workspace sends at most 10 test mails a minute,
    /// and an account 200 a day. They count in no figure. The audit log has each of them. If the mail server does not take
    /// the mail, the answer is 200 with `error`.
    POST "/api/v2/emails/test" => send_test as "sendTestEmail"
        with { "eaccount": "jo@outreach.example", "to_address_email_list": "me@outreach.example",
            "subject": "Hello", "body": { "html": "A first line.<br/>A second line." } };
}

#[derive(Deserialize, JsonSchema)]
struct New {
    /// The address of the sending account.
    #[schemars(length(max = 254))]
    eaccount: String,
    /// Addresses with commas between them.
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
