//! The tokens in the links of a mail. A token names the send and what the link is for. Its MAC shows that this server
//! made it. The target of a link is not in the token: the server looks it up.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::hmac;
use uuid::Uuid;

const ID: usize = 16;
/// Bytes of the MAC.
const MAC: usize = 10;
/// The longest token, in bytes: with a kind and the number of a link.
const LONGEST: usize = ID + 3 + MAC;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Unsubscribe,
    /// The image that a mail program loads.
    Open,
    /// The link with this number.
    Click(u16),
}

impl Kind {
    fn bytes(self) -> Vec<u8> {
        match self {
            Kind::Unsubscribe => vec![],
            Kind::Open => vec![b'o'],
            Kind::Click(link) => {
                let [high, low] = link.to_be_bytes();
                vec![b'c', high, low]
            }
        }
    }

    fn read(bytes: &[u8]) -> Option<Kind> {
        match bytes {
            [] => Some(Kind::Unsubscribe),
            [b'o'] => Some(Kind::Open),
            [b'c', high, low] => Some(Kind::Click(u16::from_be_bytes([*high, *low]))),
            _ => None,
        }
    }
}

pub fn token(key: &hmac::Key, send: Uuid, kind: Kind) -> String {
    let body = [send.as_bytes().as_slice(), &kind.bytes()].concat();
    let mac = hmac::sign(key, &body);
    BASE64.encode([&body, mac.as_ref().get(..MAC).unwrap_or_default()].concat())
}

/// `None`: this server has not made the token. All such tokens look alike to the caller.
pub fn read(key: &hmac::Key, token: &str) -> Option<(Uuid, Kind)> {
    // Longer texts are not decoded.
    let bytes = BASE64.decode(Some(token).filter(|token| token.len() <= LONGEST * 4 / 3 + 1)?).ok()?;
    let (body, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC)?)?;
    let (id, rest) = body.split_at_checked(ID)?;
    let send = Uuid::from_slice(id).ok()?;
    let kind = Kind::read(rest)?;
    let ours = hmac::sign(key, body);
    let same = ours.as_ref().iter().zip(mac).fold(0, |odd, (ours, theirs)| odd | (ours ^ theirs)) == 0;
    same.then_some((send, kind))
}
