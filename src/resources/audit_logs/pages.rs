//! The page of the audit log: a sentence for each row, with everything else that the row holds behind it.

use super::sentence::{changes, sentence, subject};
use super::store::{self, Further, Wanted};
use super::{AuditLog, export, export::ExportLog};
use crate::access::{ACTIONS, Action, Can, STEPS, api_keys, audit_logs::*, workspace_members as members};
use crate::error::Result;
use crate::http::{Query, day, optional_not_null};
use crate::time::Time;
use crate::web::{
    Changed, Choice, Empty, Form, Input, Offer, Page, Pages, Post, Posted, Rail, Reply, Way, fence,
};
use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

const LIST: Way<Read> = Way::page("/w/{workspace}/audit", "Audit log");
const EXPORT: Way<Export> = Way::post("/w/{workspace}/audit/export", "Export");
/// Pages to which a row leads.
const PERSON: Way<members::Read> = Way::page("/w/{workspace}/members/{id}", "The person");
const MEMBER: Way<members::Read> = Way::page("/w/{workspace}/members/{id}", "The member");
const KEYS: Way<api_keys::Read> = Way::page("/w/{workspace}/api-keys", "The keys");

/// Rows of a page.
const ROWS: i64 = 50;

pub fn pages() -> Pages {
    Pages::under(Rail::Audit).at(&LIST, list).at(&EXPORT, exported)
}

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Filter {
    #[schemars(length(max = 254))]
    who: Option<String>,
    #[schemars(length(max = 100))]
    permission: Option<String>,
    /// `<kind>/<id>`.
    #[schemars(length(max = 100))]
    subject: Option<String>,
    #[schemars(length(max = 64))]
    address: Option<String>,
    #[schemars(length(max = 40))]
    from: Option<String>,
    #[schemars(length(max = 40))]
    until: Option<String>,
    refused: Option<bool>,
    /// Only what people of the admin workspace did here.
    acting: Option<bool>,
    starting_after: Option<Uuid>,
}

/// What was typed, without the fields that were left empty.
fn typed(text: &Option<String>) -> Option<String> {
    text.as_ref().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

impl Filter {
    fn wanted(&self) -> Result<Wanted> {
        Ok(Wanted {
            before: self.starting_after.unwrap_or(Uuid::max()),
            limit: ROWS,
            who: typed(&self.who),
            permission: typed(&self.permission),
            subject: typed(&self.subject),
            address: typed(&self.address),
            from: day("from", typed(&self.from).as_deref())?,
            until: day("until", typed(&self.until).as_deref())?.map(|day| day.plus(Time::DAY)),
            refused: self.refused == Some(true),
            acting: self.acting == Some(true),
            ..Wanted::default()
        })
    }

    /// The filters that are set, by name.
    fn set(&self) -> Vec<(&'static str, String)> {
        let yes = |field: Option<bool>| (field == Some(true)).then(|| "true".to_owned());
        let all = [
            ("who", typed(&self.who)),
            ("permission", typed(&self.permission)),
            ("subject", typed(&self.subject)),
            ("address", typed(&self.address)),
            ("from", typed(&self.from)),
            ("until", typed(&self.until)),
            ("refused", yes(self.refused)),
            ("acting", yes(self.acting)),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    fn value(&self, name: &str) -> String {
        self.set().into_iter().find(|(set, _)| *set == name).map(|(_, value)| value).unwrap_or_default()
    }
}

#[derive(Template)]
#[template(path = "audit_logs/list.html")]
struct List {
    filter: Filter,
    permissions: Vec<(String, Vec<&'static Action>)>,
    rows: Vec<Row>,
    older: Option<Offer>,
    clear: Option<Offer>,
    export: Option<Form>,
    empty: Empty,
}

struct Row {
    log: AuditLog,
    sentence: String,
    refused_by: Option<String>,
    fence: Vec<Post>,
    changes: Vec<Changed>,
    /// The rest of what the row holds, in words.
    facts: Vec<(String, String)>,
    /// Pages of the person, the key and the record.
    links: Vec<Offer>,
    /// The same page with only what this actor did, or what happened to this record.
    only: Vec<Offer>,
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Page> {
    let found: Vec<(AuditLog, Further)> = store::list(&can, filter.wanted()?).await?;
    let names = names(&can, &found).await?;
    let set = filter.set();
    let last = found.last().filter(|_| found.len() as i64 == ROWS).map(|(row, _)| row.id.to_string());
    let older = last.and_then(|last| {
        let mut query: Vec<(&str, &str)> = set.iter().map(|(name, value)| (*name, value.as_str())).collect();
        query.push(("starting_after", &last));
        Some(LIST.offered(&can, ())?.called("Older").with(&query))
    });
    let filters = set.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ");
    let empty = match set.is_empty() {
        true => Empty::Cleared {
            title: "Nothing is recorded that you can see",
            reason: "A caller with a tag limit sees no rows of the audit log.",
        },
        false => Empty::NoMatch { what: "rows", filters },
    };
    let list = List {
        rows: found.into_iter().map(|(log, further)| row(&can, log, further, &names)).collect(),
        permissions: by_resource(),
        older,
        clear: LIST
            .offered(&can, ())
            .filter(|_| !set.is_empty())
            .map(|offer| offer.called("Clear the filters")),
        export: export_form(&can)?,
        empty,
        filter,
    };
    Page::new("Audit log", &list)
}

fn export_form(can: &Can<Read>) -> Result<Option<Form>> {
    let Some(offer) = EXPORT.offered(can, ()) else { return Ok(None) };
    let formats = vec![Choice::new("csv", "CSV"), Choice::new("ndjson", "JSON, a line for each row")];
    let form = Form::of::<ExportLog>(can, offer)?.called("Export the audit log");
    let form = form
        .ask(Input::new("format", "Format").choices(formats).value("csv"))
        .ask(Input::new("from", "First day").help("As YYYY-MM-DD, in UTC. Empty for all."))
        .ask(Input::new("until", "Last day").help("It is included."));
    Ok(Some(form))
}

/// The permissions that have rows in the log, or can be refused.
fn by_resource() -> Vec<(String, Vec<&'static Action>)> {
    let mut groups: BTreeMap<String, Vec<&'static Action>> = BTreeMap::new();
    for action in ACTIONS.iter().copied() {
        groups.entry(action.resource.replace('_', " ")).or_default().push(action);
    }
    groups.into_iter().collect()
}

pub(super) async fn names(can: &Can<Read>, rows: &[(AuditLog, Further)]) -> Result<HashMap<Uuid, String>> {
    let mut ids: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
    for (row, further) in rows {
        if let Some((kind, id)) = subject(row).filter(|_| !further.refused) {
            ids.entry(kind).or_default().push(id);
        }
    }
    let mut names = HashMap::new();
    for (kind, ids) in ids {
        names.extend(store::names(can, kind, &ids).await?);
    }
    Ok(names)
}

fn row(can: &Can<Read>, log: AuditLog, further: Further, names: &HashMap<Uuid, String>) -> Row {
    let metadata = log.audit_metadata.value();
    let about = subject(&log);
    let name = about.and_then(|(_, id)| names.get(&id)).map(String::as_str);
    let refused_by = metadata.get("refused_by").and_then(Value::as_str).map(str::to_owned);
    let step = STEPS.into_iter().find(|step| refused_by.as_deref() == Some(step.name()));
    let person = further.member.and_then(|member| PERSON.offered(can, member));
    let key = log.api_key_id.and_then(|_| KEYS.offered(can, ()));
    let record = about.filter(|(kind, _)| *kind == "workspace_member" && name.is_some());
    let record = record.and_then(|(_, id)| MEMBER.offered(can, id));
    let links = [person, key, record].into_iter().flatten().collect();
    let only = |name: &str, value: &str, label: &str| {
        LIST.offered(can, ()).map(|offer| offer.called(label).with(&[(name, value)]))
    };
    let only = [
        only("who", &log.user, "Only this caller"),
        only("subject", &log.resource, "Only this record").filter(|_| about.is_some()),
        only("permission", &log.action, "Only this permission"),
    ];
    let changed = changes(&metadata).into_iter().map(|(field, was, is)| Changed { field, was, is });
    Row {
        sentence: sentence(&log, further.refused, name),
        fence: step.map(|step| fence(Some(step))).unwrap_or_default(),
        changes: changed.collect(),
        facts: facts(&log, &further, &metadata),
        refused_by: refused_by.filter(|_| further.refused),
        only: only.into_iter().flatten().collect(),
        links,
        log,
    }
}

fn facts(log: &AuditLog, further: &Further, metadata: &Value) -> Vec<(String, String)> {
    let text = |name: &str| metadata.get(name).and_then(Value::as_str).map(str::to_owned);
    let acting = metadata.get("acting_for").and_then(|acting| acting.get("workspace_name"));
    let second = metadata.get("second_factor").and_then(Value::as_bool);
    let all = [
        ("Permission", Some(log.action.clone())),
        ("Record", Some(log.resource.clone())),
        ("Records", log.affected_count.map(|count| count.to_string())),
        ("Caller", Some(log.user.clone())),
        ("Role", text("role")),
        ("Second factor", second.map(|shown| if shown { "shown" } else { "not shown" }.to_owned())),
        ("Acting for", acting.and_then(Value::as_str).map(str::to_owned)),
        ("Address", Some(log.ip_address.clone())),
        ("Agent", log.user_agent.clone()),
        ("Request", Some(further.request_id.clone())),
    ];
    let given = all.into_iter().filter_map(|(label, fact)| Some((label.to_owned(), fact?)));
    given.filter(|(_, fact)| !fact.is_empty()).collect()
}

/// The file itself is the answer, so the page stays.
async fn exported(can: Can<Export>, posted: Posted<ExportLog>) -> Result<axum::response::Response> {
    use axum::response::IntoResponse;
    match posted.through(async |wanted| export(can, wanted).await).await? {
        Ok(file) => Ok(file.into_response()),
        Err(_) => {
            Ok(Reply::to(&LIST, ()).saying("Nothing was exported. Give days as YYYY-MM-DD.").into_response())
        }
    }
}
