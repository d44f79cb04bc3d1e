//! Fills a template with the values of a lead.

use super::expression::{Condition, Filter, Term, Test, Variable};
use super::{Form, Part, Template};
use crate::sending::draw;
use crate::sending::markup::escaped;

/// The longest result, in bytes.
const LONGEST: usize = 1024 * 1024;

/// The values of a lead, and what its random choices depend on.
pub struct Values<'a> {
    pub of: &'a dyn Fn(&str) -> Option<&'a str>,
    /// The lead, the sequence and the step: the same mail has the same choices.
    pub seed: &'a [u8],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rendered {
    Whole(String),
    /// These variables have no value and no fallback.
    Missing(Vec<String>),
    TooLong,
}

impl Template {
    pub fn render(&self, values: &Values) -> Rendered {
        let mut render = Render { form: self.form, values, text: String::new(), missing: Vec::new() };
        render.parts(&self.parts);
        let Render { text, missing, .. } = render;
        if !missing.is_empty() {
            return Rendered::Missing(missing);
        }
        if text.len() > LONGEST {
            return Rendered::TooLong;
        }
        Rendered::Whole(match self.form {
            Form::Header => line(&text),
            Form::Html => text,
        })
    }
}

struct Render<'r, 'v> {
    form: Form,
    values: &'r Values<'v>,
    text: String,
    missing: Vec<String>,
}

impl Render<'_, '_> {
    fn parts(&mut self, parts: &[Part]) {
        for part in parts {
            if self.text.len() > LONGEST {
                return;
            }
            match part {
                Part::Text(text) => self.text.push_str(text),
                Part::Value(variable) => self.value(variable),
                Part::Choice(place, choices) => {
                    let count = u64::try_from(choices.len()).unwrap_or_default();
                    let form: &[u8] = match self.form {
                        Form::Header => b"header",
                        Form::Html => b"html",
                    };
                    let drawn =
                        draw::below(count, &[b"random", form, self.values.seed, &place.to_be_bytes()]);
                    let chosen = usize::try_from(drawn).ok().and_then(|at| choices.get(at));
                    self.parts(chosen.map_or(&[], Vec::as_slice));
                }
                Part::If(branches) => {
                    let holds = |condition: &Option<Condition>| {
                        condition.as_ref().is_none_or(|condition| self.holds(condition))
                    };
                    let taken = branches.iter().find(|(condition, _)| holds(condition));
                    self.parts(taken.map_or(&[], |(_, branch)| branch.as_slice()));
                }
            }
        }
    }

    fn of(&self, name: &str) -> &str {
        (self.values.of)(name).unwrap_or_default().trim()
    }

    fn value(&mut self, variable: &Variable) {
        let mut value = self.of(&variable.name).to_owned();
        let mut fallback = false;
        for filter in &variable.filters {
            match filter {
                Filter::Default(text) if value.is_empty() => {
                    (value, fallback) = (text.clone(), true);
                }
                Filter::Default(_) => {}
                Filter::Upcase => value = value.to_uppercase(),
                Filter::Downcase => value = value.to_lowercase(),
                Filter::Capitalize => value = capitalized(&value),
            }
        }
        if value.is_empty() && !fallback {
            if !self.missing.contains(&variable.name) {
                self.missing.push(variable.name.clone());
            }
            return;
        }
        match self.form {
            Form::Header => self.text.push_str(&line(&value)),
            Form::Html => self.text.push_str(&escaped(&value)),
        }
    }

    fn holds(&self, condition: &Condition) -> bool {
        let holds = |term: &Term| {
            let value = self.of(&term.name);
            match &term.test {
                Test::Given => !value.is_empty(),
                Test::Equals(text) => value == text.trim(),
                Test::Differs(text) => value != text.trim(),
                Test::Contains(text) => value.contains(text.as_str()),
            }
        };
        let mut terms = condition.terms.iter();
        if condition.all { terms.all(holds) } else { terms.any(holds) }
    }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// A text for a header: one line, without control characters.
pub fn line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || ['\u{2028}', '\u{2029}'].contains(&c);
    let words = text.split(|c: char| breaks(c) || c == ' ').filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}
