//! Texts of the document as HTML.

/// Escapes a text, so that it is safe anywhere in a page.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// One line in which backticks mark code. The descriptions use no other markup.
pub fn line(text: &str) -> String {
    let parts: Vec<_> = text.split('`').collect();
    let even = parts.len() % 2 == 0; // the last backtick has no partner
    let mut out = String::new();
    for (n, part) in parts.iter().enumerate() {
        let is_code = n % 2 == 1 && !(even && n + 1 == parts.len());
        match is_code {
            true => out.push_str(&format!("<code>{}</code>", escaped(part))),
            false => out.push_str(&escaped(part)),
        }
    }
    out
}

/// Paragraphs, which are separated by empty lines.
pub fn paragraphs(text: &str) -> String {
    text.split("\n\n")
        .filter(|part| !part.trim().is_empty())
        .map(|part| format!("<p>{}</p>", line(part)))
        .collect()
}

/// `lead_lists` as `Lead lists`.
pub fn title(name: &str) -> String {
    let words = name.replace('_', " ").replace("api ", "API ");
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backticks_mark_code_and_all_else_is_escaped() {
        assert_eq!(line("a `b<c` & `d"), "a <code>b&lt;c</code> &amp; d");
        assert_eq!(paragraphs("one\n\n`two`"), "<p>one</p><p><code>two</code></p>");
        assert_eq!(title("api_keys"), "API keys");
    }
}
