//! Every statement in the sources prepares on both engines, even if no test uses it. Statements can be found
//! because each is one literal after `sql(`. Their holes are filled with every kind of predicate.

use crate::support::{World, on_both};
use gatepost::access::{GROUP, GROUP_AND_ROLE, Pred, Reach, Resource, Shape, Who};
use gatepost::db::sql;
use gatepost::resources::access_file::Application;
use gatepost::resources::email_verifications::EmailVerification;
use gatepost::resources::{self, accounts, background_jobs, campaigns, custom_tags, lead_imports, leads};
use std::{fs, path::Path};
use uuid::Uuid;

on_both! { every_statement_prepares statements_of_records_prepare }

/// Holes that take a predicate.
const PREDICATES: [&str; 5] = ["{visible}", "{within}", "{seen}", "{accounts}", "{tags}"];
/// Holes that take a list.
const LISTS: [&str; 7] = ["{ids}", "{resources}", "{emails}", "{there}", "{kinds}", "{macs}", "{numbers}"];
/// Holes that take a text of the program.
const TEXTS: [(&str, &str); 12] = [
    ("{near}", "cast(1 as bigint)"),
    ("{name}", "'name'"),
    ("{bytes}", "1"),
    ("{counts}", "sent"),
    ("{table}", "leads"),
    ("{filters}", ""),
    ("{order}", "1"),
    ("{usable}", "true"),
    ("{maker}", "left join members m on m.id = k.created_by left join users u on u.id = m.user_id"),
    ("{facts}", "true"),
    ("{key}", "c.id"),
    ("{once}", ""),
];

/// How a statement is kept inside its workspace.
enum Fence {
    /// `can.sql`: the workspace of the caller.
    Caller,
    /// `across`: not at all, for a reason beside the statement.
    Across,
    /// `db::sql`: not at all.
    None,
}

/// Holes that keep a statement inside the workspace of the caller.
const FENCES: [&str; 5] = ["workspace_id = {here}", "({here}, ", ", {here}, ", "{visible}", "{seen}"];

/// Whether a statement is about the caller's workspace itself, which the table of workspaces finds by its id.
fn is_own(text: &str) -> bool {
    text.contains("from workspaces w ") && text.contains(" where w.id = {here}")
        || text.contains("workspaces where id = {here}")
        || text.starts_with("update workspaces set ") && text.ends_with(" where id = {here}")
}

async fn every_statement_prepares(world: World) {
    let mut texts = Vec::new();
    collect(Path::new("src"), &mut texts);
    assert!(texts.len() >= 60, "{}", texts.len());
    for (path, fence, text) in texts {
        match fence {
            Fence::Caller => {
                let rows = text.ends_with("values {rows}") || text.contains("values {rows} on conflict");
                let fenced = rows || is_own(&text) || FENCES.iter().any(|fence| text.contains(fence));
                assert!(fenced, "{path} leaves the workspace: {text}");
            }
            Fence::Across => (),
            Fence::None => assert!(!path.starts_with("src/resources/"), "{path} has no fence: {text}"),
        }
        prepare(&world, &path, &text).await;
    }
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
    let group = if text.contains("members m ") { GROUP_AND_ROLE } else { GROUP };
    let text = text.replace("{group}", group);
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
            "{numbers}" => statement.fill_list(hole, &[1_i64, 2]),
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

/// The columns of a record are checked elsewhere, so any columns will do here.
fn columns(text: &str) -> &'static str {
    match text.contains("from credentials c join api_keys k")
        || text.contains("and not k.canary order by k.id desc limit $3")
    {
        true => "k.expires_at <= $1",
        false if text.contains("w.id = m.workspace_id") && text.contains("order by case") => "1",
        false if text.contains("w.id = m.workspace_id") || text.contains("m.user_id = s.user_id") => {
            "w.scheduled_for_removal_at <= $1"
        }
        false => "1",
    }
}

/// A column of the first table.
fn shape(path: &str, text: &str) -> Shape {
    let folders = fs::read_dir("src/resources").unwrap().map(|entry| entry.unwrap().file_name());
    let shapes = folders.filter_map(|name| resources::shape(&name.to_string_lossy()).copied());
    let (parts, files) = (lead_imports::ImportPart::SHAPE, Application::SHAPE);
    let others = [background_jobs::JOBS, parts, EmailVerification::SHAPE, files];
    let tables: Vec<Shape> = shapes.chain(others).collect();
    // A column can join a table too, before the table that the statement reads.
    let first = |shape: &Shape| {
        let at = |text: &str, before: &str| text.find(&format!("{before}{} ", shape.from));
        at(text, "from ").or(at(text, "").map(|at| at + text.len())).unwrap_or(usize::MAX)
    };
    let folder = path.split('/').nth(2).unwrap_or_default();
    let found = tables.into_iter().filter(|shape| first(shape) < usize::MAX).min_by_key(first);
    found.or(resources::shape(folder).copied()).unwrap_or(campaigns::SHAPE)
}

/// A row that fits: the columns before `values {rows}`, or a sender and its place.
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
