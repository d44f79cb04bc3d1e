//! Making a key: the form, a look at what it could do, and the key itself, which is shown once.

use super::super::draft::{Draft, Template as Start};
use super::super::{ApiKey, CountedPermission, Preview as Foreseen, Scope, all_scopes, exceeds, number};
use super::{CREATE, LIST, LOOK, NEW, all_tags, created};
use crate::access::{ACTIONS, Answer, Caller, Can, Permission, Seen, api_keys::*};
use crate::error::Result;
use crate::http::{Query, optional_not_null};
use crate::resources::custom_tags::CustomTag;
use crate::web::{Back, Choice, Form, Input, Offer, Page, Posted, Reply};
use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "api_keys/new.html")]
struct New {
    starts: Vec<Beginning>,
    form: Option<Form>,
    /// The scopes that the maker lacks.
    lacking: Vec<String>,
    foreseen: Option<Foreseen>,
    back: Option<Offer>,
}

/// A template to start from.
struct Beginning {
    offer: Offer,
    chosen: bool,
}

impl New {
    /// The permissions by resource, with the largest number of records that one of them reaches.
    fn by_resource(&self) -> Vec<(String, Vec<&CountedPermission>)> {
        let mut all: BTreeMap<&str, Vec<&CountedPermission>> = BTreeMap::new();
        for permission in self.foreseen.iter().flat_map(|foreseen| &foreseen.permissions) {
            let resource = permission.permission.split(':').next().unwrap_or_default();
            all.entry(resource).or_default().push(permission);
        }
        all.into_iter().map(|(resource, some)| (resource.replace('_', " "), some)).collect()
    }

    /// "7 campaigns, 5 accounts".
    fn sees(&self) -> String {
        let read = |one: &&CountedPermission| one.permission.ends_with(":read");
        let all = self.foreseen.iter().flat_map(|foreseen| &foreseen.permissions).filter(read);
        let counted = all.filter_map(|one| Some((one.permission.strip_suffix(":read")?, one.records?)));
        let words =
            counted.map(|(resource, records)| format!("{} {}", number(&records), plural(resource, records)));
        words.collect::<Vec<_>>().join(", ")
    }
}

fn plural(resource: &str, records: i64) -> String {
    let words = match resource {
        "accounts" => "sending accounts".to_owned(),
        "workspace_members" => "members".to_owned(),
        other => other.replace('_', " "),
    };
    if records == 1 { words.trim_end_matches('s').to_owned() } else { words }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct From {
    template: Option<Start>,
}

pub async fn begin(can: Can<Create>, Query(from): Query<From>) -> Result<Page> {
    shown(&can, from.template.unwrap_or_default(), None, None).await
}

async fn shown<P: Permission>(
    can: &Can<P>,
    start: Start,
    back: Option<&Back>,
    foreseen: Option<Foreseen>,
) -> Result<Page> {
    let tags = all_tags(can).await?;
    let (given, lacking) = scopes(can);
    let starts = Start::ALL.into_iter().filter_map(|one| {
        let (name, label) = one.words();
        let offer = NEW.offered(can, ())?.called(label).plain().with(&[("template", name)]);
        Some(Beginning { offer, chosen: one == start && back.is_none() })
    });
    let new = New {
        starts: starts.collect(),
        form: form(can, start, given, &tags, back)?,
        lacking,
        foreseen,
        back: LIST.offered(can, ()).map(|offer| offer.called("Back to the keys")),
    };
    Ok(Page::new("New API key", &new)?.coming(back))
}

/// The scopes that this server has operations for: those that the maker can give, in groups, and those that they lack.
fn scopes(can: &Caller) -> (Vec<Choice>, Vec<String>) {
    let serves = |scope: &String| ACTIONS.iter().any(|action| action.admits(scope, false));
    let (mut given, mut lacking) = (Vec::new(), Vec::new());
    for scope in all_scopes().into_iter().filter(serves).map(Scope) {
        if exceeds(can.grant(), &scope, true).is_some() {
            lacking.push(scope.0);
            continue;
        }
        let (resource, verb) = scope.parts();
        let resource = if resource == "all" { "everything" } else { resource };
        given.push(Choice::new(scope.0.clone(), verb).under(resource.replace(['_', '-'], " ")));
    }
    // The finer scopes of a resource come last in the list, and belong to its group.
    let mut order: Vec<String> = Vec::new();
    for choice in &given {
        if !order.contains(&choice.group) {
            order.push(choice.group.clone());
        }
    }
    given.sort_by_key(|choice| order.iter().position(|group| *group == choice.group));
    (given, lacking)
}

fn form(
    can: &Caller,
    start: Start,
    given: Vec<Choice>,
    tags: &[CustomTag],
    back: Option<&Back>,
) -> Result<Option<Form>> {
    let Some(offer) = CREATE.offered(can, ()) else { return Ok(None) };
    let form =
        Form::of::<Draft>(can, offer)?.called("New API key").once(can)?.back(back).or(LOOK.offered(can, ()));
    let chosen: Vec<&str> =
        start.scopes().iter().copied().filter(|scope| given.iter().any(|one| one.value == *scope)).collect();
    let tags: Vec<Choice> = tags.iter().map(|tag| Choice::new(tag.id, tag.label.clone())).collect();
    let kinds = vec![
        Choice::new("workspace", "Workspace key"),
        Choice::new("personal", "Personal key"),
        Choice::new("canary", "Canary key"),
    ];
    let form = form
        .ask(Input::new("name", "Name").help("What the program is called that uses it."))
        .ask(Input::new("kind", "Kind").choices(kinds).value("workspace").help(
            "A workspace key keeps working when you leave. A personal key can do what you can do now, and stops when you \
             leave. A canary key gives no access: put it where only an intruder looks. Its use is recorded, and the owner and \
             the admins get a letter.",
        ))
        .ask(Input::new("expires", "Expires").choices(expiries()).value("90"))
        .ask(Input::new("allowed_ips", "Only from these addresses").help(
            "Addresses or networks, such as 203.0.113.0/24, with a comma or a line break between them. Leave it empty for any.",
        ))
        .ask(Input::new("scopes", "Scopes").choices(given).value(chosen).help(
            "The program can do what its scopes allow, and never more than you. The box \"all\" of a resource includes the others.",
        ));
    if tags.is_empty() {
        return Ok(Some(form));
    }
    let limit = Input::new("tag_limit", "Only records with one of these tags").choices(tags);
    Ok(Some(form.ask(limit.help("Without a tag there is no limit."))))
}

fn expiries() -> Vec<Choice> {
    let choice = |value: &str, label: &str| Choice::new(value, label);
    vec![
        choice("30", "In 30 days"),
        choice("90", "In 90 days"),
        choice("365", "In 365 days"),
        choice("never", "Never"),
    ]
}

/// What the key could do. Nothing is created, and the form keeps what was typed.
pub async fn look(can: Can<Create>, posted: Posted<Draft>) -> Result<Page> {
    let (kept, can) = (posted.kept(), can.further::<Preview>()?);
    let now = can.now();
    match posted.through(async |draft: Draft| super::super::preview(&can, &draft.new_key(now)).await).await? {
        Ok(foreseen) => shown(&can, Start::Own, Some(&kept), Some(foreseen)).await,
        Err(back) => shown(&can, Start::Own, Some(&back), None).await,
    }
}

/// The answer shows the key once. Sending the same form again shows that it was made.
pub async fn create(can: Can<Create>, posted: Posted<Draft>) -> Result<Reply> {
    let (look, found) = (can.further::<Read>()?, can.further::<Read>()?);
    let now = can.now();
    let find = async move |id| Ok::<Seen<ApiKey>, _>(super::super::show(&found, id).await?.seen_by(&found));
    let make = async |can, draft: Draft| super::super::create(can, draft.new_key(now)).await;
    match posted.creating(can, make, find).await? {
        Ok(key) => created::page(&look, &key, None),
        Err(back) => shown(&look, Start::Own, Some(&back), None).await.map(Reply::from),
    }
}
