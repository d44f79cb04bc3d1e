//! The links of a mail. Links with a scheme that a mail does not need are emptied, because a value of a lead can be the
//! beginning of a link. If clicks are tracked, links lead through this server.

use super::markup::{attributes, escaped};

/// Attributes that name a resource.
const NAMES: [&str; 6] = ["href", "src", "action", "formaction", "background", "poster"];
/// Schemes of links in mails.
const SCHEMES: [&str; 6] = ["http", "https", "mailto", "tel", "sms", "cid"];
/// The most links of a mail that are tracked.
const MOST: usize = 500;

/// The HTML without links such as `javascript:`.
pub fn harmless(html: &str) -> String {
    replaced(html, |attribute, target| {
        let image = attribute.1 == "src"
            && target.get(..11).is_some_and(|start| start.eq_ignore_ascii_case("data:image/"));
        let known = scheme(target).is_none_or(|scheme| SCHEMES.contains(&&*scheme));
        (!known && !image).then(String::new)
    })
}

/// The HTML with the links that `link` returns, and the targets that they stand for. `link` gets the number of the target.
/// Links to `not` stay.
pub fn tracked(
    html: &str,
    not: Option<&str>,
    mut link: impl FnMut(usize) -> String,
) -> (String, Vec<String>) {
    let mut targets: Vec<String> = Vec::new();
    let html = replaced(html, |(tag, name), target| {
        let web = scheme(target).is_some_and(|scheme| scheme == "http" || scheme == "https");
        let link_of_text = *name == "href" && (*tag == "a" || *tag == "area");
        if !web || !link_of_text || not == Some(target) || targets.len() >= MOST {
            return None;
        }
        targets.push(target.to_owned());
        Some(link(targets.len() - 1))
    });
    (html, targets)
}

/// The HTML with an image that a mail program loads when it shows the mail.
pub fn with_pixel(html: &str, url: &str) -> String {
    let pixel = format!("<img src=\"{}\" width=\"1\" height=\"1\" alt=\"\">", escaped(url));
    let end = html.to_ascii_lowercase().rfind("</body").unwrap_or(html.len());
    let (before, after) = html.split_at_checked(end).unwrap_or((html, ""));
    format!("{before}{pixel}{after}")
}

/// Replaces values of attributes that name a resource. `replace` gets the tag and the name, and the target.
fn replaced(html: &str, mut replace: impl FnMut(&(&str, &str), &str) -> Option<String>) -> String {
    let (mut text, mut from) = (String::with_capacity(html.len()), 0);
    for attribute in attributes(html) {
        if !NAMES.contains(&&*attribute.name) {
            continue;
        }
        let Some(value) = html.get(attribute.value.clone()) else { continue };
        let Some(new) = replace(&(&attribute.tag, &attribute.name), decoded(value).trim()) else { continue };
        text.push_str(html.get(from..attribute.value.start).unwrap_or_default());
        let quoted = html.get(..attribute.value.start).is_some_and(|before| before.ends_with(['"', '\'']));
        let new = escaped(&new);
        text.push_str(&if quoted { new } else { format!("\"{new}\"") });
        from = attribute.value.end;
    }
    text.push_str(html.get(from..).unwrap_or_default());
    text
}

/// What stands before the first colon, as a browser reads it.
fn scheme(target: &str) -> Option<String> {
    let plain: String = target.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let end = plain.find([':', '/', '?', '#'])?;
    let (before, after) = plain.split_at(end);
    after.starts_with(':').then(|| before.to_ascii_lowercase())
}

/// A value of an attribute without references.
pub fn decoded(value: &str) -> String {
    let (mut text, mut rest) = (String::with_capacity(value.len()), value);
    while let Some(at) = rest.find('&') {
        let (before, reference) = rest.split_at(at);
        text.push_str(before);
        match one(reference) {
            Some((c, length)) => {
                text.push(c);
                rest = reference.get(length..).unwrap_or_default();
            }
            None => {
                text.push('&');
                rest = reference.get(1..).unwrap_or_default();
            }
        }
    }
    text.push_str(rest);
    text
}

/// A reference at the beginning of a text, and its length.
fn one(text: &str) -> Option<(char, usize)> {
    let named = [
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&quot;", '"'),
        ("&apos;", '\''),
        ("&colon;", ':'),
        ("&Tab;", '\t'),
        ("&NewLine;", '\n'),
        ("&sol;", '/'),
    ];
    if let Some((name, c)) = named.iter().find(|(name, _)| text.starts_with(name)) {
        return Some((*c, name.len()));
    }
    let digits = text.strip_prefix("&#")?;
    let (digits, radix) = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (digits, 10),
    };
    let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    let number = u32::from_str_radix(digits.get(..end)?, radix).ok()?;
    let semicolon = digits.get(end..).is_some_and(|rest| rest.starts_with(';'));
    let length = text.len() - digits.len() + end + usize::from(semicolon);
    Some((char::from_u32(number)?, length))
}
