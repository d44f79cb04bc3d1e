//! Reads a text into parts.

use super::expression::{self, Condition, condition, plain, shown, split};
use super::{DEEPEST, Form, MOST_TAGS, Part, Wrong};

pub fn parts(form: Form, text: &str) -> Result<Vec<Part>, Wrong> {
    let mut reader = Reader { form, tags: 0, choices: 0 };
    reader.whole(text, 0)
}

struct Reader {
    form: Form,
    tags: usize,
    choices: u64,
}

/// What ends a branch, and the text after it.
enum End<'a> {
    ElseIf(Condition, &'a str),
    Else(&'a str),
    Close(&'a str),
    Text,
}

impl Reader {
    fn whole(&mut self, text: &str, depth: usize) -> Result<Vec<Part>, Wrong> {
        let (parts, end) = self.branch(text, depth)?;
        match end {
            End::Text => Ok(parts),
            End::ElseIf(..) | End::Else(_) | End::Close(_) => {
                Err(Wrong::new("`{% elsif %}`, `{% else %}` and `{% endif %}` must follow an `{% if %}`"))
            }
        }
    }

    /// The parts up to the end of a branch or of the text.
    fn branch<'a>(&mut self, text: &'a str, depth: usize) -> Result<(Vec<Part>, End<'a>), Wrong> {
        if depth > DEEPEST {
            return Err(Wrong::new(format!("it must NOT be nested deeper than {DEEPEST} levels")));
        }
        let (mut parts, mut rest) = (Vec::new(), text);
        loop {
            let Some(at) = next(rest) else {
                push(&mut parts, rest);
                return Ok((parts, End::Text));
            };
            let (before, tag) = rest.split_at(at);
            push(&mut parts, before);
            self.tags += 1;
            if self.tags > MOST_TAGS {
                return Err(Wrong::new(format!(
                    "it must NOT have more than {MOST_TAGS} variables and conditions"
                )));
            }
            if tag.starts_with("{{") {
                let (inner, after) = braces(tag)?;
                parts.push(self.value(inner, depth)?);
                rest = after;
                continue;
            }
            let open = tag.get(2..).unwrap_or_default();
            let (inner, after) = open
                .split_once("%}")
                .ok_or_else(|| Wrong::new(format!("`{}` is not closed by `%}}`", shown(tag))))?;
            let inner = plain(self.form, inner);
            let inner = inner.trim();
            let (word, what) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
            match word {
                "if" => {
                    let (part, after) = self.branches(condition(what)?, after, depth)?;
                    parts.push(part);
                    rest = after;
                }
                "elsif" => return Ok((parts, End::ElseIf(condition(what)?, after))),
                "else" if what.is_empty() => return Ok((parts, End::Else(after))),
                "endif" if what.is_empty() => return Ok((parts, End::Close(after))),
                _ => {
                    let known = "`if`, `elsif`, `else` or `endif`";
                    return Err(Wrong::new(format!("`{{% {} %}}` must be {known}", shown(inner))));
                }
            }
        }
    }

    fn branches<'a>(
        &mut self,
        first: Condition,
        text: &'a str,
        depth: usize,
    ) -> Result<(Part, &'a str), Wrong> {
        let (mut branches, mut condition, mut rest) = (Vec::new(), Some(first), text);
        loop {
            let (parts, end) = self.branch(rest, depth + 1)?;
            let last = condition.is_none();
            branches.push((condition, parts));
            (condition, rest) = match end {
                End::Close(after) => return Ok((Part::If(branches), after)),
                End::ElseIf(next, after) if !last => (Some(next), after),
                End::Else(after) if !last => (None, after),
                End::ElseIf(..) | End::Else(_) => {
                    return Err(Wrong::new("`{% endif %}` must follow `{% else %}`"));
                }
                End::Text => return Err(Wrong::new("an `{% if %}` is not closed by `{% endif %}`")),
            };
        }
    }

    /// A variable or a random choice.
    fn value(&mut self, inner: &str, depth: usize) -> Result<Part, Wrong> {
        let mut pieces = split(inner, '|', false).into_iter();
        if pieces.next().map(|first| plain(self.form, first)).is_some_and(|first| first.trim() == "RANDOM") {
            let place = self.choices;
            self.choices += 1;
            let choices =
                pieces.map(|choice| self.whole(choice.trim(), depth + 1)).collect::<Result<Vec<_>, _>>()?;
            if choices.is_empty() {
                return Err(Wrong::new("`{{RANDOM}}` must have choices, such as `{{RANDOM | Hi | Hello}}`"));
            }
            return Ok(Part::Choice(place, choices));
        }
        expression::variable(&plain(self.form, inner)).map(Part::Value)
    }
}

fn push(parts: &mut Vec<Part>, text: &str) {
    if !text.is_empty() {
        parts.push(Part::Text(text.to_owned()));
    }
}

/// Where the next tag begins.
fn next(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text.get(at..)?.find('{')?;
        if text.get(at + 1..).is_some_and(|rest| rest.starts_with(['{', '%'])) {
            return Some(at);
        }
        at += 1;
    }
}

/// What is between two braces and the two that close them, and the text after them.
fn braces(text: &str) -> Result<(&str, &str), Wrong> {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(['{', '}'])) {
        at += found;
        let rest = text.get(at..).unwrap_or_default();
        if rest.starts_with("{{") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("}}") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                let inner = text.get(2..at - 2).unwrap_or_default();
                return Ok((inner, text.get(at..).unwrap_or_default()));
            }
        } else {
            at += 1;
        }
    }
    Err(Wrong::new(format!("`{}` is not closed by `}}}}`", shown(text))))
}
