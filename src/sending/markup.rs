//! Where tags and attributes are in HTML. It follows the states of the tokenizer of the HTML standard (13.2.5) closely
//! enough to know, at each character, whether it is text. The tests compare it with html5ever.

use std::ops::Range;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    TagOpen,
    EndTagOpen,
    TagName,
    BeforeName,
    Name,
    AfterName,
    BeforeValue,
    Double,
    Single,
    Unquoted,
    AfterValue,
    SelfClosing,
    Declaration,
    Comment,
    /// Up to the next `>`.
    Bogus,
    /// The text of an element such as `script`.
    Raw,
}

/// Where a value of a user would stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    Text,
    /// In the value of this attribute, between quotation marks.
    Quoted(&'a str),
    /// In a tag, a comment, a script or a style.
    Inside,
}

/// Reads HTML, character by character.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanner {
    state: State,
    closing: bool,
    /// The name of the tag, in lower case. In `Raw`: of the element.
    tag: String,
    attribute: String,
    /// In comments, declarations and raw text: the last characters.
    last: String,
}

/// Elements whose text has no tags.
const RAW: [&str; 9] =
    ["script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext", "textarea", "title"];
/// Names are compared with short ones only.
const LONGEST: usize = 32;

impl Scanner {
    pub fn place(&self) -> Place<'_> {
        match self.state {
            State::Text => Place::Text,
            State::Double | State::Single => Place::Quoted(&self.attribute),
            State::TagOpen
            | State::EndTagOpen
            | State::TagName
            | State::BeforeName
            | State::Name
            | State::AfterName
            | State::BeforeValue
            | State::Unquoted
            | State::AfterValue
            | State::SelfClosing
            | State::Declaration
            | State::Comment
            | State::Bogus
            | State::Raw => Place::Inside,
        }
    }

    /// Whether a text after this one has the same meaning as after the other.
    pub fn agrees(&self, other: &Scanner) -> bool {
        self.state == other.state && (self.state == State::Text || self == other)
    }

    /// In the text of a script, whose end depends on what it says.
    pub fn is_script(&self) -> bool {
        self.state == State::Raw && self.tag == "script"
    }

    pub fn feed(&mut self, c: char) {
        self.state = match (self.state, c) {
            (State::Text, '<') => State::TagOpen,
            (State::Text, _) => State::Text,
            (State::TagOpen, '/') => State::EndTagOpen,
            (State::TagOpen, '!') => {
                self.last.clear();
                State::Declaration
            }
            (State::TagOpen, '?') => State::Bogus,
            (State::TagOpen | State::EndTagOpen, _) if c.is_ascii_alphabetic() => {
                self.closing = self.state == State::EndTagOpen;
                self.tag.clear();
                add(&mut self.tag, c);
                State::TagName
            }
            (State::TagOpen, '<') => State::TagOpen,
            (State::TagOpen, _) | (State::EndTagOpen, '>') => State::Text,
            (State::EndTagOpen, _) => State::Bogus,
            (State::Declaration, _) => self.declaration(c),
            (State::Comment, _) => self.comment(c),
            (State::Bogus, '>') => State::Text,
            (State::Bogus, _) => State::Bogus,
            (State::Raw, _) => self.raw(c),
            (_, _) => self.inside_a_tag(c),
        };
    }

    fn inside_a_tag(&mut self, c: char) -> State {
        let space = c.is_ascii_whitespace();
        match (self.state, c) {
            (State::Double, '"') | (State::Single, '\'') => State::AfterValue,
            (State::Double | State::Single, _) => self.state,
            (State::BeforeValue, '"') => State::Double,
            (State::BeforeValue, '\'') => State::Single,
            (_, '>') => self.end(),
            (
                State::TagName | State::BeforeName | State::AfterName | State::Unquoted | State::AfterValue,
                _,
            ) if space => {
                if self.state == State::AfterName {
                    State::AfterName
                } else {
                    State::BeforeName
                }
            }
            (State::Name, _) if space => State::AfterName,
            (State::BeforeValue, _) if space => State::BeforeValue,
            (State::SelfClosing, _) if space => State::BeforeName,
            (State::Unquoted | State::BeforeValue, _) => State::Unquoted,
            (_, '/') => State::SelfClosing,
            (State::TagName, _) => {
                add(&mut self.tag, c);
                State::TagName
            }
            (State::Name | State::AfterName, '=') => State::BeforeValue,
            (State::Name, _) => {
                add(&mut self.attribute, c);
                State::Name
            }
            (_, _) => {
                self.attribute.clear();
                add(&mut self.attribute, c);
                State::Name
            }
        }
    }

    fn end(&mut self) -> State {
        self.last.clear();
        if RAW.contains(&&*self.tag) && !self.closing { State::Raw } else { State::Text }
    }

    fn declaration(&mut self, c: char) -> State {
        self.last.push(c);
        match &*self.last {
            "--" => {
                // `<!-->` and `<!--->` are comments.
                "--".clone_into(&mut self.last);
                State::Comment
            }
            "-" => State::Declaration,
            _ if c == '>' => State::Text,
            _ => State::Bogus,
        }
    }

    fn comment(&mut self, c: char) -> State {
        let begins = self.last == "--";
        let ends = c == '>'
            && (begins
                || self.last == "---"
                || self.last.ends_with("\u{1}--")
                || self.last.ends_with("\u{1}--!"));
        if ends {
            return State::Text;
        }
        // `\u{1}` stands for all that came before.
        if c == '-' && (begins || self.last == "---") {
            self.last = if begins { "---".to_owned() } else { "\u{1}--".to_owned() };
        } else if c == '-' {
            let dashes =
                if self.last.ends_with("\u{1}-") || self.last.ends_with("\u{1}--") { "--" } else { "-" };
            self.last = format!("\u{1}{dashes}");
        } else if c == '!' && self.last.ends_with("\u{1}--") {
            self.last.push('!');
        } else {
            "\u{1}".clone_into(&mut self.last);
        }
        State::Comment
    }

    fn raw(&mut self, c: char) -> State {
        if self.tag == "plaintext" {
            return State::Raw;
        }
        let end = format!("</{}", self.tag);
        if self.last == end && (c == '>' || c == '/' || c.is_ascii_whitespace()) {
            self.closing = true;
            self.last.clear();
            return match c {
                '>' => State::Text,
                '/' => State::SelfClosing,
                _ => State::BeforeName,
            };
        }
        if c == '<' {
            self.last.clear();
        }
        if c == '<' || !self.last.is_empty() {
            self.last.push(c.to_ascii_lowercase());
            if !end.starts_with(&*self.last) {
                self.last.clear();
            }
        }
        State::Raw
    }
}

fn add(name: &mut String, c: char) {
    if name.len() < LONGEST {
        name.push(c.to_ascii_lowercase());
    }
}

/// An attribute with a value. The ranges are in bytes; that of the value is without its quotation marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    pub tag: String,
    pub name: String,
    pub value: Range<usize>,
}

pub fn attributes(html: &str) -> Vec<Attribute> {
    let mut scanner = Scanner::default();
    let (mut found, mut start) = (Vec::new(), None);
    for (at, c) in html.char_indices() {
        let before = scanner.state;
        scanner.feed(c);
        match (before, scanner.state) {
            (State::BeforeValue, State::Double | State::Single) => start = Some(at + 1),
            (State::BeforeValue, State::Unquoted) => start = Some(at),
            (State::Double | State::Single, State::AfterValue) => end(&mut found, &scanner, start.take(), at),
            (State::Unquoted, now) if now != State::Unquoted => {
                end(&mut found, &scanner, start.take(), at);
            }
            _ => {}
        }
    }
    found
}

fn end(found: &mut Vec<Attribute>, scanner: &Scanner, start: Option<usize>, end: usize) {
    let (tag, name) = (scanner.tag.clone(), scanner.attribute.clone());
    if let Some(start) = start.filter(|_| !scanner.closing) {
        found.push(Attribute { tag, name, value: start..end });
    }
}

/// A value as text or in quotation marks. Control characters are left out.
pub fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&#39;"),
            '\n' | '\t' => text.push(c),
            _ if c.is_control() => {}
            _ => text.push(c),
        }
    }
    text
}

#[cfg(test)]
#[path = "tests/markups.rs"]
pub mod tests;
