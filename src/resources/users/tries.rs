//! The limits on tries at a person's secrets: what a try counts for.
//!
//! Nobody can lock another person out. A try counts for the address that it comes from, and for the account only if the
//! device is unknown. A person who has signed in on a device before has tries of their own there.

use crate::access::Caller;
use crate::access::tries::Limit;
use crate::auth;
use crate::http::{Locality, Origin};

const QUARTER: i64 = 15 * 60 * 1000;
const HOUR: i64 = 60 * 60 * 1000;
/// Tries from one address or with one device in 15 minutes.
const CLOSE: i64 = 10;
/// Tries from everywhere without a known device in an hour.
const ALL: i64 = 100;

/// What a try at a secret of `about` counts for. `known` is the cookie of a device that the person has used before.
pub fn tries(about: &str, origin: &Origin, known: Option<&str>) -> Vec<Limit> {
    match known {
        Some(cookie) => tries_of_one(&format!("device {about} {cookie}")),
        None => {
            let address = format!("address {about} {}", Locality::of(origin.address));
            [tries_of_one(&address), shared_tries(about)].concat()
        }
    }
}

/// A limit of a few tries, which tries under other names do not use up.
pub fn tries_of_one(name: &str) -> Vec<Limit> {
    vec![Limit { name: auth::hash(name), most: CLOSE, window: QUARTER }]
}

/// The limits on tries of a caller with a session or a key, which count only for that credential.
pub fn tries_in_person(about: &str, can: &Caller) -> Vec<Limit> {
    let credential = can.session().map(|session| session.id).or(can.key());
    tries(about, can.origin(), credential.map(|id| id.to_string()).as_deref())
}

/// The limit on tries without a known device, shared by all callers.
pub fn shared_tries(about: &str) -> Vec<Limit> {
    vec![Limit { name: auth::hash(&format!("all {about}")), most: ALL, window: HOUR }]
}

/// The secret that somebody tries who signs in with this address.
pub fn password_of(email: &str) -> String {
    format!("password of {email}")
}
