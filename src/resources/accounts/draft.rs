//! The form of a new sending account. It asks once for a user name and a password that both mail servers take.

use super::connection::Connection;
use super::{New, Settings};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Number;

/// Where the mailbox is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Provider {
    #[default]
    Imap,
    Google,
    Microsoft,
}

/// The mail servers of a provider.
pub struct Servers {
    pub imap: &'static str,
    pub smtp: &'static str,
    pub smtp_port: u16,
}

impl Provider {
    pub const ALL: [Provider; 3] = [Provider::Google, Provider::Microsoft, Provider::Imap];

    /// Its name in a form, and its label.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Provider::Imap => ("imap", "Another server"),
            Provider::Google => ("google", "Google"),
            Provider::Microsoft => ("microsoft", "Microsoft"),
        }
    }

    pub fn servers(self) -> Servers {
        match self {
            Provider::Imap => Servers { imap: "", smtp: "", smtp_port: 465 },
            Provider::Google => Servers { imap: "imap.gmail.com", smtp: "smtp.gmail.com", smtp_port: 465 },
            Provider::Microsoft => {
                Servers { imap: "outlook.office365.com", smtp: "smtp.office365.com", smtp_port: 587 }
            }
        }
    }

    /// What a person has to know before they connect a mailbox.
    pub fn advice(self) -> &'static str {
        match self {
            Provider::Imap => "Ask the provider of the mailbox for the names and ports of its servers.",
            Provider::Google => {
                "Turn on 2-step verification in the Google account, make an app password there, and enter it as the \
                 password. The usual password does not work."
            }
            Provider::Microsoft => {
                "The administrator of the Microsoft account must allow IMAP and authenticated SMTP. Enter an app password \
                 if the account needs a second factor."
            }
        }
    }

    fn code(self) -> i64 {
        match self {
            Provider::Imap => 1,
            Provider::Google => 2,
            Provider::Microsoft => 3,
        }
    }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Draft {
    #[schemars(email, length(max = 254))]
    email: String,
    #[schemars(length(max = 100))]
    first_name: Option<String>,
    #[schemars(length(max = 100))]
    last_name: Option<String>,
    provider: Provider,
    #[schemars(length(max = 254))]
    username: Option<String>,
    #[schemars(length(min = 1, max = 512))]
    password: String,
    #[schemars(length(min = 1, max = 253))]
    imap_host: String,
    #[schemars(range(min = 1, max = 65535))]
    imap_port: u16,
    #[schemars(length(min = 1, max = 253))]
    smtp_host: String,
    #[schemars(range(min = 1, max = 65535))]
    smtp_port: u16,
    #[schemars(length(max = 254))]
    smtp_username: Option<String>,
    #[schemars(length(max = 512))]
    smtp_password: Option<String>,
    #[schemars(range(min = 0, max = 100_000))]
    daily_limit: Option<i64>,
    #[schemars(length(max = 254))]
    assigned_to: Option<String>,
}

impl Draft {
    /// The same account in the form of the operation.
    pub fn account(self) -> New {
        let username = self.username.unwrap_or_else(|| self.email.clone());
        let connection = Connection {
            smtp_username: self.smtp_username.unwrap_or_else(|| username.clone()),
            smtp_password: self.smtp_password.unwrap_or_else(|| self.password.clone()),
            imap_username: username,
            imap_password: self.password,
            imap_host: self.imap_host,
            imap_port: self.imap_port,
            smtp_host: self.smtp_host,
            smtp_port: self.smtp_port,
        };
        New {
            email: self.email,
            first_name: self.first_name.unwrap_or_default(),
            last_name: self.last_name.unwrap_or_default(),
            provider_code: self.provider.code(),
            reply_to: None,
            warmup_custom_ftag: None,
            _skip_cname_check: None,
            settings: Settings { daily_limit: self.daily_limit.map(Number::from), ..Settings::default() },
            connection,
            assigned_to: self.assigned_to,
        }
    }
}

/// To whom an account is assigned. Empty for nobody.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Assignee {
    #[schemars(length(max = 254))]
    pub assigned_to: Option<String>,
}
