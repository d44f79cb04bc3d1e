//! What stands between braces: a variable with its fallback and filters, and a condition.

use super::{Form, Wrong};

/// The longest name of a variable, in characters.
const LONGEST_NAME: usize = 200;
const MOST_FILTERS: usize = 8;
const MOST_TERMS: usize = 16;

#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    pub name: String,
    pub filters: Vec<Filter>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// The text that stands for a value that is not there or blank.
    Default(String),
    Upcase,
    Downcase,
    Capitalize,
}

/// Terms that are joined by one kind of word.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    pub all: bool,
    pub terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    pub name: String,
    pub test: Test,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// It has a value.
    Given,
    Equals(String),
    Differs(String),
    Contains(String),
}

impl Condition {
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().map(|term| term.name.as_str())
    }
}

/// Editors of HTML write some characters as references, also between braces.
pub fn plain(form: Form, text: &str) -> String {
    if form == Form::Header || !text.contains('&') {
        return text.replace('\u{a0}', " ");
    }
    let references = [
        ("&nbsp;", " "),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ];
    let text = references.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    text.replace('\u{a0}', " ")
}

/// `firstName`, `firstName|there` or `firstName | default: 'there' | capitalize`.
pub fn variable(text: &str) -> Result<Variable, Wrong> {
    let mut pieces = split(text, '|', true).into_iter();
    let name = name(pieces.next().unwrap_or_default())?;
    let filters = pieces.map(filter).collect::<Result<Vec<_>, _>>()?;
    if filters.len() > MOST_FILTERS {
        return Err(Wrong::new(format!("`{{{{{}}}}}` has more than {MOST_FILTERS} filters", shown(text))));
    }
    Ok(Variable { name, filters })
}

fn filter(text: &str) -> Result<Filter, Wrong> {
    let text = text.trim();
    let found = match text {
        "upcase" => Filter::Upcase,
        "downcase" => Filter::Downcase,
        "capitalize" => Filter::Capitalize,
        _ => {
            match text.strip_prefix("default").map(str::trim_start).and_then(|rest| rest.strip_prefix(':')) {
                Some(rest) => Filter::Default(quoted(rest).ok_or_else(|| {
                    Wrong::new(format!(
                        "`{}` must have a text in quotation marks after `default:`",
                        shown(text)
                    ))
                })?),
                None => Filter::Default(text.to_owned()),
            }
        }
    };
    Ok(found)
}

fn name(text: &str) -> Result<String, Wrong> {
    let name = text.trim();
    let odd = |c: char| c.is_control() || "{}|%<>\"'".contains(c);
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains(odd) {
        return Err(Wrong::new(format!("`{{{{{}}}}}` must begin with the name of a variable", shown(text))));
    }
    Ok(name.to_owned())
}

/// A text for a message.
pub fn shown(text: &str) -> String {
    let line: String = text.trim().chars().filter(|c| !c.is_control()).collect();
    if line.chars().count() > 60 { line.chars().take(60).chain("..".chars()).collect() } else { line }
}

/// `jobTitle == 'CEO' and city`. `and` and `or` cannot be mixed, because nobody remembers which binds first.
pub fn condition(text: &str) -> Result<Condition, Wrong> {
    let wrong = |why: &str| Wrong::new(format!("the condition `{}` {why}", shown(text)));
    let mut terms = Vec::new();
    let mut joint: Option<&str> = None;
    let mut words = words(text).into_iter().peekable();
    loop {
        let mut name: Vec<&str> = Vec::new();
        while let Some(word) = words.next_if(|word| !OPERATORS.contains(word) && !JOINTS.contains(word)) {
            name.push(word);
        }
        let name =
            self::name(&name.join(" ")).map_err(|_| wrong("must begin with the name of a variable"))?;
        let test = match words.next_if(|word| OPERATORS.contains(word)) {
            None => Test::Given,
            Some(operator) => {
                let text = words.next().and_then(quoted);
                let text = text.ok_or_else(|| wrong("must compare with a text in quotation marks"))?;
                match operator {
                    "==" => Test::Equals(text),
                    "!=" => Test::Differs(text),
                    _ => Test::Contains(text),
                }
            }
        };
        terms.push(Term { name, test });
        let Some(next) = words.next() else { break };
        if !JOINTS.contains(&next) || joint.is_some_and(|joint| joint != next) {
            return Err(wrong("must be joined by `and` only, or by `or` only"));
        }
        joint = Some(next);
    }
    if terms.len() > MOST_TERMS {
        return Err(wrong(&format!("has more than {MOST_TERMS} parts")));
    }
    Ok(Condition { all: joint != Some("or"), terms })
}

const OPERATORS: [&str; 3] = ["==", "!=", "contains"];
const JOINTS: [&str; 2] = ["and", "or"];

/// Words, operators and quoted texts.
fn words(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '\'' | '"' => {
                rest.char_indices().skip(1).find(|(_, c)| *c == first).map_or(rest.len(), |(at, _)| at + 1)
            }
            '=' | '!' if rest.get(1..2) == Some("=") => 2,
            _ => {
                let ends = |(_, c): &(usize, char)| c.is_whitespace() || "=!'\"".contains(*c);
                rest.char_indices().skip(1).find(ends).map_or(rest.len(), |(at, _)| at)
            }
        };
        let (word, after) = rest.split_at(end);
        found.push(word);
        rest = after.trim_start();
    }
    found
}

/// The text in quotation marks.
fn quoted(text: &str) -> Option<String> {
    let text = text.trim();
    let mark = text.chars().next().filter(|mark| ['\'', '"'].contains(mark))?;
    let inner = text.strip_prefix(mark)?.strip_suffix(mark)?;
    (!inner.contains(mark)).then(|| inner.to_owned())
}

/// The pieces between separators that are not in nested braces and, if asked, not in quotation marks.
pub fn split(text: &str, separator: char, marks: bool) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut depth, mut mark) = (0, 0_usize, None);
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match (mark, c) {
            (Some(open), _) if open == c => mark = None,
            (Some(_), _) => {}
            // An apostrophe within a word is not a quotation mark.
            (None, '\'' | '"') if marks && depth == 0 && (before.is_whitespace() || before == ':') => {
                mark = text.get(at + 1..).filter(|rest| rest.contains(c)).map(|_| c);
            }
            (None, '{') => depth += 1,
            (None, '}') => depth = depth.saturating_sub(1),
            (None, _) if c == separator && depth == 0 => {
                pieces.push(text.get(start..at).unwrap_or_default());
                start = at + c.len_utf8();
            }
            (None, _) => {}
        }
        before = c;
    }
    pieces.push(text.get(start..).unwrap_or_default());
    pieces
}
