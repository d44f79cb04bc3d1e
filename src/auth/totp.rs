//! Codes of authenticator apps: RFC 6238 with the parameters that every app supports, SHA-1, six digits and
//! 30 seconds. The app's clock can be one step early or late.

use crate::error::{Error, Result};
use crate::time::Time;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// The secret that an app and the server share: 160 bits, as RFC 4226 recommends.
pub struct Seed([u8; LENGTH]);

const LENGTH: usize = 20;

impl Seed {
    /// `random` must be fresh.
    pub fn new(random: &[u8; 30]) -> Seed {
        let mut seed = [0; LENGTH];
        seed.iter_mut().zip(random).for_each(|(to, from)| *to = *from);
        Seed(seed)
    }

    /// Rebuilds the secret from its decrypted bytes.
    pub fn of(bytes: &[u8]) -> Result<Seed> {
        bytes.try_into().map(Seed).map_err(|_| Error::internal("a seed of another length"))
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The form that a person types into an app.
    pub fn base32(&self) -> String {
        Secret::new_stack(self.0).to_base32()
    }

    /// The URL in the QR code.
    pub fn url(&self, issuer: &str, account: &str) -> String {
        let [issuer, account] = [issuer, account].map(|text| utf8_percent_encode(text, NON_ALPHANUMERIC));
        format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}", self.base32())
    }

    /// The step of this code, if it is the current one, the previous one or the next. The caller must ensure
    /// that each step counts only once.
    pub fn step(&self, code: &str, now: Time) -> Result<Option<i64>> {
        let step = self.totp()?.check(code, u64::try_from(now.0 / 1000).unwrap_or(0));
        Ok(step.and_then(|step| i64::try_from(step).ok()))
    }

    fn totp(&self) -> Result<Totp> {
        let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30);
        let built = builder.with_skew(1).with_secret(Secret::new_stack(self.0)).build();
        built.map_err(|error| Error::internal(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the secret is the digits 1 to 0 twice. The RFC's codes have eight digits; an app
    /// shows the last six.
    const VECTORS: [(i64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];

    #[test]
    fn the_codes_of_the_standard_count_in_their_step_and_its_neighbours() {
        let seed = Seed::of(b"12345678901234567890").unwrap();
        for (seconds, code) in VECTORS {
            let at = |seconds: i64| seed.step(code, Time(seconds * 1000)).unwrap();
            for near in [seconds - 30, seconds, seconds + 30] {
                assert_eq!(at(near), Some(seconds / 30), "{code} at {near}");
            }
            for far in [seconds - 61, seconds + 61] {
                assert_eq!(at(far.max(0)).filter(|_| far > 0), None, "{code} at {far}");
            }
        }
        for wrong in ["", "28708", "2870822", "28708x", "１２３４５６", "287 082 "] {
            assert_eq!(seed.step(wrong, Time(2_000_000_000_000)).unwrap(), None, "{wrong}");
        }
    }

    #[test]
    fn an_app_can_read_it() {
        let seed = Seed::of(b"12345678901234567890").unwrap();
        let url = seed.url("gate post.example", "jo@acme.example");
        assert_eq!(seed.base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(
            url.starts_with("otpauth://totp/gate%20post%2Eexample:jo%40acme%2Eexample?secret=GEZ"),
            "{url}"
        );
        assert!(Seed::of(b"short").is_err());
    }
}
