//! The mails that the server sends in its own name, invitations and notices, and nothing else: what goes to leads is
//! not its business. A queue outside keeps each letter and calls `send` until it is accepted or refused for good.
//! Nothing is kept here, so that a crash loses nothing; a letter that goes out twice has the same Message-ID twice.

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

/// How mail leaves. A clone is another handle on the same settings.
#[derive(Clone)]
pub struct Mailer {
    settings: Arc<Settings>,
}

struct Settings {
    server: Server,
    from: Mailbox,
}

/// One mail to one person, complete. The link in it may be a secret: what keeps it keeps it sealed.
#[derive(Clone, Serialize, Deserialize)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Why a letter did not leave, in words for the operator's log: at most 200 characters, without the address of the
/// recipient and without credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It will never be taken as it is, most likely for the recipient's address.
    Permanent(String),
    /// It may be taken later, by itself or after the operator mended something.
    Transient(String),
}

impl Mailer {
    /// `url` is `smtp://user:password@host:587`, which demands STARTTLS, or `smtps://user:password@host:465`, which is
    /// TLS from the first byte. User and password may be left out; in them, `%40` stands for `@` and so on. Without
    /// TLS is what says `?tls=none`, and a server on this machine unless it says `?tls=required`; the port is then 25
    /// by default. Certificates are checked against those that the system trusts.
    ///
    /// `from` is `Name <address>`, or an address alone.
    ///
    /// Errors begin with `smtp-url: ` or `mail-from: ` and repeat nothing of what is in the URL.
    pub fn new(url: &str, from: &str) -> Result<Mailer> {
        let settings = Settings { server: Server::of(url)?, from: sender(from)? };
        Ok(Mailer { settings: Arc::new(settings) })
    }

    /// Says whether the server has taken the letter. `id` is the left part of its Message-ID and must be the same each
    /// time the letter is sent, so that a mail sent twice after a crash can be recognised as one.
    pub async fn send(&self, letter: &Letter, id: &str) -> Result<(), Failure> {
        let Settings { server, from } = &*self.settings;
        let to = recipient(&letter.to)
            .ok_or_else(|| Failure::Permanent("the recipient's address is not a valid one".into()))?;
        let message = self.message(letter, to.clone(), id)?;
        // The name of this machine is often no name of the Internet; the sender's domain is one.
        let hello = ClientId::Domain(from.email.domain().to_owned());
        talk::deliver(server, &hello, &from.email, &to, &message).await
    }

    /// Connects and signs in as for a letter, and leaves again.
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

/// The setting `mail-from`. Taken apart here and not by the library, which wants quotes around `Acme, Inc.`.
fn sender(from: &str) -> Result<Mailbox> {
    let (name, address) = match from.trim().strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
        Some((name, address)) => (plain::line(name.trim().trim_matches('"')), address),
        None => (String::new(), from),
    };
    let address = recipient(address.trim())
        .ok_or_else(|| Error::invalid("mail-from: must be `Name <address>`, the address in ASCII"))?;
    Ok(Mailbox::new(Some(name).filter(|name| !name.is_empty()), address))
}

/// An address that can stand in a command of SMTP as it is: in ASCII, for few servers take others, and in one word.
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
