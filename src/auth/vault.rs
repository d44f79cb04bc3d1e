//! Secrets that must be read again, such as the passwords of mail servers, encrypted at rest with
//! ChaCha20-Poly1305 (RFC 8439). Each workspace has its own key, derived from the server's key by HKDF (RFC
//! 5869). The record that a secret belongs to is authenticated with it, so a sealed text that is moved to
//! another record or workspace does not open. Each sealed text begins with the id of the server's key, so
//! that keys can be rotated.

use crate::error::{Error, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Prk, Salt};
use ring::hmac;
use uuid::Uuid;

/// Bytes of a key's id.
const ID: usize = 8;

#[derive(Clone)]
pub struct Vault {
    id: String,
    root: Prk,
}

impl Vault {
    /// `secret` must have the randomness of a key.
    pub fn new(secret: &[u8]) -> Vault {
        let id: String = super::hash(&BASE64.encode(secret)).chars().take(ID).collect();
        Vault { id, root: Salt::new(HKDF_SHA256, b"gatepost vault").extract(secret) }
    }

    /// `about` names the record and the use; opening needs the same value. `random` must be fresh.
    pub fn seal(&self, workspace: Uuid, about: &str, plain: &[u8], random: &[u8; 30]) -> Result<String> {
        let mut nonce = [0; NONCE_LEN];
        nonce.iter_mut().zip(random).for_each(|(to, from)| *to = *from);
        let mut sealed = plain.to_vec();
        let key = self.key(workspace)?;
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(about), &mut sealed)
            .map_err(|_| Error::internal("a secret could not be sealed"))?;
        Ok(format!("{}.{}", self.id, BASE64.encode([nonce.as_slice(), &sealed].concat())))
    }

    pub fn open(&self, workspace: Uuid, about: &str, sealed: &str) -> Result<Vec<u8>> {
        let failed = || Error::internal("a sealed secret could not be opened");
        let (id, text) = sealed.split_once('.').ok_or_else(failed)?;
        if id != self.id {
            return Err(Error::internal(format!("a secret was sealed with another key, `{id}`")));
        }
        let bytes = BASE64.decode(text).map_err(|_| failed())?;
        let (nonce, rest) = bytes.split_at_checked(NONCE_LEN).ok_or_else(failed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| failed())?;
        let mut rest = rest.to_vec();
        let plain = self.key(workspace)?.open_in_place(nonce, Aad::from(about), &mut rest);
        plain.map(|plain| plain.to_vec()).map_err(|_| failed())
    }

    /// A key for the MACs of a workspace's values. `use_of` names the use; another use has another key.
    pub fn macs(&self, workspace: Uuid, use_of: &str) -> Result<Macs> {
        let info = [b"mac".as_slice(), use_of.as_bytes(), workspace.as_bytes()];
        let key = self.root.expand(&info, hmac::HMAC_SHA256);
        let key = key.map_err(|_| Error::internal("no key could be derived"))?;
        Ok(Macs(hmac::Key::from(key)))
    }

    /// A key of the server for its own MACs, such as those of tokens in links. `use_of` names the use.
    pub fn signing(&self, use_of: &str) -> Result<hmac::Key> {
        let info = [b"signing".as_slice(), use_of.as_bytes()];
        let key = self.root.expand(&info, hmac::HMAC_SHA256);
        key.map(hmac::Key::from).map_err(|_| Error::internal("no key could be derived"))
    }

    fn key(&self, workspace: Uuid) -> Result<LessSafeKey> {
        let info = [b"workspace".as_slice(), workspace.as_bytes()];
        let key = self.root.expand(&info, &CHACHA20_POLY1305);
        let key = key.map_err(|_| Error::internal("no key could be derived"))?;
        Ok(LessSafeKey::new(UnboundKey::from(key)))
    }
}

/// Makes the MACs by which values can be found after they were erased.
pub struct Macs(hmac::Key);

/// Bytes of a MAC as it is stored: half of the hash (RFC 2104).
const MAC: usize = 16;

impl Macs {
    pub fn of(&self, value: &str) -> String {
        let whole = hmac::sign(&self.0, value.as_bytes());
        BASE64.encode(whole.as_ref().get(..MAC).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_in_its_place_alone() {
        let (vault, here, there) = (Vault::new(b"secret"), Uuid::from_u128(1), Uuid::from_u128(2));
        let sealed = vault.seal(here, "account/1", b"hunter2", &[7; 30]).unwrap();
        assert_eq!(vault.open(here, "account/1", &sealed).unwrap(), b"hunter2");
        assert!(!sealed.contains("hunter2") && sealed.len() > ID + 1 + (NONCE_LEN + 7 + 16) * 4 / 3);
        assert_ne!(sealed, vault.seal(here, "account/1", b"hunter2", &[8; 30]).unwrap());
        let last = if sealed.ends_with('A') { "B" } else { "A" };
        let bent = format!("{}{last}", &sealed[..sealed.len() - 1]);
        let cases = [(there, "account/1", &sealed), (here, "account/2", &sealed), (here, "account/1", &bent)];
        for (workspace, about, text) in cases {
            assert!(vault.open(workspace, about, text).is_err(), "{about} {text}");
        }
        assert!(Vault::new(b"other").open(here, "account/1", &sealed).is_err());
        for text in ["", ".", "x.y", &sealed[..12]] {
            assert!(vault.open(here, "account/1", text).is_err());
        }
    }

    #[test]
    fn a_mac_depends_on_the_key_the_workspace_and_the_use() {
        let (vault, here, there) = (Vault::new(b"secret"), Uuid::from_u128(1), Uuid::from_u128(2));
        let mac = |vault: &Vault, of, about| vault.macs(of, about).unwrap().of("jo@x.example");
        let own = mac(&vault, here, "suppression");
        assert_eq!((own.len(), &own), (22, &mac(&vault, here, "suppression")));
        assert_ne!(own, mac(&vault, there, "suppression"));
        assert_ne!(own, mac(&vault, here, "other"));
        assert_ne!(own, mac(&Vault::new(b"other"), here, "suppression"));
        assert_ne!(own, vault.macs(here, "suppression").unwrap().of("jo@y.example"));
    }
}
