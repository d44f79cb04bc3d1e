//! The language of subjects and bodies: `{{firstName}}`, `{{firstName|there}}`, `{{RANDOM | Hi | Hello}}` and
//! `{% if jobTitle == 'CEO' %} .. {% endif %}`. It has no loops, and a depth and a size that are limited, so that a text
//! of a user costs little whatever it says.
//!
//! Values never become markup. In HTML they are escaped, and the parser refuses variables in places where escaping does
//! not help, such as attribute values without quotation marks. In headers they are one line.

mod expression;
mod parse;
mod place;
mod render;
#[cfg(test)]
#[path = "../tests/templates.rs"]
mod tests;

use std::fmt;

use expression::{Condition, Variable};
pub use render::{Rendered, Values, line};

/// The longest text, in bytes.
pub const LONGEST: usize = 256 * 1024;
/// The deepest nesting of choices and conditions.
const DEEPEST: usize = 8;
/// The most tags in a text.
const MOST_TAGS: usize = 2000;

/// What a text becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One line of plain text.
    Header,
    Html,
}

/// A text that was parsed.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    form: Form,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    Value(Variable),
    /// `RANDOM`: one of the choices. The number is its place in the text.
    Choice(u64, Vec<Vec<Part>>),
    /// The first branch whose condition is true. The last can have no condition.
    If(Vec<(Option<Condition>, Vec<Part>)>),
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong(String);

impl Wrong {
    fn new(text: impl Into<String>) -> Wrong {
        Wrong(text.into())
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Template {
    pub fn parse(form: Form, text: &str) -> Result<Template, Wrong> {
        if text.len() > LONGEST {
            return Err(Wrong::new(format!("it must NOT have more than {LONGEST} bytes")));
        }
        let parts = parse::parts(form, text)?;
        if form == Form::Html {
            place::check(&parts)?;
        }
        Ok(Template { form, parts })
    }

    /// The names of all variables, in their order, also of those in branches that are not taken.
    pub fn variables(&self) -> Vec<&str> {
        let mut names = Vec::new();
        walk(&self.parts, &mut |name| {
            if !names.contains(&name) {
                names.push(name);
            }
        });
        names
    }
}

fn walk<'a>(parts: &'a [Part], see: &mut impl FnMut(&'a str)) {
    for part in parts {
        match part {
            Part::Text(_) => {}
            Part::Value(variable) => see(&variable.name),
            Part::Choice(_, choices) => choices.iter().for_each(|choice| walk(choice, see)),
            Part::If(branches) => {
                for (condition, branch) in branches {
                    condition.iter().flat_map(Condition::names).for_each(&mut *see);
                    walk(branch, see);
                }
            }
        }
    }
}
