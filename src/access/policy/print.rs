//! The matrix as Markdown, for `docs/access-matrix.md` and `gatepost admin access matrix`.

use super::{ACTIONS, Action, EffectiveRole, Mark, ROLES, Reach};

pub fn markdown() -> String {
    let built_in = ROLES.iter().map(|role| (role.name().to_owned(), (*role).into()));
    markdown_of(&built_in.collect::<Vec<_>>())
}

/// The matrix with these roles as its columns.
pub fn markdown_of(roles: &[(String, EffectiveRole)]) -> String {
    let row = |head: &str, cells: Vec<String>| format!("| {head} | {} |\n", cells.join(" | "));
    let names = roles.iter().map(|(name, _)| name.clone());
    let head = names.chain(["scopes, any of", "member permission", "remarks"].map(str::to_owned)).collect();
    let mut out = String::from(
        "# Roles and permissions\n\nGenerated from `src/access/policy/matrix.rs` by `make accept`. A cell says how far the role \
         reaches: `all` records of the workspace; `team` for records that are shared with the team, and the member's own; \
         `own` for records that the member owns or collaborates on; `assigned` for records that are assigned to the \
         member; empty for no records. Each scope is part of `<resource>:all`, `all:<verb>` and `all:all` too. With \
         the workspace's `strict_scopes` only the first scope of a row counts.\n\n",
    );
    out += &row("permission", head);
    out += &row("---", (0..roles.len() + 3).map(|_| "---".to_owned()).collect());
    for action in ACTIONS {
        let cells = roles.iter().map(|(_, role)| match role.reach(action) {
            Reach::None => String::new(),
            reach @ (Reach::All | Reach::Team | Reach::Own | Reach::Assigned) => reach.name().to_owned(),
        });
        let rest = [scopes(action), code(action.needs), remarks(action)];
        out += &row(&format!("`{}` {}", action.name, action.summary), cells.chain(rest).collect());
    }
    out
}

fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("`{text}`") }
}

fn scopes(action: &Action) -> String {
    if action.is(Mark::Whole) {
        return "`all:all`".to_owned();
    }
    let scopes: Vec<_> = action.verbs.iter().map(|verb| format!("`{}:{verb}`", action.scope)).collect();
    if scopes.is_empty() { "none needed".to_owned() } else { scopes.join(", ") }
}

/// What the marks of a row mean, in a few words each.
pub fn remarks(action: &Action) -> String {
    let remarks = action.marks.iter().map(|mark| match mark {
        Mark::InPerson => "in person",
        Mark::SignedIn => "signed in",
        Mark::Fresh => "re-authentication within 10 minutes",
        Mark::Enrolling => "also before a second factor is enrolled",
        Mark::Unlimited => "without a tag limit",
        Mark::Export => "an export",
        Mark::Own => "not from an admin workspace",
        Mark::Stores => "within the storage limit",
        Mark::Whole => "a key needs `all:all`",
        Mark::Unbound => "not by a key with an expiry or `allowed_ips`",
        Mark::Personal => "about the caller only",
        Mark::Always => "allowed by every delegation",
        Mark::Reading => "changes no record",
        Mark::MakesKey => "makes a key",
        Mark::Managing => "manages members or keys",
        Mark::Prompt => "answered without delay",
    });
    remarks.collect::<Vec<_>>().join(", ")
}
