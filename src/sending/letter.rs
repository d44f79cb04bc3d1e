//! The bytes of a mail. They depend only on the values here, so that a mail that was deferred leaves with the same bytes.

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, Message, MultiPart, SinglePart};

use super::template::line;
use crate::error::{Error, Result};
use crate::time::Time;

/// References that a mail names at most. The first stays, because it is the thread.
const MOST_REFERENCES: usize = 20;

/// The longest word of a subject or a name, in characters. A longer one is cut into words.
const LONGEST_WORD: usize = 200;

#[derive(Clone, Debug)]
pub struct Letter<'a> {
    /// The name and the address of the account.
    pub from: (&'a str, &'a str),
    pub reply_to: Option<&'a str>,
    pub to: &'a str,
    pub cc: &'a [String],
    pub bcc: &'a [String],
    pub subject: &'a str,
    /// Without it the mail is plain text.
    pub html: Option<&'a str>,
    pub text: &'a str,
    pub message_id: &'a str,
    /// The Message-IDs of the thread, oldest first. The mail answers the last one.
    pub thread: &'a [String],
    pub date: Time,
    pub unsubscribe: Option<Unsubscribe<'a>>,
    /// The id of the send. Servers that replace the Message-ID keep this header.
    pub send: &'a str,
}

#[derive(Clone, Copy, Debug)]
pub struct Unsubscribe<'a> {
    /// Only with `https`: mail programs post to it (RFC 8058).
    pub url: Option<&'a str>,
    /// The token that the subject of an answer has.
    pub token: &'a str,
}

/// A mail that can leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    pub bytes: Vec<u8>,
    /// The first is the lead. A copy that is refused does not keep the mail.
    pub recipients: Vec<String>,
}

impl Letter<'_> {
    pub fn build(&self) -> Result<Built> {
        let (name, address) = self.from;
        let mut message = Message::builder()
            .from(mailbox(Some(name), address)?)
            .to(mailbox(None, self.to)?)
            .subject(broken(&line(self.subject)))
            .message_id(Some(line(self.message_id)))
            .date(
                std::time::UNIX_EPOCH
                    + std::time::Duration::from_millis(self.date.0.try_into().unwrap_or_default()),
            )
            .raw_header(header("X-Gatepost-Id", self.send));
        for address in self.cc {
            message = message.cc(mailbox(None, address)?);
        }
        if let Some(address) = self.reply_to {
            message = message.reply_to(mailbox(None, address)?);
        }
        if let Some(last) = self.thread.last() {
            message = message.in_reply_to(line(last)).references(line(&self.references().join(" ")));
        }
        if let Some(unsubscribe) = self.unsubscribe {
            let mailto = format!("<mailto:{address}?subject=unsubscribe-{}>", unsubscribe.token);
            let whole = unsubscribe.url.map_or(mailto.clone(), |url| format!("<{url}>, {mailto}"));
            message = message.raw_header(header("List-Unsubscribe", &whole));
            if unsubscribe.url.is_some() {
                message = message.raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
            }
        }
        let text = part(ContentType::TEXT_PLAIN, self.text)?;
        let message = match self.html {
            None => message.singlepart(text),
            Some(html) => {
                let parts = MultiPart::alternative().boundary(self.boundary());
                message.multipart(parts.singlepart(text).singlepart(part(ContentType::TEXT_HTML, html)?))
            }
        };
        let bytes = message.map_err(Error::internal)?.formatted();
        let copies = self.cc.iter().chain(self.bcc).cloned();
        Ok(Built { bytes, recipients: std::iter::once(self.to.to_owned()).chain(copies).collect() })
    }

    fn references(&self) -> Vec<&str> {
        let all: Vec<&str> = self.thread.iter().map(String::as_str).collect();
        match all.split_first() {
            Some((first, rest)) if rest.len() >= MOST_REFERENCES => {
                let last = rest.iter().skip(rest.len() + 1 - MOST_REFERENCES);
                std::iter::once(first).chain(last).copied().collect()
            }
            Some(_) | None => all,
        }
    }

    /// A boundary that cannot be guessed from the text, and is the same at each try.
    fn boundary(&self) -> String {
        let hash = crate::auth::hash(&format!("boundary {} {}", self.message_id, self.send));
        format!("=_{}", hash.get(..32).unwrap_or_default())
    }
}

/// Quoted-printable keeps lines short, and encodes what a mail server could take for the end of the mail.
fn part(kind: ContentType, text: &str) -> Result<SinglePart> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
    let body = Body::new_with_encoding(text, ContentTransferEncoding::QuotedPrintable);
    let body = body.map_err(|_| Error::internal("a text could not be encoded"))?;
    Ok(SinglePart::builder().content_type(kind).body(body))
}

fn mailbox(name: Option<&str>, address: &str) -> Result<Mailbox> {
    let name = name.map(|name| broken(&line(name))).filter(|name| !name.is_empty());
    let address = address.parse().map_err(|_| Error::internal("an address could not be read"))?;
    Ok(Mailbox::new(name, address))
}

/// A header can be folded only at a space, and a line of a mail has at most 998 bytes.
fn broken(text: &str) -> String {
    let pieces = text.split(' ').flat_map(|word| {
        let letters: Vec<char> = word.chars().collect();
        letters.chunks(LONGEST_WORD).map(|piece| piece.iter().collect::<String>()).collect::<Vec<_>>()
    });
    pieces.collect::<Vec<_>>().join(" ")
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), line(value))
}
