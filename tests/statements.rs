//! Every statement in the sources prepares on both engines, even if no test uses it. Statements can be found
//! because each is one literal after `sql(`. Their holes are filled with every kind of predicate.

use crate::support::{World, on_both};
use gatepost::access::{Pred, Reach, Shape, Who};
use gatepost::db::sql;
use gatepost::resources::{
    self, accounts, api_keys, background_jobs, block_list_entries, campaigns, custom_tags, lead_lists, leads,
    members, workspace_group_members,
};
use std::{fs, path::Path};
use uuid::Uuid;

on_both! { every_statement_prepares statements_of_records_prepare }

/// Holes that take a predicate.
const PREDICATES: [&str; 5] = ["{visible}", "{within}", "{seen}", "{accounts}", "{tags}"];
/// Holes that take a list.
const LISTS: [&str; 6] = ["{ids}", "{resources}", "{emails}", "{there}", "{kinds}", "{macs}"];
/// Holes that take a text of the program.
const TEXTS: [(&str, &str); 10] = [
    ("{bytes}", "1"),
    ("{table}", "leads"),
    ("{filters}", ""),
    ("{order}", "1"),
    ("{usable}", "true"),
    ("{group}", gatepost::access::GROUP),
    ("{maker}", "left join members m on m.id = k.created_by left join users u on u.id = m.user_id"),
    ("{team}", "true"),
    ("{holder}", "cast(null as uuid)"),
    ("{held}", "o.user_id = o.id"),
];

/// What leaves the workspace on purpose: users and credentials are looked up globally, a command line's
/// question is about any workspace, and a workspace is its own.
const GLOBAL: [&str; 6] =
    ["from users", "into users", "update users", "from credentials c", "into credentials", "from server"];
/// What is a user's, and found by him or by the hash of a secret.
const PERSONAL: [&str; 5] = ["sessions", "factors", "recovery_codes", "user_links", "challenges"];

/// Resources that still have statements without the fence of a caller. This list may only shrink.
const NOT_FENCED: [&str; 21] = [
    "account_campaign_mappings",
    "account_moves",
    "accounts",
    "audit_logs",
    "background_jobs",
    "campaigns",
    "credits",
    "custom_tag_mappings",
    "explain",
    "factors",
    "guard_rails",
    "login_policy",
    "members",
    "people",
    "sessions",
    "users",
    "white_label",
    "workspace_billing",
    "workspace_group_members",
    "workspace_members",
    "workspaces",
];

/// How a statement came by its workspace.
enum Fence {
    /// `can.sql`: the workspace of the caller.
    Caller,
    /// `across`: none, for a reason that stands beside the statement.
    Across,
    /// `db::sql`: none.
    None,
}

/// The places in which the workspace of the caller keeps a statement inside.
const FENCES: [&str; 5] = ["workspace_id = {here}", "({here}, ", ", {here}, ", "{visible}", "{seen}"];

async fn every_statement_prepares(world: World) {
    let mut texts = Vec::new();
    collect(Path::new("src"), &mut texts);
    assert!(texts.len() >= 60, "{}", texts.len());
    let mut open = Vec::new();
    for (path, fence, text) in texts {
        let folder = path.strip_prefix("src/resources/").and_then(|path| path.split('/').next());
        match (fence, folder) {
            (Fence::Caller, _) => {
                let rows = text.ends_with("values {rows}") || text.contains("values {rows} on conflict");
                let fenced = rows || FENCES.iter().any(|fence| text.contains(fence));
                assert!(fenced, "{path} leaves the workspace: {text}");
            }
            (Fence::Across, _) | (Fence::None, None) => (),
            (Fence::None, Some(folder)) => {
                open.push(folder.to_owned());
                contained(&path, &text);
            }
        }
        prepare(&world, &path, &text).await;
    }
    open.sort_unstable();
    open.dedup();
    assert_eq!(open, NOT_FENCED);
}

async fn statements_of_records_prepare(world: World) {
    let all = resources::statements();
    let mut described = 0;
    sources(Path::new("src"), &mut |_, source| described += source.matches("\nstored! {").count());
    assert_eq!(all.len(), described, "resources::statements");
    for text in all.concat() {
        prepare(&world, "src/resources", &text).await;
    }
}

/// The older and weaker rule: the text of a statement mentions its workspace.
fn contained(path: &str, text: &str) {
    let fenced = PREDICATES.iter().any(|hole| text.contains(hole)) || text.contains("workspace_id");
    let own = text.contains("workspaces w") || text.contains("workspaces ") && text.contains("id = $1");
    let global = GLOBAL.iter().any(|table| text.contains(table)) || text.contains("into workspaces");
    let keys = ["user_id = $", "hash = $1", "user_id, ", "into challenges"];
    let personal =
        PERSONAL.iter().any(|table| text.contains(table)) && keys.iter().any(|key| text.contains(key));
    // A domain is held on the whole server.
    let domain = text.contains("org_client_domain = $2") || text == "select w.id from workspaces w limit 1";
    assert!(fenced || own || global || personal || domain, "{path} leaves the workspace: {text}");
}

async fn prepare(world: &World, path: &str, text: &str) {
    let id = Uuid::nil();
    let who = Who { user: Some(id), member: Some(id) };
    let preds = Pred::And(vec![
        Pred::new(id, Reach::Team, who, &[vec![id, id], vec![]]),
        Pred::new(id, Reach::Own, who, &[vec![id]]),
        Pred::new(id, Reach::Assigned, who, &[]),
        Pred::new(id, Reach::All, who, &[]),
    ]);
    let shape = shape(path, text);
    let text =
        text.replace("{columns}", columns(text)).replace("{from}", shape.from).replace("{id}", shape.id);
    let binds = (1..=30).filter(|n| text.contains(&format!("${n}"))).count();
    let text = TEXTS.iter().fold(text, |text, (hole, filling)| text.replace(hole, filling));
    let text = text.replace("{rows}", &rows(&text));
    let statement = sql(text.clone()).here(id);
    let mut statement = (0..binds).fold(statement, |sql, _| sql.bind(0));
    for hole in PREDICATES.into_iter().filter(|hole| text.contains(hole)) {
        let tags = hole == "{tags}" && text.contains("in ({tags})");
        let shape = match hole {
            "{tags}" => custom_tags::SHAPE,
            "{accounts}" => accounts::SHAPE,
            "{seen}" if text.contains("leads l") => leads::SHAPE,
            "{seen}" if text.contains("campaigns c") => campaigns::SHAPE,
            _ => shape,
        };
        if tags {
            statement = statement.fill_list(hole, &[id, id]);
        } else {
            statement = statement.fill(hole, |out| preds.sql(&shape, out));
        }
    }
    for hole in LISTS.into_iter().filter(|hole| text.contains(hole)) {
        statement = match hole {
            "{emails}" | "{there}" | "{kinds}" | "{macs}" => statement.fill_list(hole, &["a", "b"]),
            _ => statement.fill_list(hole, &[id, id]),
        };
    }
    let statement = statement.fill("{which}", |out| {
        out.push("c.hash = ''");
    });
    if let Err(error) = world.reader.prepare(statement).await {
        panic!("{path}: {text}\n{error:?}");
    }
}

/// The columns of a record stand in its own place; here any will do.
fn columns(text: &str) -> &'static str {
    match text.contains("from credentials c join api_keys k") {
        true => "k.expires_at <= $1",
        false if text.contains("w.id = m.workspace_id") && text.contains("order by case") => "1",
        false if text.contains("w.id = m.workspace_id") || text.contains("m.user_id = s.user_id") => {
            "w.scheduled_for_removal_at <= $1"
        }
        false => "1",
    }
}

/// Of the table that comes first.
fn shape(path: &str, text: &str) -> Shape {
    let tables = [
        campaigns::SHAPE,
        leads::SHAPE,
        accounts::SHAPE,
        lead_lists::SHAPE,
        api_keys::SHAPE,
        background_jobs::JOBS,
        custom_tags::SHAPE,
        block_list_entries::SHAPE,
        workspace_group_members::SHAPE,
        members::SHAPE,
    ];
    let first = |shape: &Shape| text.find(&format!("{} ", shape.from)).unwrap_or(usize::MAX);
    let folder = path.split('/').nth(2).unwrap_or_default();
    let found = tables.into_iter().filter(|shape| first(shape) < usize::MAX).min_by_key(first);
    found.or(resources::shape(folder).copied()).unwrap_or(campaigns::SHAPE)
}

/// Any row that fits: of the columns before `values {rows}`, or a sender and its place.
fn rows(text: &str) -> String {
    match text.split_once(") values {rows}") {
        Some((before, _)) => {
            let columns = before.rsplit('(').next().unwrap().split(',').count();
            format!("({})", vec!["null"; columns].join(", "))
        }
        None => "(cast('x' as text), cast(1 as bigint))".to_owned(),
    }
}

fn sources(folder: &Path, see: &mut impl FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, see);
        } else if !path.ends_with("tests.rs") && path.extension().is_some_and(|end| end == "rs") {
            see(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}

fn collect(folder: &Path, texts: &mut Vec<(String, Fence, String)>) {
    sources(folder, &mut |path, source| {
        let mut before = "";
        for piece in source.split_inclusive("sql(") {
            if let Some(literal) = piece.trim_start().strip_prefix('"') {
                let text = literal.split('"').next().unwrap().replace("\\\n", "");
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                let fence = match before.trim_end_matches("sql(") {
                    before if before.ends_with(".unfenced_") => Fence::Across,
                    before if before.ends_with('.') => Fence::Caller,
                    _ => Fence::None,
                };
                texts.push((path.display().to_string(), fence, text));
            }
            before = piece;
        }
    });
}
