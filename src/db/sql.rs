//! A statement: one text for both engines, and its binds.
//!
//! `$1..$k` in the text can come in any order and more than once. A `{hole}` takes a rendered part (the
//! predicate of `access`), whose binds are numbered after those of the text. `{here}` takes a workspace,
//! which is the last bind. Because every statement is one literal after `sql(`, a test finds them all in the
//! sources and prepares them on both engines. The statements of `stored!` are the exception:
//! `resources::statements` lists them.

use super::record::Record;
use super::{Source, Tx, Value};
use crate::error::{Error, Result};
use std::borrow::Cow;
use std::fmt::Write;
use uuid::Uuid;

/// Ids that a subquery has put in a row, as `string_agg(uuid_text(id), ',')`.
pub fn ids(joined: Option<String>) -> Result<Vec<Uuid>> {
    let ids = joined.iter().flat_map(|ids| ids.split(','));
    ids.map(|id| id.parse().map_err(Error::internal)).collect()
}

#[derive(Clone)]
pub struct Sql {
    text: Cow<'static, str>,
    /// The contents of the holes.
    parts: Vec<(&'static str, Cow<'static, str>)>,
    pub(super) binds: Vec<Value>,
    /// The bytes of text after which no further row is read.
    pub(super) most: usize,
    /// The workspace that `{here}` stands for.
    here: Option<Here>,
}

/// A workspace, and the number of its bind once it has one.
#[derive(Clone, Copy)]
struct Here {
    workspace: Uuid,
    number: Option<usize>,
}

impl Here {
    fn number(&mut self, binds: &mut Vec<Value>) -> usize {
        *self.number.get_or_insert_with(|| {
            binds.push(self.workspace.into());
            binds.len()
        })
    }
}

pub fn sql(text: impl Into<Cow<'static, str>>) -> Sql {
    Sql { text: text.into(), parts: Vec::new(), binds: Vec::new(), most: usize::MAX, here: None }
}

impl Sql {
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.binds.push(value.into());
        self
    }

    pub fn fill(mut self, hole: &'static str, render: impl FnOnce(&mut Part)) -> Self {
        let mut part = Part { text: String::new(), binds: &mut self.binds, here: &mut self.here };
        render(&mut part);
        let text = part.text;
        self.parts.push((hole, text.into()));
        self
    }

    /// Fills a hole with a text of the program.
    pub fn fill_text(mut self, hole: &'static str, text: &'static str) -> Self {
        self.parts.push((hole, text.into()));
        self
    }

    /// Fills a hole in brackets after `in`.
    pub fn fill_list<T: Clone + Into<Value>>(self, hole: &'static str, items: &[T]) -> Self {
        self.fill(hole, |out| {
            out.list(items);
        })
    }

    /// Fills `{here}` with a workspace. A statement keeps the first one that it gets.
    pub fn here(mut self, workspace: Uuid) -> Self {
        self.here.get_or_insert(Here { workspace, number: None });
        self
    }

    /// Fills `{rows}` with a row for each item. A row begins with the workspace, and `write` adds the other
    /// columns, each after a comma.
    pub fn rows<T>(self, items: impl IntoIterator<Item = T>, mut write: impl FnMut(T, &mut Part)) -> Self {
        self.fill("{rows}", |out| {
            for (at, item) in items.into_iter().enumerate() {
                out.push(if at > 0 { ", (" } else { "(" }).here();
                write(item, out);
                out.push(")");
            }
        })
    }

    /// Stops reading once the records have more bytes than this, because the answer would be cut there.
    pub fn up_to(self, most: usize) -> Self {
        Sql { most, ..self }
    }

    pub async fn all<T: Record>(mut self, from: impl Into<Source<'_>>) -> Result<Vec<T>> {
        self.parts.push(("{columns}", T::columns()));
        let whole = self.placed();
        match from.into() {
            Source::Read(reading) => reading.rows(whole).await,
            Source::Write(tx) => tx.rows(whole).await,
        }
    }

    pub async fn optional<T: Record>(self, from: impl Into<Source<'_>>) -> Result<Option<T>> {
        Ok(self.all(from).await?.pop())
    }

    pub async fn run(self, tx: &mut Tx) -> Result<u64> {
        tx.run(self.placed()).await
    }

    /// Binds the workspace after everything else, so that the binds of the text keep their numbers.
    pub(super) fn placed(mut self) -> Self {
        if let Some(mut here) = self.here.take().filter(|_| self.text.contains("{here}")) {
            let number = here.number(&mut self.binds);
            self.parts.push(("{here}", format!("${number}").into()));
        }
        self
    }

    /// The whole text, with every hole filled, in one pass.
    pub(super) fn text(&self) -> String {
        let length = self.text.len() + self.parts.iter().map(|(_, part)| part.len()).sum::<usize>();
        let mut text = String::with_capacity(length);
        let mut pieces = self.text.split('{');
        text.extend(pieces.next());
        for piece in pieces {
            let filled = self
                .parts
                .iter()
                .find_map(|(hole, part)| Some((part, piece.strip_prefix(hole.strip_prefix('{')?)?)));
            match filled {
                Some((part, after)) => text.extend([&**part, after]),
                None => text.extend(["{", piece]),
            }
        }
        text
    }
}

/// The content of a hole.
pub struct Part<'a> {
    text: String,
    binds: &'a mut Vec<Value>,
    here: &'a mut Option<Here>,
}

impl Part<'_> {
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.binds.push(value.into());
        let _infallible = write!(self.text, "${}", self.binds.len());
        self
    }

    /// The workspace of the statement.
    fn here(&mut self) -> &mut Self {
        if let Some(here) = self.here {
            let _infallible = write!(self.text, "${}", here.number(self.binds));
        }
        self
    }

    /// A condition on a page that is ordered by two columns: it begins after the item with these values. `than` is ` < ` for
    /// the newest first, or ` > `.
    pub fn page_after(
        &mut self,
        [first, second]: [&str; 2],
        than: &str,
        (one, two): (impl Into<Value>, impl Into<Value>),
    ) -> &mut Self {
        let one = one.into();
        self.push(" and (").push(first).push(than).bind(one.clone());
        self.push(" or ").push(first).push(" = ").bind(one);
        self.push(" and ").push(second).push(than).bind(two).push(")")
    }

    /// A condition around a value, for an optional filter.
    pub fn given(&mut self, value: Option<impl Into<Value>>, before: &str, after: &str) -> &mut Self {
        match value {
            Some(value) => self.push(before).bind(value).push(after),
            None => self,
        }
    }

    /// A condition around a list.
    pub fn given_list<T: Clone + Into<Value>>(
        &mut self,
        items: Option<&[T]>,
        before: &str,
        after: &str,
    ) -> &mut Self {
        match items {
            Some(items) => self.push(before).list(items).push(after),
            None => self,
        }
    }

    /// `$7, $8, $9`, for the brackets after `in`. An empty list gives `null`, which is equal to nothing.
    pub fn list<T: Clone + Into<Value>>(&mut self, items: &[T]) -> &mut Self {
        // Pads the list to a few lengths by repeating the last item, because each length is a separate
        // statement in the engine's cache.
        let length = if items.is_empty() { 0 } else { items.len().next_power_of_two() };
        for (i, item) in items.iter().chain(items.last().into_iter().cycle()).take(length).enumerate() {
            self.push(if i > 0 { ", " } else { "" }).bind(item.clone());
        }
        self.push(if items.is_empty() { "null" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_bound_once_and_after_the_rest() {
        let (here, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let text = "update t set a = $1 where workspace_id = {here} and b in (select {here}) {more}";
        let statement = sql(text).here(here).here(other).bind(7).fill("{more}", |out| {
            out.push("and c = ").bind(8);
        });
        let statement = statement.placed();
        assert_eq!(
            statement.text(),
            "update t set a = $1 where workspace_id = $3 and b in (select $3) and c = $2"
        );
        assert!(matches!(statement.binds.last(), Some(Value::Uuid(bound)) if *bound == here));
    }

    #[test]
    fn each_row_begins_with_the_workspace() {
        let text = "insert into t (workspace_id, a) values {rows}";
        let rows = sql(text).here(Uuid::nil()).rows([5, 6], |value, out| {
            out.push(", ").bind(value);
        });
        assert_eq!(rows.placed().text(), "insert into t (workspace_id, a) values ($1, $2), ($1, $3)");
    }
}
