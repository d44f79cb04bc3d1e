//! The one repair. The form `"address": assigned_to: address`, directly under `sending_accounts:`, is not valid YAML,
//! because a line cannot have two keys. Such lines are common in published files, so they are read as
//! `"address": {assigned_to: address}`. A file is parsed as it is first, so no valid file changes its meaning.

use super::fault::Faults;
use super::yaml::{self, Node};

const SECTION: &str = "sending_accounts:";
const KEY: &str = " assigned_to:";

/// The document, and the lines that were repaired.
pub fn parse(source: &str) -> Result<(Node, Vec<usize>), Faults> {
    let strict = match yaml::parse(source) {
        Ok(node) => return Ok((node, vec![])),
        Err(faults) => faults,
    };
    let (text, lines) = repaired(source);
    match lines.is_empty() {
        true => Err(strict),
        false => Ok((yaml::parse(&text)?, lines)),
    }
}

/// What a plan and a report say about repaired lines.
pub fn note(lines: &[usize]) -> Option<(usize, String)> {
    let first = *lines.first()?;
    let last = lines.last().copied().unwrap_or(first);
    let together = last - first + 1 == lines.len();
    let (which, verb) = match (lines.len(), together) {
        (1, _) => (format!("line {first}"), "is"),
        (_, true) => (format!("lines {first} to {last}"), "are"),
        (_, false) => {
            let all: Vec<_> = lines.iter().map(usize::to_string).collect();
            (format!("lines {}", all.join(", ")), "are")
        }
    };
    Some((
        first,
        format!(
            "{which} {verb} not valid YAML; read as `{{assigned_to: ...}}`; `gatepost access fmt` rewrites the file"
        ),
    ))
}

/// The text with the lines rewritten. Columns before the value stay as they are.
fn repaired(source: &str) -> (String, Vec<usize>) {
    let (mut text, mut lines) = (String::with_capacity(source.len() + 64), Vec::new());
    let (mut inside, mut indent) = (false, None);
    for (number, line) in (1..).zip(source.split_inclusive('\n')) {
        let body = line.trim_end_matches(['\n', '\r']);
        let ending = line.get(body.len()..).unwrap_or_default();
        let depth = body.len() - body.trim_start_matches(' ').len();
        let blank = body.trim().is_empty() || body.trim_start().starts_with('#');
        if !blank && depth == 0 {
            inside = body.trim_end() == SECTION;
            indent = None;
        } else if !blank && inside {
            let own = *indent.get_or_insert(depth);
            if let Some(line) = (own == depth).then(|| rewritten(body)).flatten() {
                text.push_str(&line);
                text.push_str(ending);
                lines.push(number);
                continue;
            }
        }
        text.push_str(line);
    }
    (text, lines)
}

/// `KEY: {assigned_to: VALUE}` for `KEY: assigned_to: VALUE`, and nothing for any other line.
fn rewritten(line: &str) -> Option<String> {
    let start = line.len() - line.trim_start().len();
    let key_ends = match line.get(start..)?.strip_prefix('"') {
        Some(rest) => start + 1 + rest.find('"')? + 1,
        None => start + line.get(start..)?.find(':')?,
    };
    let after = line.get(key_ends..)?.strip_prefix(':')?;
    let value = after.strip_prefix(KEY)?;
    let simple = |letter: char| !letter.is_whitespace() && !"{}[],&*!|>%@`#'\":".contains(letter);
    let plain = |text: &str| !text.is_empty() && text.chars().all(|letter| simple(letter) || letter == '@');
    let (value, comment) = match value.find(" #") {
        Some(at) => (value.get(..at)?, value.get(at..)?),
        None => (value, ""),
    };
    let wanted = value.trim();
    let bare = wanted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(wanted);
    let key = line.get(..key_ends)?;
    let name = key.trim().trim_matches('"');
    (plain(bare) && plain(name)).then(|| format!("{key}: {{assigned_to: {wanted}}}{comment}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_form_is_rewritten() {
        let to = |line: &str| rewritten(line);
        assert_eq!(
            to("  \"a@x.example\": assigned_to: b@x.example").as_deref(),
            Some("  \"a@x.example\": {assigned_to: b@x.example}")
        );
        assert_eq!(
            to("  a@x.example: assigned_to: null # later").as_deref(),
            Some("  a@x.example: {assigned_to: null} # later")
        );
        for line in [
            "  a: assigned_to",
            "  a: assigned_to:",
            "  a: assigned_to: b: c",
            "  a: {assigned_to: b}",
            "  a: tags: [x]",
            "  a: assigned_to: [b]",
            "  \"a: assigned_to: b",
            "",
        ] {
            assert_eq!(to(line), None, "{line}");
        }
        let elsewhere = "members:\n  a@x.example: assigned_to: b@x.example\n";
        assert!(parse(elsewhere).is_err());
        let deeper = "sending_accounts:\n  x: {}\n    a@x.example: assigned_to: b@x.example\n";
        assert!(parse(deeper).is_err());
    }

    #[test]
    fn lines_are_named() {
        assert!(note(&[12, 13, 14]).unwrap().1.starts_with("lines 12 to 14 are not valid YAML"));
        assert!(note(&[12, 14]).unwrap().1.starts_with("lines 12, 14 are"));
        assert!(note(&[12]).unwrap().1.starts_with("line 12 is"));
        assert!(note(&[]).is_none());
    }
}
