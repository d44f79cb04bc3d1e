//! Letters that the server sends in its own name: invitations and notices. Campaign mail to leads is not sent
//! here. A queue (`jobs::outbox`) stores each letter and calls `send` until it is accepted or permanently
//! refused. This module stores nothing, so a crash loses nothing. A letter that is sent twice has the same
//! Message-ID.

pub mod letters;

mod answer;
mod brand;
mod plain;
mod server;
mod talk;

pub use brand::Brand;
pub use plain::is_plain;

use crate::error::{Error, Result};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, address::AddressError};
use serde::{Deserialize, Serialize};
use server::Server;
use std::fmt;
use std::sync::Arc;

/// The connection settings. A clone shares them.
#[derive(Clone)]
pub struct Mailer {
    settings: Arc<Settings>,
}

struct Settings {
    server: Server,
    from: Mailbox,
}

/// One mail to one person, complete. The link in it can be a secret, so a letter must be stored sealed.
#[derive(Clone, Serialize, Deserialize)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Why a letter was not sent, for the operator's log: at most 200 characters, without the address of the
/// recipient and without credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Retrying will not help, most likely because of the recipient's address.
    Permanent(String),
    /// A retry can succeed, perhaps after the operator fixes a setting.
    Transient(String),
}

impl Mailer {
    /// `url` is `smtp://user:password@host:587`, which demands STARTTLS, or `smtps://user:password@host:465`,
    /// which is TLS from the first byte. User and password are optional and percent-encoded: `%40` stands for
    /// `@`. With `?tls=none` there is no TLS. A server on this machine is also used without TLS, unless the
    /// URL has `?tls=required`. Without TLS the default port is 25. Certificates are checked against those
    /// that the system trusts.
    ///
    /// `from` is `Name <address>`, or only an address.
    ///
    /// Errors begin with `smtp-url: ` or `mail-from: ` and never repeat a part of the URL.
    pub fn new(url: &str, from: &str) -> Result<Mailer> {
        let settings = Settings { server: Server::of(url)?, from: sender(from)? };
        Ok(Mailer { settings: Arc::new(settings) })
    }

    /// Sends a letter, and returns whether the server accepted it. `id` is the left part of its Message-ID
    /// and must be the same each time the letter is sent, so that a mail sent twice after a crash can be
    /// recognised as one.
    pub async fn send(&self, letter: &Letter, id: &str) -> Result<(), Failure> {
        let Settings { server, from } = &*self.settings;
        let to = recipient(&letter.to)
            .ok_or_else(|| Failure::Permanent("the recipient's address is not a valid one".into()))?;
        let message = self.message(letter, to.clone(), id)?;
        // The name of this machine is often not valid on the internet, so use the sender's domain.
        let hello = ClientId::Domain(from.email.domain().to_owned());
        talk::deliver(server, &hello, &from.email, &to, &message).await
    }

    /// Connects and signs in as for a letter, and disconnects.
    pub async fn greet(&self) -> Result<(), Failure> {
        let Settings { server, from } = &*self.settings;
        talk::greet(server, &ClientId::Domain(from.email.domain().to_owned()), &from.email).await
    }

    fn message(&self, letter: &Letter, to: Address, id: &str) -> Result<Vec<u8>, Failure> {
        let from = &self.settings.from;
        let id = message_id(id, from.email.domain())
            .ok_or_else(|| Failure::Permanent("the id of the mail cannot be in a Message-ID".into()))?;
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let message = Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, to))
            .subject(plain::line(&letter.subject))
            .message_id(Some(id))
            .raw_header(HeaderValue::new(automatic, "auto-generated".into()))
            .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()));
        message
            .map(|message| message.formatted())
            .map_err(|error| Failure::Permanent(format!("the mail could not be put together: {error}")))
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Mailer").field("server", &self.settings.server).finish_non_exhaustive()
    }
}

impl Failure {
    pub fn text(&self) -> &str {
        match self {
            Failure::Permanent(text) | Failure::Transient(text) => text,
        }
    }
}

/// Parses the setting `mail-from`. The library is not used for this, because it requires quotes around `Acme,
/// Inc.`.
fn sender(from: &str) -> Result<Mailbox> {
    let (name, address) = match from.trim().strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
        Some((name, address)) => (plain::line(name.trim().trim_matches('"')), address),
        None => (String::new(), from),
    };
    let address = recipient(address.trim())
        .ok_or_else(|| Error::invalid("mail-from: must be `Name <address>`, the address in ASCII"))?;
    Ok(Mailbox::new(Some(name).filter(|name| !name.is_empty()), address))
}

/// An address that an SMTP command can contain unchanged: ASCII, because few servers accept more, and without
/// spaces.
fn recipient(address: &str) -> Option<Address> {
    let one_word = address.chars().all(|c| c.is_ascii_graphic() && c != '<' && c != '>');
    let parsed: Result<Address, AddressError> = address.parse();
    parsed.ok().filter(|_| one_word)
}

fn message_id(id: &str, host: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let atoms = id.len() <= 128 && id.split('.').all(|atom| !atom.is_empty() && atom.chars().all(fits));
    atoms.then(|| format!("<{id}@{host}>"))
}
