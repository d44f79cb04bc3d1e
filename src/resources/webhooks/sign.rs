//! The headers of Standard Webhooks (standardwebhooks.com), by which a receiver knows that a delivery is genuine and recent.

use crate::error::{Error, Result};
use crate::time::Time;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::hmac;

pub const ID: &str = "webhook-id";
pub const TIMESTAMP: &str = "webhook-timestamp";
pub const SIGNATURE: &str = "webhook-signature";

/// Adds the three headers. Each key makes a signature.
pub fn sign(headers: &mut HeaderMap, keys: &[Vec<u8>], id: &str, now: Time, body: &[u8]) -> Result<()> {
    let seconds = now.0.div_euclid(1000).to_string();
    let signed = [id.as_bytes(), b".", seconds.as_bytes(), b".", body].concat();
    let signature = |key: &Vec<u8>| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key);
        format!("v1,{}", BASE64.encode(hmac::sign(&key, &signed)))
    };
    let all: Vec<String> = keys.iter().map(signature).collect();
    for (name, value) in [(ID, id.to_owned()), (TIMESTAMP, seconds), (SIGNATURE, all.join(" "))] {
        let value = HeaderValue::from_str(&value).map_err(Error::internal)?;
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let key = BASE64.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let mut headers = HeaderMap::new();
        let (id, now) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", Time(1_614_265_330_000));
        sign(&mut headers, &[key], id, now, b"{\"test\": 2432232314}").unwrap();
        assert_eq!(headers[SIGNATURE], "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(
            (&headers[ID], &headers[TIMESTAMP]),
            (&id.parse().unwrap(), &"1614265330".parse().unwrap())
        );
    }
}
