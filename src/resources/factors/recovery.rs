//! Recovery codes: ten, of 80 random bits each, stored as hashes, good for once. They are too random to be guessed, so
//! a plain hash will do.

use super::{RecoveryCodes, confirm, store};
use crate::access::{Can, factors::Recovery};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::auth;
use crate::error::{Error, Result};
use crate::http::{Json, Nothing};
use crate::mail::letters::Notice;
use serde_json::json;
use uuid::Uuid;

const CODES: usize = 10;
/// Letters and digits that are not taken for one another: 32 of them, five bits each.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
const LENGTH: usize = 16;

/// Fresh ones, in groups of four.
pub fn fresh(app: &App) -> Result<Vec<String>> {
    let code = |_| {
        let random = app.random()?;
        let letter =
            |byte: &u8| LETTERS.get(usize::from(byte % 32)).map_or('a', |letter| char::from(*letter));
        let letters: Vec<char> = random.iter().take(LENGTH).map(letter).collect();
        let groups = letters.chunks(4).map(|group| group.iter().collect::<String>());
        Ok(groups.collect::<Vec<_>>().join("-"))
    };
    (0..CODES).map(code).collect()
}

/// However it is typed: capitals, blanks and hyphens do not matter.
pub fn hash(code: &str) -> String {
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    auth::hash(&letters.to_ascii_lowercase())
}

pub async fn renew(can: Can<Recovery>, _: Nothing) -> Result<Json<RecoveryCodes>> {
    let codes = fresh(can.app())?;
    let made = can.write(async move |can, tx| {
        let user = whose(can.user())?;
        if store::kinds(&mut *tx, user).await?.is_empty() {
            return Err(Error::Conflict(
                "recovery codes come with a second factor: enrol one first".to_owned(),
            ));
        }
        store::replace_codes(tx, user, &codes).await?;
        confirm::tell(can, tx, Notice::RecoveryCodes).await?;
        let answer = RecoveryCodes { recovery_codes: codes.clone() };
        Ok(Change::new(Subject::new("user", user), (), json!({ "codes": codes.len() }), answer))
    });
    made.await.map(Json)
}

pub fn whose(user: Option<Uuid>) -> Result<Uuid> {
    user.ok_or_else(|| Error::internal("a session without a user"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        let typed = ["abcd-efgh-jkmn-pqrs", "ABCDEFGHJKMNPQRS", " abcd efgh jkmn pqrs "];
        let mut hashes = typed.map(super::hash).to_vec();
        hashes.dedup();
        assert_eq!(hashes.len(), 1);
        assert_ne!(super::hash("abcd-efgh-jkmn-pqrt"), hashes[0]);
    }
}
