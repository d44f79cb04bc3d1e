//! The schedule of a campaign: from when until when, and the hours of the week in which it sends.

use super::super::{Campaign, Patch};
use super::changes::found;
use super::words::WEEK;
use super::{Head, Place, SAVE_SCHEDULE, SCHEDULE};
use crate::access::{Can, Near, Permission, Seen, campaigns::Read, campaigns::Update};
use crate::error::{Error, Result};
use crate::http::{Id, Path};
use crate::web::{Back, Form, Input, Page, Posted, Reply};
use askama::Template;
use serde_json::{Map, Value, json};

/// The most windows that a schedule gets on this page.
const MOST: usize = 10;

#[derive(Template)]
#[template(path = "campaigns/schedule.html")]
struct Schedule {
    head: Head,
    form: Option<Form>,
}

pub async fn show(can: Can<Update>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let (campaign, near) = found(&can, id).await?;
    let form = form(&can, near, &campaign, &drawn(&campaign)?, None)?;
    shown(&can, near, &campaign, form, None)
}

fn shown<P: Permission>(
    can: &Can<P>,
    near: Near,
    campaign: &Seen<Campaign>,
    form: Option<Form>,
    back: Option<&Back>,
) -> Result<Page> {
    let schedule = Schedule { head: Head::of(can, near, campaign, Place::Schedule), form };
    Ok(Page::new(format!("Schedule: {}", campaign.name), &schedule)?.coming(back))
}

/// The campaign as this form shows it: every day is chosen or not, and a date can be empty.
fn drawn(campaign: &Seen<Campaign>) -> Result<Value> {
    let mut schedule = serde_json::to_value(&campaign.campaign_schedule).map_err(Error::internal)?;
    if let Value::Object(fields) = &mut schedule {
        for date in ["start_date", "end_date"] {
            fields.entry(date).or_insert(Value::Null);
        }
    }
    for window in windows_of(&mut schedule) {
        if let Some(Value::Object(days)) = window.get_mut("days") {
            for (number, _) in WEEK {
                days.entry(number).or_insert(Value::Bool(false));
            }
        }
    }
    Ok(json!({ "campaign_schedule": schedule }))
}

fn windows_of(schedule: &mut Value) -> &mut [Value] {
    match schedule.get_mut("schedules").and_then(Value::as_array_mut) {
        Some(windows) => windows,
        None => &mut [],
    }
}

fn form<P: Permission>(
    can: &Can<P>,
    near: Near,
    campaign: &Campaign,
    values: &Value,
    back: Option<&Back>,
) -> Result<Option<Form>> {
    let Some(offer) = SAVE_SCHEDULE.offered_on(can, near, campaign.id) else { return Ok(None) };
    let form = Form::of::<Patch>(can, offer)?.called("Schedule").over(values)?.back(back);
    let form = form
        .ask(Input::new("campaign_schedule/start_date", "First day").help("Empty to begin at once."))
        .ask(Input::new("campaign_schedule/end_date", "Last day").help("Empty for no end."));
    let windows = values.pointer("/campaign_schedule/schedules").and_then(Value::as_array);
    let count = windows.map_or(0, Vec::len);
    let form = (0..count).fold(form, |form, at| hours(form, at, count));
    Ok(Some(form))
}

/// The fields of one of the hours of the week.
fn hours(form: Form, at: usize, count: usize) -> Form {
    let name = |field: &str| format!("campaign_schedule/schedules/{at}/{field}");
    let title = if count == 1 { "Hours".to_owned() } else { format!("Hours {}", at + 1) };
    let form = form
        .ask(Input::new(name("name"), "Name").heading(title))
        .ask(Input::new(name("timing/from"), "From").help("Such as 09:00."))
        .ask(Input::new(name("timing/to"), "Until").help("Such as 17:00."))
        .ask(Input::new(name("timezone"), "Time zone"));
    let last = WEEK.len() - 1;
    WEEK.into_iter().enumerate().fold(form, |form, (day, (number, label))| {
        let mut input = Input::new(name(&format!("days/{number}")), label);
        if day == last && count > 1 {
            input = input.press(format!("without {at}"), format!("Remove hours {}", at + 1));
        }
        if day == last && at + 1 == count && count < MOST {
            input = input.press("more", "Add hours");
        }
        form.ask(input)
    })
}

/// What a button inside the form does to the schedule.
fn pressed(body: &mut Map<String, Value>, press: &str) {
    let Some(schedule) = body.get_mut("campaign_schedule") else { return };
    let Some(windows) = schedule.get_mut("schedules").and_then(Value::as_array_mut) else { return };
    let without = press.strip_prefix("without ").and_then(|at| at.parse::<usize>().ok());
    match without.filter(|at| *at < windows.len() && windows.len() > 1) {
        Some(at) => drop(windows.remove(at)),
        None if press == "more" && windows.len() < MOST => {
            windows.extend(windows.last().cloned());
        }
        None => (),
    }
}

pub async fn save(can: Can<Update>, path: Path<Id>, posted: Posted<Patch>) -> Result<Reply> {
    let Path(Id { id }) = path;
    let (campaign, near) = found(&can, id).await?;
    if let Some(press) = posted.aside("_do") {
        let mut body = posted.body()?;
        pressed(&mut body, press);
        let form = form(&can, near, &campaign, &Value::Object(body), None)?;
        let form = form.map(|form| form.first_seen(posted.aside("_seen")));
        return shown(&can, near, &campaign, form, None).map(Reply::from);
    }
    let again = can.further::<Read>()?;
    let values = Value::Object(posted.body()?);
    let update = async |patch| super::super::update(can, id, patch).await;
    match posted.changing(&drawn(&campaign)?, update).await? {
        Ok(Some(_)) => Ok(Reply::to(&SCHEDULE, id).saying("The schedule is saved.")),
        Ok(None) => Ok(Reply::to(&SCHEDULE, id).saying("Nothing was changed.")),
        Err(back) => {
            // The form has as many hours as were typed. `_seen` is what is stored now, for the next try.
            let seen = drawn(&campaign)?.to_string();
            let form = form(&again, near, &campaign, &values, Some(&back))?;
            let form = form.map(|form| form.first_seen(Some(&seen)));
            shown(&again, near, &campaign, form, Some(&back)).map(Reply::from)
        }
    }
}
