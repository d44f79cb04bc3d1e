//! The `Message-ID` of a step. It depends only on ids and a key of the server, so that it is the same after a retry, a
//! restart and a restored backup.

use ring::hmac;
use uuid::Uuid;

const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Of the name before the `@`: 130 bits.
const LENGTH: usize = 26;

/// A step that a lead gets: of a campaign or of a subsequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub workspace: Uuid,
    pub lead: Uuid,
    pub sequence: Uuid,
    pub step: u64,
}

/// With its angle brackets. `sender` is the address of the account.
pub fn message_id(key: &hmac::Key, place: Place, sender: &str) -> String {
    let Place { workspace, lead, sequence, step } = place;
    let ids = [workspace.as_bytes().as_slice(), lead.as_bytes(), sequence.as_bytes(), &step.to_be_bytes()];
    let name: String = base32(hmac::sign(key, &ids.concat()).as_ref()).take(LENGTH).collect();
    let domain = sender.rsplit_once('@').map_or("", |(_, domain)| domain);
    let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '-' || *c == '.';
    let domain: String = domain.chars().filter(plain).collect();
    let domain = if domain.is_empty() { "localhost" } else { &domain };
    format!("<{name}@{domain}>")
}

/// RFC 4648 in lower case, without padding.
fn base32(bytes: &[u8]) -> impl Iterator<Item = char> {
    (0..bytes.len() * 8 / 5).map(|place| {
        let bits = (place * 5..place * 5 + 5).fold(0_usize, |bits, bit| {
            let byte = bytes.get(bit / 8).copied().unwrap_or_default();
            bits << 1 | usize::from(byte >> (7 - bit % 8) & 1)
        });
        LETTERS.get(bits).copied().map_or('a', char::from)
    })
}
