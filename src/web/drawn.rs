//! A field of a form as `drawn_field.html` draws it, and what is wrong with it in the words of a page.

use super::input::{Choice, Press};

/// The rules of a schema in the words of a page.
pub fn plainly(rule: &str) -> String {
    let text = match rule {
        "must match format \"email\"" => "must be an e-mail address, such as ann@example.com",
        "must NOT have fewer than 1 characters" | "must match pattern \"\\S\"" => "must be filled in",
        "must be integer" => "must be a whole number",
        "must be number" => "must be a number",
        rule => rule,
    };
    let text = text.replace("must NOT have more than", "must have at most");
    let text = text.replace("must NOT have fewer than", "must have at least");
    let text = text.replace("must be >= ", "must be at least ").replace("must be <= ", "must be at most ");
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    Text,
    Area,
    Number,
    Select,
    Check,
    Boxes,
    File,
}

/// A field as `drawn.html` draws it.
pub struct Drawn<'a> {
    pub id: String,
    pub name: &'a str,
    pub label: &'a str,
    pub heading: &'a str,
    pub presses: &'a [Press],
    pub wide: bool,
    pub help: &'a str,
    pub fill: &'a str,
    pub control: Control,
    pub kind: &'static str,
    pub required: bool,
    pub optional: bool,
    pub longest: Option<i64>,
    pub least: Option<i64>,
    pub most: Option<i64>,
    pub choices: Vec<Choice>,
    pub values: Vec<String>,
    pub wrong: Option<String>,
    pub now: Option<String>,
}

impl Drawn<'_> {
    pub fn is(&self, control: &str) -> bool {
        let name = match self.control {
            Control::Text => "text",
            Control::Area => "area",
            Control::Number => "number",
            Control::Select => "select",
            Control::Check => "check",
            Control::Boxes => "boxes",
            Control::File => "file",
        };
        name == control
    }

    pub fn value(&self) -> &str {
        self.values.first().map_or("", String::as_str)
    }

    pub fn is_grouped(&self) -> bool {
        self.choices.first().is_some_and(|choice| !choice.group.is_empty())
    }

    /// Whether a heading comes before the choice with this index.
    pub fn begins(&self, index: &usize) -> bool {
        let group = |index: usize| self.choices.get(index).map_or("", |choice| choice.group.as_str());
        !group(*index).is_empty() && (*index == 0 || group(*index) != group(index - 1))
    }

    pub fn has(&self, value: &str) -> bool {
        self.values.iter().any(|one| one == value)
    }

    /// The elements that say more about the input, for people who hear the page.
    pub fn described(&self) -> String {
        let parts =
            [("help", !self.help.is_empty()), ("now", self.now.is_some()), ("wrong", self.wrong.is_some())];
        let ids = parts.iter().filter(|(_, is)| *is).map(|(part, _)| format!("{}-{part}", self.id));
        ids.collect::<Vec<_>>().join(" ")
    }
}
