//! The findings about keys in words.

use super::Finding;

impl Finding {
    /// A few words for the badge in the list.
    pub fn words(&self) -> String {
        match self {
            Finding::Everything => "every scope".to_owned(),
            Finding::ChangesEverything => "can change everything".to_owned(),
            Finding::UnusedScopes { unused, of } => format!("{unused} of {of} scopes not used"),
            Finding::NoExpiry => "never expires".to_owned(),
            Finding::ExpiresSoon(_) => "expires soon".to_owned(),
            Finding::Expired(_) => "has expired".to_owned(),
            Finding::NeverUsed => "never used".to_owned(),
            Finding::Stale(_) => "not used for 90 days".to_owned(),
            Finding::NoAddressList => "works from any address".to_owned(),
            Finding::MakerGone => "maker has left".to_owned(),
            Finding::MakerLowered => "maker now has a lower role".to_owned(),
            Finding::OldKeyStillUsed { .. } => "replaced, but still used".to_owned(),
        }
    }

    pub fn sentence(&self) -> String {
        match self {
            Finding::Everything => {
                "This key has every scope. Rotate it, and choose the scopes that its program needs.".to_owned()
            }
            Finding::ChangesEverything => {
                "This key can change every kind of record. Rotate it, and choose the scopes that its program needs."
                    .to_owned()
            }
            Finding::UnusedScopes { unused, of } => format!(
                "{unused} of its {of} scopes {} not used in the last 30 days. Rotate it without the scopes that its \
                 program does not need.",
                if *unused == 1 { "was" } else { "were" }
            ),
            Finding::NoExpiry => {
                "This key never expires. Create a key with an expiry for its program, and revoke this one."
                    .to_owned()
            }
            Finding::ExpiresSoon(at) => {
                format!("This key expires on {}. Create a new key for its program before that day.", at.day())
            }
            Finding::Expired(at) => {
                format!("This key expired on {}. Revoke it to remove it from this list.", at.day())
            }
            Finding::NeverUsed => {
                "This key was never used. Revoke it if no program needs it.".to_owned()
            }
            Finding::Stale(at) => format!(
                "This key was last used on {}. Revoke it if no program needs it.",
                at.day()
            ),
            Finding::NoAddressList => {
                "This key works from any address. If its program has a fixed address, create a key that works only from \
                 there."
                    .to_owned()
            }
            Finding::MakerGone => {
                "The member who made this key has left. Rotate it, because that person might still have it."
                    .to_owned()
            }
            Finding::MakerLowered => {
                "The member who made this key now has a lower role, but the key still has their former rights. Revoke it, or \
                 rotate it."
                    .to_owned()
            }
            Finding::OldKeyStillUsed { at, from } => {
                let place = from.as_ref().map_or_else(String::new, |from| format!(" from {from}"));
                format!(
                    "Another key replaced this one, but a program used this one{place} on {}. Give the new key to that \
                     program.",
                    at.day()
                )
            }
        }
    }
}
