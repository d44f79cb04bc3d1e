//! What a page says about a field of a form, and what one can choose there.

use super::drawn::Control;
use serde_json::Value;
use std::borrow::Cow;

/// An option of a select, or one of several boxes.
#[derive(Clone, Debug)]
pub struct Choice {
    pub value: String,
    pub label: String,
    /// The heading of the boxes that belong together, if they are in groups.
    pub group: String,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Choice {
        Choice { value: value.into(), label: label.into(), group: String::new() }
    }

    /// One of the boxes under this heading. The boxes of a group follow one another.
    pub fn under(self, group: impl Into<String>) -> Choice {
        Choice { group: group.into(), ..self }
    }
}

/// What a page says about a field. The schema says the rest.
pub struct Input {
    pub(super) name: Cow<'static, str>,
    pub(super) label: Cow<'static, str>,
    pub(super) help: String,
    pub(super) choices: Option<Vec<Choice>>,
    pub(super) fill: &'static str,
    pub(super) value: Option<Value>,
    pub(super) control: Option<Control>,
    pub(super) wide: bool,
    pub(super) may_be_empty: bool,
    /// The heading of the part of the form that begins here.
    pub(super) heading: String,
    /// Buttons behind the field.
    pub(super) presses: Vec<Press>,
}

/// A further button of a form. It sends the form with a field of its own.
#[derive(Clone, Debug)]
pub struct Press {
    pub(super) name: &'static str,
    pub(super) value: String,
    pub(super) label: String,
    /// The answer opens beside the form, which stays.
    pub(super) beside: bool,
}

impl Input {
    /// `name` is the JSON pointer of the field, without the first slash.
    pub fn new(name: impl Into<Cow<'static, str>>, label: impl Into<Cow<'static, str>>) -> Input {
        Input {
            name: name.into(),
            label: label.into(),
            help: String::new(),
            choices: None,
            fill: "off",
            value: None,
            control: None,
            wide: false,
            may_be_empty: false,
            heading: String::new(),
            presses: vec![],
        }
    }

    pub fn help(self, help: impl Into<String>) -> Input {
        Input { help: help.into(), ..self }
    }

    /// The options that this caller may choose.
    pub fn choices(self, choices: Vec<Choice>) -> Input {
        Input { choices: Some(choices), ..self }
    }

    /// What the browser may fill in: `autocomplete`.
    pub fn filled_as(self, fill: &'static str) -> Input {
        Input { fill, ..self }
    }

    /// What a new form begins with.
    pub fn value(self, value: impl Into<Value>) -> Input {
        Input { value: Some(value.into()), ..self }
    }

    /// Room for several lines.
    pub fn area(self) -> Input {
        Input { control: Some(Control::Area), wide: true, ..self }
    }

    /// One line, although the field can be long.
    pub fn line(self) -> Input {
        Input { control: Some(Control::Text), ..self }
    }

    /// A box to check, for a field of the page itself.
    pub fn check(self) -> Input {
        Input { control: Some(Control::Check), ..self }
    }

    /// As wide as the form.
    pub fn wide(self) -> Input {
        Input { wide: true, ..self }
    }

    /// An empty text is a value, although the field must be sent.
    pub fn may_be_empty(self) -> Input {
        Input { may_be_empty: true, ..self }
    }

    /// A part of the form begins here.
    pub fn heading(self, heading: impl Into<String>) -> Input {
        Input { heading: heading.into(), ..self }
    }

    /// A button behind the field. It sends the form with this value of `_do`, and the handler changes the form.
    pub fn press(mut self, value: impl Into<String>, label: impl Into<String>) -> Input {
        let (name, value, label) = ("_do", value.into(), label.into());
        self.presses.push(Press { name, value, label, beside: false });
        self
    }

    /// A button that sends the form with this field, and opens the answer beside the form.
    pub fn press_beside(mut self, name: &'static str, value: &str, label: &str) -> Input {
        let (value, label) = (value.to_owned(), label.to_owned());
        self.presses.push(Press { name, value, label, beside: true });
        self
    }

    /// A file to send.
    pub fn file(self) -> Input {
        Input { control: Some(Control::File), ..self }
    }
}

/// The options, and the stored values that are not among them. Without these, saving a form would change a value that the
/// caller does not see, or that is not offered any more. Boxes in groups always list everything.
pub(super) fn keeping(mut choices: Vec<Choice>, stored: &[String]) -> Vec<Choice> {
    if choices.iter().any(|choice| !choice.group.is_empty()) {
        return choices;
    }
    for value in stored.iter().filter(|value| !value.is_empty()) {
        if choices.iter().all(|choice| choice.value != *value) {
            choices.push(Choice::new(value.clone(), "as it is now"));
        }
    }
    choices
}
