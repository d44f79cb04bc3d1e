//! The pages as a document: `docs/pages.md`.

use super::pages::Written;
use crate::access::Mark;
use std::fmt::Write;

const HEAD: &str = "# Pages

The pages of the dashboard, generated from the code. A page is the second face of an operation: its permission decides who
can open it, and the same value draws its button. The [access matrix](access-matrix.md) says which roles have which
permission. Addresses that begin with `/w/` act in the workspace that they name.

| page | permission | seen by |
|---|---|---|
";

/// Everything that is registered, by address.
pub fn markdown(written: &[Written]) -> String {
    let mut all: Vec<&Written> = written.iter().collect();
    all.sort_by_key(|page| (page.path, page.method.as_str().to_owned()));
    let mut out = HEAD.to_owned();
    for page in all {
        let roles: Vec<_> = page.action.roles().map(|role| role.name()).collect();
        let seen_by = match (page.open, roles.len()) {
            (true, _) => "anybody".to_owned(),
            (false, 8) => "every role".to_owned(),
            (false, _) => roles.join(", "),
        };
        let fresh = if page.action.is(Mark::Fresh) { " (after a recent sign-in)" } else { "" };
        let (method, path, name) = (&page.method, page.path, page.action.name);
        let _infallible =
            writeln!(out, "| `{method} {path}`: {} | `{name}`{fresh} | {seen_by} |", page.label);
    }
    out
}
