//! One webhook: its state, its settings, its delivery log, its secret, and deleting it.

use super::super::draft::{Changes, Shown};
use super::super::test::Tested;
use super::super::{
    Webhook, resume as resume_webhook, rotate as rotate_secret, store, test as send_example, update,
};
use super::{
    ABOUT_TO_DELETE, ABOUT_TO_ROTATE, CHANGE, DELETE, LIST, REDELIVER, RESUME, ROTATE, Row, SHOW, TEST,
    asked, kinds, row, secret,
};
use crate::access::{Can, campaigns, webhook_events as events, webhooks::*};
use crate::error::Result;
use crate::http::{Id, Path, Query, optional_not_null};
use crate::resources::webhook_events::{self, ROWS, WebhookEvent};
use crate::web::{Back, Form, Offer, Page, Posted, Reply};
use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Template)]
#[template(path = "webhooks/show.html")]
struct Show {
    row: Row,
    campaign: Option<String>,
    acts: Vec<Offer>,
    resume: Option<Offer>,
    tested: Option<Tested>,
    change: Option<Form>,
    /// The form has come back, so it is not folded away.
    wrong: bool,
    log: Option<Vec<Delivery>>,
    older: Option<Offer>,
    back: Option<Offer>,
}

/// An attempt of the delivery log.
struct Delivery {
    event: WebhookEvent,
    again: Option<Offer>,
}

impl Delivery {
    fn kind(&self) -> &str {
        let kind = self.event.payload.get("event_type").and_then(serde_json::Value::as_str);
        kind.unwrap_or("event")
    }

    fn payload(&self) -> String {
        serde_json::to_string_pretty(&self.event.payload).unwrap_or_default()
    }

    fn is_test(&self) -> bool {
        self.event.retry_group_id.is_none()
    }
}

#[derive(Default, Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct From {
    starting_after: Option<Uuid>,
}

/// The webhook with this id.
pub async fn found(can: &Can<Read>, id: Uuid) -> Result<Webhook> {
    can.find(can.reader(), id).await
}

pub async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, Query(from): Query<From>) -> Result<Page> {
    let webhook = found(&can, id).await?;
    shown(&can, webhook, &from, (None, None)).await
}

async fn shown(
    can: &Can<Read>,
    webhook: Webhook,
    from: &From,
    (back, tested): (Option<&Back>, Option<Tested>),
) -> Result<Page> {
    let id = webhook.id;
    let row = row(can, webhook, &kinds(can).await?);
    let acts = [TEST.offered(can, id), ABOUT_TO_ROTATE.offered(can, id), ABOUT_TO_DELETE.offered(can, id)];
    let campaign = match row.webhook.campaign {
        Some(campaign) => {
            let name = match can.further::<campaigns::Read>() {
                Ok(can) => store::campaign(&can, campaign).await?,
                Err(_) => None,
            };
            Some(name.unwrap_or_else(|| "one that you cannot see".to_owned()))
        }
        None => None,
    };
    let change = match CHANGE.offered(can, id) {
        Some(offer) => {
            let form = asked::<Changes>(can, offer, "Settings of the webhook").await?;
            Some(form.over(&Shown::of(&row.webhook))?.back(back))
        }
        None => None,
    };
    let (log, older) = deliveries(can, id, from).await?;
    let show = Show {
        resume: RESUME.offered(can, id).filter(|_| !row.is_active()),
        acts: acts.into_iter().flatten().collect(),
        back: LIST.offered(can, ()).map(|offer| offer.called("All webhooks")),
        campaign,
        wrong: back.is_some_and(Back::is_wrong),
        tested,
        change,
        log,
        older,
        row,
    };
    let title = show.row.name().to_owned();
    Ok(Page::new(title, &show)?.coming(back))
}

type Log = (Option<Vec<Delivery>>, Option<Offer>);

/// The attempts that the caller sees, and the link to older ones.
async fn deliveries(can: &Can<Read>, webhook: Uuid, from: &From) -> Result<Log> {
    let Ok(read) = can.further::<events::Read>() else { return Ok((None, None)) };
    let Some(found) = webhook_events::of_webhook(&read, webhook, from.starting_after).await? else {
        return Ok((None, None));
    };
    let last = found.last().filter(|_| found.len() as i64 == ROWS).map(|(event, _)| event.id.to_string());
    let older = last.and_then(|last| {
        let offer = SHOW.offered(can, webhook)?.called("Older deliveries");
        Some(offer.with(&[("starting_after", &last)]))
    });
    let delivery = |(event, near): (WebhookEvent, _)| {
        let again = REDELIVER.offered_on(can, near, event.id).filter(|_| event.retry_group_id.is_some());
        Delivery { event, again }
    };
    Ok((Some(found.into_iter().map(delivery).collect()), older))
}

pub async fn change(can: Can<Update>, Path(Id { id }): Path<Id>, posted: Posted<Changes>) -> Result<Reply> {
    let look = can.further::<Read>()?;
    let webhook = found(&look, id).await?;
    let update = async |changes: Changes| update(can, id, changes.patch()?).await;
    match posted.changing(&Shown::of(&webhook), update).await? {
        Ok(Some(_)) => Ok(Reply::to(&SHOW, id)
            .saying_more("The webhook is changed.", "It delivers with your rights from now on.")),
        Ok(None) => Ok(Reply::to(&SHOW, id).saying("Nothing was changed.")),
        Err(back) => shown(&look, webhook, &From::default(), (Some(&back), None)).await.map(Reply::from),
    }
}

/// The answer is the page of the webhook with what the target answered.
pub async fn test(can: Can<Test>, Path(Id { id }): Path<Id>, _: Posted<()>) -> Result<Page> {
    let look = can.further::<Read>()?;
    let tested = send_example(can, id).await?;
    let webhook = found(&look, id).await?;
    shown(&look, webhook, &From::default(), (None, Some(tested))).await
}

pub async fn resume(can: Can<Resume>, Path(Id { id }): Path<Id>, _: Posted<()>) -> Result<Reply> {
    resume_webhook(can, id).await?;
    Ok(Reply::to(&SHOW, id)
        .saying_more("The webhook is resumed.", "What waits is delivered now, with your rights."))
}

#[derive(Template)]
#[template(path = "webhooks/sure.html")]
struct Sure {
    title: String,
    deletes: bool,
    act: Option<Offer>,
    back: Option<Offer>,
}

pub async fn about_to_rotate(can: Can<Rotate>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let look = can.further::<Read>()?;
    found(&look, id).await?;
    let back = SHOW.offered(&can, id).map(|offer| offer.called("Keep the secret"));
    let title = "Make a new secret".to_owned();
    Page::new(title.clone(), &Sure { title, deletes: false, act: ROTATE.offered(&can, id), back })
}

pub async fn rotate(can: Can<Rotate>, Path(Id { id }): Path<Id>, _: Posted<()>) -> Result<Reply> {
    let look = can.further::<Read>()?;
    let webhook = rotate_secret(can, id).await?;
    secret(&look, &webhook, true)
}

pub async fn about_to_delete(can: Can<Delete>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let look = can.further::<Read>()?;
    let row = row(&can, found(&look, id).await?, &[]);
    let back = SHOW.offered(&can, id).map(|offer| offer.called("Keep the webhook"));
    let title = format!("Delete {}", row.name());
    Page::new(title.clone(), &Sure { title, deletes: true, act: DELETE.offered(&can, id), back })
}

pub async fn delete(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Posted<()>) -> Result<Reply> {
    super::super::delete(can, id).await?;
    Ok(Reply::to(&LIST, ()).saying("The webhook is deleted."))
}

pub async fn redeliver(
    can: Can<events::Redeliver>,
    Path(Id { id }): Path<Id>,
    _: Posted<()>,
) -> Result<Reply> {
    let attempt = webhook_events::redeliver(can, id).await?;
    Ok(Reply::to(&SHOW, attempt.webhook_id)
        .saying_more("The event waits for its delivery.", "Load this page again to see what became of it."))
}
