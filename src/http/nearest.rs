//! Finds the known name that a caller most likely meant.

/// Longer names are not compared, which limits the cost.
const LONGEST: usize = 64;

/// The known name closest to `word`, if a typing error explains the difference. Case and separators do not count.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let word = bare(word);
    let most = (word.len() / 4).clamp(1, 3);
    let near = known.into_iter().filter_map(|name| {
        let other = bare(name);
        let possible = other.len().abs_diff(word.len()) <= most;
        let distance = possible.then(|| strsim::osa_distance(&word, &other)).filter(|far| *far <= most)?;
        Some((distance, name))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// ``; did you mean `name`?``, or nothing.
pub fn hint<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

fn bare(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ' | '.')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_error_finds_its_name_and_another_word_finds_none() {
        let known = ["visibility", "owned_by", "expires_at", "campaigns:read", "role"];
        for (word, name) in [
            ("visability", "visibility"),
            ("expire_at", "expires_at"),
            ("expiresAt", "expires_at"),
            ("Owned-By", "owned_by"),
            ("campaign:read", "campaigns:read"),
            ("rola", "role"),
        ] {
            assert_eq!(nearest(word, known), Some(name), "{word}");
        }
        for word in ["", "name", "status", "created_by", "visible", "sore", &"visibility".repeat(9)] {
            assert_eq!(nearest(word, known), None, "{word}");
        }
    }
}
