//! A new import, in two steps: the file, and then what its columns become. Nothing is stored before the second.

use super::super::inspect::{Inspection, inspect};
use super::super::options::{Inspected, Reading};
use super::super::text;
use super::super::{LeadImport, create as start};
use super::draft::{Draft, LARGEST, targets};
use super::{CREATE, LIST, LOOK, SHOW};
use crate::access::{Can, Permission, lead_imports::*};
use crate::error::{Error, Result};
use crate::http::{Query, Uploaded, optional_not_null};
use crate::resources::members::People;
use crate::resources::{campaigns, lead_lists};
use crate::web::{Back, Choice, File, Form, Input, Offer, Page, Posted, Reply};
use askama::Template;
use bytes::Bytes;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

/// Where the leads go, unless the form says otherwise.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(transform = optional_not_null)]
pub struct Into {
    campaign: Option<Uuid>,
    list_id: Option<Uuid>,
}

#[derive(Template)]
#[template(path = "lead_imports/new.html")]
struct Beginning {
    /// What the file is, in the second step.
    seen: Option<Inspection>,
    form: Option<Form>,
    back: Option<Offer>,
}

pub async fn begin(can: Can<Inspect>, Query(into): Query<Into>) -> Result<Page> {
    first(&can, into, None).await
}

async fn first<P: Permission>(can: &Can<P>, into: Into, back: Option<&Back>) -> Result<Page> {
    let form = match LOOK.open_to(can, ()) {
        None => None,
        Some(offer) => {
            let form = Form::of::<Draft>(can, offer)?.called("Choose a file").back(back);
            Some(asking(form, can, into).await?)
        }
    };
    drawn(can, None, form, back)
}

fn drawn<P: Permission>(
    can: &Can<P>,
    seen: Option<Inspection>,
    form: Option<Form>,
    back: Option<&Back>,
) -> Result<Page> {
    let to_list = LIST.open_to(can, ()).map(|offer| offer.called("Back to the imports"));
    Ok(Page::new("Import leads", &Beginning { seen, form, back: to_list })?.coming(back))
}

async fn asking<P: Permission>(form: Form, can: &Can<P>, into: Into) -> Result<Form> {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let none = |choices: Vec<Choice>| std::iter::once(Choice::new("", "none")).chain(choices).collect();
    let (campaigns, lists) = (campaigns::names(can).await?, lead_lists::names(can).await?);
    let people = People::seen_by(can).await?;
    let form = form
        .ask(
            Input::new("_file", "CSV file")
                .file()
                .wide()
                .help("At most 2 MB. The API and the command line take larger files."),
        )
        .ask(
            Input::new("csv", "Or paste the rows")
                .area()
                .help("With the names of the columns in the first row."),
        )
        .ask(
            Input::new("campaign_id", "Into the campaign")
                .heading("Where the leads go")
                .choices(none(campaigns))
                .value(id(into.campaign))
                .help("Into one campaign, or into one list."),
        )
        .ask(Input::new("list_id", "Or into the list").choices(none(lists)).value(id(into.list_id)))
        .ask(
            Input::new("assigned_to", "Assigned to")
                .choices(none(people.users()))
                .help("If you choose nobody, the lead is assigned to the owner of the campaign, or to you."),
        );
    Ok(form
        .ask(
            Input::new("skip_if_in_workspace", "Skip addresses that the workspace has").heading("Which rows"),
        )
        .ask(Input::new("skip_if_in_campaign", "Skip addresses that a campaign has"))
        .ask(Input::new("skip_if_in_list", "Skip addresses that a list has"))
        .ask(Input::new("verify_leads_on_import", "Verify the addresses afterwards")))
}

/// The first step: reads the file, and proposes what its columns become.
pub async fn look(can: Can<Create>, file: File<Draft>) -> Result<Page> {
    let inspecting = can.further::<Inspect>()?;
    let File { posted, name, bytes } = file;
    let (kept, filled) = (posted.kept(), posted.body()?);
    let pasted = filled.get("csv").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    let read = || -> Result<String> {
        match bytes.len() {
            0 if pasted.trim().is_empty() => {
                Err(Error::invalid("body/_file must be a file, or paste its rows"))
            }
            0 => Ok(pasted),
            long if long > LARGEST => Err(Error::invalid("body/_file must have at most 2 MB")),
            _ => text::whole(bytes),
        }
    };
    let looked = async |draft: Draft| {
        campaign_or_list(&draft)?;
        let csv = read()?;
        let file = Uploaded::of(Bytes::from(csv.clone()), inspecting.app().room.clone());
        let wanted = Inspected { reading: Reading::default(), mapping: None, csv: String::new() };
        Ok((inspect(inspecting, wanted, file).await?, csv))
    };
    match posted.through(looked).await? {
        Ok((seen, csv)) => second(&can, seen, csv, &name, kept),
        Err(back) => first(&can, Into::default(), Some(&back)).await,
    }
}

fn campaign_or_list(draft: &Draft) -> Result<()> {
    match (draft.wanted.campaign_id, draft.wanted.list_id) {
        (Some(_), None) | (None, Some(_)) => Ok(()),
        (None, None) | (Some(_), Some(_)) => {
            Err(Error::invalid("body/campaign_id must be chosen, or else a list; not both"))
        }
    }
}

/// The second step: the columns. The file and the first step go along.
fn second(can: &Can<Create>, seen: Inspection, csv: String, name: &str, kept: Back) -> Result<Page> {
    let Some(offer) = CREATE.open_to(can, ()) else { return drawn(can, Some(seen), None, None) };
    let form = Form::of::<Draft>(can, offer)?.called("The columns").once(can)?;
    let mut form = form.hiding("csv", csv).hiding("file_name", short(name)).hiding("dry_run", "false");
    for (field, value) in kept.typed() {
        if !field.starts_with('_') && field != "csv" {
            form = form.hiding(field, value);
        }
    }
    let last = seen.columns.len().saturating_sub(1);
    for (at, shown) in seen.columns.iter().enumerate() {
        let column = &shown.column;
        let samples = shown.samples.iter().map(|sample| short(sample)).collect::<Vec<_>>().join(" | ");
        let help = if samples.is_empty() { "It is empty.".to_owned() } else { samples };
        let mut input = Input::new(format!("columns/{at}/target"), column.name.clone())
            .choices(targets(&column.name, &column.target))
            .value(column.target.clone())
            .help(help);
        if at == last {
            input = input.press_beside("dry_run", "true", "Try it without adding anything");
        }
        form = form.hiding(format!("columns/{at}/name"), column.name.clone()).ask(input);
    }
    drawn(can, Some(seen), Some(form), None)
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

/// The second step was sent.
pub async fn create(can: Can<Create>, posted: Posted<Draft>) -> Result<Reply> {
    let (again, found) = (can.further::<Read>()?, can.further::<Read>()?);
    let room = can.app().room.clone();
    let find = async move |id| found.find::<LeadImport>(found.reader(), id).await;
    let make = async move |can, draft: Draft| {
        let mut new = draft.new_import();
        let file = Uploaded::of(Bytes::from(std::mem::take(&mut new.csv)), room);
        start(can, new, file).await
    };
    match posted.creating(can, make, find).await? {
        Ok(import) => {
            let said = if import.dry_run { "The file is being tried." } else { "The import has begun." };
            Ok(Reply::to(&SHOW, import.id).saying_more(said, "Reload this page to see how far it is."))
        }
        Err(back) => first(&again, Into::default(), Some(&back)).await.map(Reply::from),
    }
}
