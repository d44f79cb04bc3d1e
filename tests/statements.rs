//! Every statement in the sources prepares on both engines, used by a test or not. It can be found because it
//! is one literal after `sql(`; its holes are filled with every kind of predicate.

use crate::support::{World, on_both};
use gatepost::access::{Pred, Reach, Shape, Who};
use gatepost::db::sql;
use gatepost::resources::{
    self, accounts, background_jobs, campaigns, custom_tags, lead_lists, leads, members,
    workspace_group_members,
};
use std::{fs, path::Path};
use uuid::Uuid;

on_both! { every_statement_prepares }

/// Holes that take a predicate.
const PREDICATES: [&str; 5] = ["{visible}", "{within}", "{seen}", "{accounts}", "{tags}"];
/// Holes that take a list.
const LISTS: [&str; 5] = ["{ids}", "{resources}", "{emails}", "{there}", "{kinds}"];
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
const BY_OPERATOR: &str = "src/cli/";

async fn every_statement_prepares(world: World) {
    let mut texts = Vec::new();
    collect(Path::new("src"), &mut texts);
    assert!(texts.len() >= 60, "{}", texts.len());
    for (path, text) in texts {
        let fenced = PREDICATES.iter().any(|hole| text.contains(hole)) || text.contains("workspace_id");
        let own = text.contains("workspaces w") || text.contains("workspaces ") && text.contains("id = $1");
        let global = GLOBAL.iter().any(|table| text.contains(table)) || text.contains("into workspaces");
        let personal = ["user_id = $", "hash = $1", "user_id, ", "into challenges"];
        let personal = PERSONAL.iter().any(|table| text.contains(table))
            && personal.iter().any(|key| text.contains(key));
        // Who holds a domain is so on the whole server.
        let global = global
            || personal
            || text.contains("org_client_domain = $2")
            || text == "select w.id from workspaces w limit 1";
        let known = fenced || own || global || path.starts_with(BY_OPERATOR) || !path.contains("resources");
        assert!(known, "{path} leaves the workspace: {text}");
        prepare(&world, &path, &text).await;
    }
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
    let mut statement = (0..binds).fold(sql(text.clone()), |sql, _| sql.bind(0));
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
            "{emails}" | "{there}" | "{kinds}" => statement.fill_list(hole, &["a", "b"]),
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
        background_jobs::JOBS,
        custom_tags::SHAPE,
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

fn collect(folder: &Path, texts: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, texts);
        } else if !path.ends_with("tests.rs") && path.extension().is_some_and(|end| end == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            let calls = source.split("sql(").skip(1).filter(|rest| rest.trim_start().starts_with('"'));
            let literals = calls.filter_map(|rest| rest.trim_start()[1..].split('"').next());
            let joined =
                |text: &str| text.replace("\\\n", "").split_whitespace().collect::<Vec<_>>().join(" ");
            texts.extend(literals.map(|text| (path.display().to_string(), joined(text))));
        }
    }
}
