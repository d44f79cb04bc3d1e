//! Reads YAML, and JSON as a part of it, into a tree whose nodes know their positions. The parser gives events; this
//! module checks what an access file cannot have: a second document, tags, duplicate keys, and values without a bound.

use super::fault::{At, Fault, Faults};
use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span};
use serde_json::{Map, Number, Value as Json};
use std::collections::HashMap;

/// The most bytes of a file.
pub const LARGEST: usize = 1024 * 1024;
/// The most values of a file. An alias counts as often as it is used.
const MOST: usize = 200_000;
/// How deep values can be nested.
const DEEPEST: usize = 12;
/// The longest text of a value.
const LONGEST: usize = 4000;

#[derive(Clone, Debug)]
pub struct Node {
    pub at: At,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Text(String),
    List(Vec<Node>),
    /// In the order of the file.
    Map(Vec<Entry>),
}

#[derive(Clone, Debug)]
pub struct Entry {
    pub key: String,
    pub at: At,
    pub value: Node,
}

impl Node {
    /// What a message calls the value.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Integer(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    pub fn json(&self) -> Json {
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Integer(number) => Json::Number(Number::from(*number)),
            Value::Text(text) => Json::String(text.clone()),
            Value::List(items) => items.iter().map(Node::json).collect(),
            Value::Map(entries) => {
                let fields = entries.iter().map(|entry| (entry.key.clone(), entry.value.json()));
                Json::Object(fields.collect::<Map<_, _>>())
            }
        }
    }

    fn size(&self) -> usize {
        match &self.value {
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Text(_) => 1,
            Value::List(items) => 1 + items.iter().map(Node::size).sum::<usize>(),
            Value::Map(entries) => 1 + entries.iter().map(|entry| 1 + entry.value.size()).sum::<usize>(),
        }
    }
}

/// A list or a map whose end was not read yet.
struct Begun {
    at: At,
    anchor: usize,
    kind: Kind,
}

enum Kind {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<(String, At)>, seen: HashMap<String, At> },
}

struct Builder<'a> {
    source: &'a str,
    open: Vec<Begun>,
    root: Option<Node>,
    anchors: HashMap<usize, Node>,
    size: usize,
}

/// The one document of a text.
pub fn parse(source: &str) -> Result<Node, Faults> {
    let whole = |at, message: String| Faults::one(Fault::new(source, at, message));
    if source.len() > LARGEST {
        return Err(whole(At::START, format!("a file has at most {LARGEST} bytes")));
    }
    let options = granit_parser::options! { emit_comments: false };
    let mut builder = Builder { source, open: vec![], root: None, anchors: HashMap::new(), size: 0 };
    let mut documents = 0;
    for next in Parser::new_from_str_with_options(source, options) {
        let (event, span) = next.map_err(|error| Faults::one(unreadable(source, &error)))?;
        if matches!(event, Event::DocumentStart(..)) {
            documents += 1;
            if documents > 1 {
                return Err(whole(
                    at(&span),
                    "a file has one document; remove what follows `---`".to_owned(),
                ));
            }
        }
        builder.take(event, &span).map_err(Faults::one)?;
    }
    builder.root.ok_or_else(|| whole(At::START, "the file is empty; it must be a map of sections".to_owned()))
}

fn unreadable(source: &str, error: &ScanError) -> Fault {
    let marker = error.marker();
    let at = At { line: marker.line().max(1), column: marker.col() + 1 };
    Fault::new(source, at, format!("this is not valid YAML: {}", error.info()))
}

fn at(span: &Span) -> At {
    At { line: span.start.line().max(1), column: span.start.col() + 1 }
}

impl Builder<'_> {
    fn fault(&self, at: At, message: impl Into<String>) -> Fault {
        Fault::new(self.source, at, message)
    }

    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), Fault> {
        let at = at(span);
        #[expect(clippy::wildcard_enum_match_arm, reason = "the other events have no value")]
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.untagged(at, tag.is_some())?;
                let value = self.scalar(at, &text, style)?;
                self.add(Node { at, value }, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.untagged(at, tag.is_some())?;
                self.begin(Begun { at, anchor, kind: Kind::List(vec![]) })
            }
            Event::MappingStart(_, anchor, tag) => {
                self.untagged(at, tag.is_some())?;
                let kind = Kind::Map { entries: vec![], key: None, seen: HashMap::new() };
                self.begin(Begun { at, anchor, kind })
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Begun { at, anchor, kind }) = self.open.pop() else { return Ok(()) };
                let value = match kind {
                    Kind::List(items) => Value::List(items),
                    Kind::Map { entries, .. } => Value::Map(entries),
                };
                self.add(Node { at, value }, anchor)
            }
            Event::Alias(anchor) => {
                let unknown = || self.fault(at, "an alias cannot stand inside the value that it names");
                let node = self.anchors.get(&anchor).cloned().ok_or_else(unknown)?;
                self.grow(at, node.size())?;
                self.add(Node { at, value: node.value }, 0)
            }
            _ => Ok(()),
        }
    }

    fn untagged(&self, at: At, tagged: bool) -> Result<(), Fault> {
        match tagged {
            true => Err(self.fault(at, "tags, such as `!name`, cannot be used")),
            false => Ok(()),
        }
    }

    fn grow(&mut self, at: At, by: usize) -> Result<(), Fault> {
        self.size += by;
        match self.size > MOST {
            true => Err(self.fault(at, format!("a file has at most {MOST} values"))),
            false => Ok(()),
        }
    }

    fn begin(&mut self, begun: Begun) -> Result<(), Fault> {
        if self.open.len() >= DEEPEST {
            return Err(self.fault(begun.at, format!("values can be nested {DEEPEST} deep at most")));
        }
        self.grow(begun.at, 1)?;
        self.open.push(begun);
        Ok(())
    }

    /// Adds a value to the list or the map that is open.
    fn add(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let at = node.at;
        let wrong = match self.open.last_mut().map(|begun| &mut begun.kind) {
            None => {
                self.root = Some(node);
                None
            }
            Some(Kind::List(items)) => {
                items.push(node);
                None
            }
            Some(Kind::Map { entries, key, seen }) => match (key.take(), node.value) {
                (Some((name, at)), value) => {
                    entries.push(Entry { key: name, at, value: Node { at: node.at, value } });
                    None
                }
                (None, Value::Text(name)) => match seen.insert(name.clone(), at) {
                    Some(before) => Some(format!(
                        "`{name}` is there already, in line {}; remove one of them",
                        before.line
                    )),
                    None => {
                        *key = Some((name, at));
                        None
                    }
                },
                (None, _) => Some("a key must be a text; put it in quotation marks".to_owned()),
            },
        };
        match wrong {
            Some(message) => Err(self.fault(at, message)),
            None => Ok(()),
        }
    }

    /// A scalar by the core schema of YAML 1.2. A key that looks like another value is a text only in quotation marks.
    fn scalar(&mut self, at: At, text: &str, style: ScalarStyle) -> Result<Value, Fault> {
        self.grow(at, 1)?;
        if text.chars().count() > LONGEST {
            return Err(self.fault(at, format!("a text has at most {LONGEST} characters")));
        }
        if text.chars().any(|letter| letter.is_control() && letter != '\n' && letter != '\t') {
            return Err(self.fault(at, "a text cannot have control characters"));
        }
        let plain = matches!(style, ScalarStyle::Plain);
        Ok(match text {
            "" | "~" | "null" | "Null" | "NULL" if plain => Value::Null,
            "true" | "True" | "TRUE" if plain => Value::Bool(true),
            "false" | "False" | "FALSE" if plain => Value::Bool(false),
            _ => match text.parse::<i64>() {
                Ok(number) if plain => Value::Integer(number),
                Ok(_) | Err(_) => Value::Text(text.to_owned()),
            },
        })
    }
}
