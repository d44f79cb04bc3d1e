//! Makes text written by people safe for letters in the server's name. A stranger can have an invitation sent
//! to any address, so the name of a workspace must not become a link or a header in it.
//!
//! Text that mail clients would show as a link is broken up visibly. Invisible characters would not work:
//! some clients ignore them, and spam filters suspect them. A dot inside a word becomes a middle dot, and a
//! colon after a letter gets a space: `https: //example·com`, `ada@example·com`, but `J. R. Smith` and
//! `10:30`.

const NAME: usize = 80;

/// A name for texts and headers: one line, at most 80 characters, and no text that a client shows as a link.
pub fn name(text: &str) -> String {
    let line = unlinked(&line(text));
    if line.is_empty() { "(without a name)".into() } else { cut(&line, NAME) }
}

/// One line without control characters, and without marks that hide or reverse text.
pub fn line(text: &str) -> String {
    let visible = text.chars().filter(|c| !hides(*c));
    let spaced: String = visible.map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text already is such a line.
pub fn is_plain(text: &str) -> bool {
    !text.is_empty() && line(text) == text
}

/// Cuts the text to a number of characters. The last one is `…` if some were removed.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{kept}…")
}

fn unlinked(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut before = ' ';
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let ends = rest.peek().is_none_or(|next| next.is_whitespace() || next.is_ascii_punctuation());
        let scheme = rest.peek().is_some_and(|next| {
            matches!(next, '/' | '\\' | '／') || before.is_alphabetic() && !next.is_whitespace()
        });
        match c {
            _ if dot(c) && !ends && !before.is_whitespace() => out.push('·'),
            ':' | '：' if scheme => out.push_str(": "),
            // Some clients show the names of shared folders as links.
            '\\' => out.push('/'),
            _ => out.push(c),
        }
        before = c;
    }
    out
}

/// The dot, and characters that browsers treat as one.
fn dot(c: char) -> bool {
    matches!(c, '.' | '。' | '．' | '｡' | '․')
}

/// Invisible marks. Joiners are kept, because emoji and the Persian and Indian scripts need them.
fn hides(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_short_line() {
        for (text, plain) in [
            ("  Acme\r\nBcc: eve\t\u{a0} &\u{0}Co ", "Acme Bcc: eve & Co"),
            ("a\u{2028}b\u{85}c", "a b c"),
            ("\u{202e}evil\u{200b}\u{feff}", "evil"),
            (" \n ", "(without a name)"),
            ("Grüße aus Zürich", "Grüße aus Zürich"),
            ("👩\u{200d}🌾 Hof", "👩\u{200d}🌾 Hof"),
        ] {
            assert_eq!(name(text), plain);
        }
        let long = name(&"ä".repeat(500));
        assert_eq!((long.chars().count(), long.chars().last()), (80, Some('…')));
        assert_eq!(name(&"ä".repeat(80)), "ä".repeat(80));
    }

    #[test]
    fn names_are_not_links() {
        for (text, plain) in [
            ("https://evil.example/login?x=1", "https: //evil·example/login?x=1"),
            ("s3://bucket", "s3: //bucket"),
            ("www.evil.example", "www·evil·example"),
            ("ada@example.com", "ada@example·com"),
            ("mailto:ada@example.com", "mailto: ada@example·com"),
            ("evil。example．com", "evil·example·com"),
            ("evil.\u{200d}example", "evil·\u{200d}example"),
            ("evil\u{200d}.example", "evil\u{200d}·example"),
            ("evil.\u{200b}example", "evil·example"),
            ("10.0.0.1", "10·0·0·1"),
            (r"\\evil\share", "//evil/share"),
            ("Acme Inc., Dr. J. R. Smith...", "Acme Inc., Dr. J. R. Smith..."),
            ("a..com", "a.·com"),
            ("Sales: North, 10:30", "Sales: North, 10:30"),
            (".NET", ".NET"),
        ] {
            assert_eq!(name(text), plain);
        }
    }
}
