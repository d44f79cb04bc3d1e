//! Recovery codes: ten of 80 random bits each. Each works once. They are too random to be guessed, so a plain hash is
//! stored.

use crate::app::App;
use crate::auth;
use crate::error::Result;

const CODES: usize = 10;
/// Letters and digits that nobody confuses: 32 of them, five bits each.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
const LENGTH: usize = 16;

/// New codes, in groups of four letters.
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

/// Capitals, blanks and hyphens do not matter.
pub fn hash(code: &str) -> String {
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    auth::hash(&letters.to_ascii_lowercase())
}

pub fn hashes(codes: &[String]) -> Vec<String> {
    codes.iter().map(|code| hash(code)).collect()
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
