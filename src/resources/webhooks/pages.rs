//! The pages of webhooks: the list, one webhook with its delivery log, and its secret.

mod one;

use super::draft::Draft;
use super::{ACTIVE, Webhook, create, event_types, every, store};
use crate::access::{Caller, Can, webhook_events as events, webhooks::*};
use crate::error::Result;
use crate::web::{Back, Choice, Empty, Form, Input, Offer, Page, Pages, Posted, Rail, Reply, Way};
use askama::Template;
use schemars::JsonSchema;

pub const LIST: Way<Read> = Way::page("/w/{workspace}/webhooks", "Webhooks");
const NEW: Way<Create> = Way::page("/w/{workspace}/webhooks/new", "New webhook").main();
const CREATE: Way<Create> = Way::post("/w/{workspace}/webhooks/new", "Create the webhook").main();
const SHOW: Way<Read> = Way::page("/w/{workspace}/webhooks/{id}", "Open");
const CHANGE: Way<Update> = Way::post("/w/{workspace}/webhooks/{id}", "Save").main();
const TEST: Way<Test> = Way::post("/w/{workspace}/webhooks/{id}/test", "Send an example");
const RESUME: Way<Resume> = Way::post("/w/{workspace}/webhooks/{id}/resume", "Resume").main();
const ABOUT_TO_ROTATE: Way<Rotate> = Way::page("/w/{workspace}/webhooks/{id}/secret", "New secret");
const ROTATE: Way<Rotate> = Way::post("/w/{workspace}/webhooks/{id}/secret", "Make a new secret").grave();
const ABOUT_TO_DELETE: Way<Delete> = Way::page("/w/{workspace}/webhooks/{id}/delete", "Delete");
const DELETE: Way<Delete> = Way::post("/w/{workspace}/webhooks/{id}/delete", "Delete the webhook").grave();
const REDELIVER: Way<events::Redeliver> =
    Way::post("/w/{workspace}/webhooks/deliveries/{id}/redeliver", "Deliver again");

pub fn pages() -> Pages {
    Pages::under(Rail::Webhooks)
        .at(&LIST, list)
        .at(&NEW, begin)
        .at(&CREATE, make)
        .at(&SHOW, one::show)
        .at(&CHANGE, one::change)
        .at(&TEST, one::test)
        .at(&RESUME, one::resume)
        .at(&ABOUT_TO_ROTATE, one::about_to_rotate)
        .at(&ROTATE, one::rotate)
        .at(&ABOUT_TO_DELETE, one::about_to_delete)
        .at(&DELETE, one::delete)
        .at(&REDELIVER, one::redeliver)
}

#[derive(Template)]
#[template(path = "webhooks/list.html")]
struct List {
    rows: Vec<Row>,
    new: Option<Offer>,
    empty: Empty,
}

struct Row {
    webhook: Webhook,
    event: String,
    open: Option<Offer>,
}

impl Row {
    fn name(&self) -> &str {
        let name = self.webhook.name.as_deref().filter(|name| !name.trim().is_empty());
        name.unwrap_or(&self.webhook.target_hook_url)
    }

    fn is_active(&self) -> bool {
        self.webhook.status == ACTIVE
    }
}

/// The kinds of events and the labels, as options of a select.
async fn kinds(can: &Can<Read>) -> Result<Vec<Choice>> {
    let all = event_types(can).await?.event_types.into_iter();
    Ok(all
        .map(|kind| match kind.kind {
            "custom_label" => Choice::new(kind.id, format!("Label: {}", kind.label)),
            _ => Choice::new(kind.id, kind.label),
        })
        .collect())
}

fn row(can: &Caller, webhook: Webhook, kinds: &[Choice]) -> Row {
    let number = webhook.custom_interest_value.map(|number| number.to_string());
    let id = webhook.event_type.map(super::EventType::name).or(number).unwrap_or_default();
    let known = kinds.iter().find(|kind| kind.value == id).map(|kind| kind.label.clone());
    let row = Row { open: None, event: known.unwrap_or(id), webhook };
    let open = SHOW.offered(can, row.webhook.id).map(|offer| offer.about(row.name()));
    Row { open, ..row }
}

async fn list(can: Can<Read>) -> Result<Page> {
    let kinds = kinds(&can).await?;
    let rows = every(&can).await?.into_iter().map(|webhook| row(&can, webhook, &kinds)).collect();
    let empty = Empty::FirstUse {
        what: "webhooks",
        use_for: "A webhook is an address of another program. This server calls it when something happens, such as a lead \
                  that gets a label.",
    };
    Page::new("Webhooks", &List { rows, new: NEW.offered(&can, ()), empty })
}

#[derive(Template)]
#[template(path = "webhooks/new.html")]
struct New {
    form: Option<Form>,
    back: Option<Offer>,
}

async fn begin(can: Can<Create>) -> Result<Page> {
    beginning(&can.further()?, None).await
}

async fn beginning(can: &Can<Read>, back: Option<&Back>) -> Result<Page> {
    let form = match CREATE.offered(can, ()) {
        Some(offer) => Some(asked::<Draft>(can, offer, "New webhook").await?.once(can)?.back(back)),
        None => None,
    };
    let list = LIST.offered(can, ()).map(|offer| offer.called("All webhooks"));
    Ok(Page::new("New webhook", &New { form, back: list })?.coming(back))
}

/// The fields of a webhook.
async fn asked<T: JsonSchema + 'static>(can: &Can<Read>, offer: Offer, name: &'static str) -> Result<Form> {
    let campaigns = store::campaigns(can).await?.into_iter();
    let campaigns = campaigns.map(|(id, name)| Choice::new(id, name)).collect();
    Ok(Form::of::<T>(can, offer)?
        .called(name)
        .ask(Input::new("target_hook_url", "Address").help("It begins with https:// and can be reached from this server."))
        .ask(Input::new("event", "When").choices(kinds(can).await?).value("all_events"))
        .ask(Input::new("campaign", "Only this campaign").choices(campaigns).help("Empty: all campaigns."))
        .ask(Input::new("name", "Name").help("For the list of webhooks."))
        .ask(Input::new("headers", "Headers").help(
            "One in each line, such as Authorization: Bearer and a token. The values are stored encrypted, and never shown \
             again.",
        )))
}

#[derive(Template)]
#[template(path = "webhooks/secret.html")]
struct Secret<'a> {
    title: String,
    secret: Option<&'a str>,
    rotated: bool,
    open: Option<Offer>,
}

/// The answer shows the secret once. Sending the same form again shows that the webhook was made.
async fn make(can: Can<Create>, posted: Posted<Draft>) -> Result<Reply> {
    let (look, found) = (can.further::<Read>()?, can.further::<Read>()?);
    let find = async move |id| one::found(&found, id).await;
    let make = async |can, draft: Draft| create(can, draft.webhook()?).await;
    match posted.creating(can, make, find).await? {
        Ok(webhook) => secret(&look, &webhook, false),
        Err(back) => beginning(&look, Some(&back)).await.map(Reply::from),
    }
}

fn secret(can: &Can<Read>, webhook: &Webhook, rotated: bool) -> Result<Reply> {
    let title = if rotated { "A new secret" } else { "The webhook is created" };
    let open = SHOW.offered(can, webhook.id).map(|offer| offer.called("Open the webhook"));
    let page = Secret { title: title.to_owned(), secret: webhook.secret.as_deref(), rotated, open };
    Ok(Page::new(title, &page)?.with_secret().into())
}
