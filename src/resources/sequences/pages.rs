//! The editor of a sequence. Its buttons add, remove and move steps and variants in the form. Nothing is stored before the
//! form is saved.

use super::editor::{self, drawn};
use super::preview::{self, Previewed};
use super::test_mail;
use crate::access::{Can, Near, Permission, Seen, campaigns::Read, campaigns::Update, emails::Test};
use crate::error::Result;
use crate::http::{Id, Path};
use crate::resources::campaigns::{self, Campaign, Head, Patch, Place, reached};
use crate::web::{Back, Form, Page, Pages, Posted, Rail, Reply, Way};
use askama::Template;
use serde_json::Value;

pub const SHOW: Way<Update> = Way::page("/w/{workspace}/campaigns/{id}/sequence", "Sequence");
pub const SEND: Way<Test> = Way::post("/w/{workspace}/campaigns/{id}/sequence/test", "Send the test mail");
pub const SAVE: Way<Update> = Way::post("/w/{workspace}/campaigns/{id}/sequence", "Save").main();

pub fn pages() -> Pages {
    Pages::under(Rail::Campaigns).at(&SHOW, show).at(&SAVE, save).at(&SEND, test_mail::send)
}

#[derive(Template)]
#[template(path = "sequences/show.html")]
struct Show {
    head: Head,
    form: Option<Form>,
    /// Sequences after the first, which no campaign uses and the form would drop.
    others: usize,
    variables: Vec<String>,
    preview: Option<Previewed>,
    test: Option<Form>,
}

/// A form with what stands beside it.
pub struct Editor<'a> {
    values: &'a Value,
    seen: Option<&'a str>,
    back: Option<&'a Back>,
    /// A test mail that was not sent.
    test: Option<&'a Back>,
    /// The address of the lead to preview for, as it was typed.
    lead: Option<&'a str>,
    preview: Option<Previewed>,
}

impl<'a> Editor<'a> {
    pub fn of(values: &'a Value) -> Editor<'a> {
        Editor { values, seen: None, back: None, test: None, lead: None, preview: None }
    }

    pub fn with_test(self, refused: &'a Back) -> Editor<'a> {
        Editor { test: Some(refused), ..self }
    }
}

async fn show(can: Can<Update>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let (campaign, near) = reached(&can, id).await?;
    let values = drawn(&campaign)?;
    shown(&can, near, &campaign, Editor::of(&values)).await
}

pub async fn shown<P: Permission>(
    can: &Can<P>,
    near: Near,
    campaign: &Seen<Campaign>,
    editor: Editor<'_>,
) -> Result<Page> {
    let Editor { values, seen, back, test: refused, lead, preview } = editor;
    let leads = preview::leads(can, campaign.id).await?;
    let others = campaign.settings.sequences.read()?.len().saturating_sub(1);
    let form = match SAVE.offered_on(can, near, campaign.id).filter(|_| others == 0) {
        None => None,
        Some(offer) => {
            let form = Form::of::<Patch>(can, offer)?.called("Sequence").over(values)?.back(back);
            Some(editor::asking(form.first_seen(seen), values, &leads, lead))
        }
    };
    let variables = preview::variables(campaign);
    let head = Head::of(can, near, campaign, Place::Sequence);
    let test = test_mail::form(can, campaign, &leads, refused).await?;
    let show = Show { head, form, others, variables, preview, test };
    Ok(Page::new(format!("Sequence: {}", campaign.name), &show)?.coming(back.or(refused)))
}

async fn save(can: Can<Update>, Path(Id { id }): Path<Id>, posted: Posted<Patch>) -> Result<Reply> {
    let (campaign, near) = reached(&can, id).await?;
    let (seen, lead) = (posted.aside("_seen").map(str::to_owned), posted.aside("_lead").map(str::to_owned));
    let mut values = Value::Object(posted.body()?);
    if let Some(press) = posted.aside("_do") {
        let preview = match press {
            "preview" => Some(preview::of(&can, &campaign, &values, lead.as_deref()).await?),
            press => {
                editor::pressed(&mut values, press);
                None
            }
        };
        let (seen, lead) = (seen.as_deref(), lead.as_deref());
        let editor = Editor { seen, lead, preview, ..Editor::of(&values) };
        return shown(&can, near, &campaign, editor).await.map(Reply::from);
    }
    let again = can.further::<Read>()?;
    let stored = drawn(&campaign)?;
    let update = async |patch| campaigns::update(can, id, patch).await;
    match posted.changing(&stored, update).await? {
        Ok(Some(_)) => Ok(Reply::to(&SHOW, id).saying("The sequence is saved.")),
        Ok(None) => Ok(Reply::to(&SHOW, id).saying("Nothing was changed.")),
        Err(back) => {
            // A person who sends the form again has seen what is stored now.
            let now = stored.to_string();
            let lead = lead.as_deref();
            let editor = Editor { seen: Some(&now), back: Some(&back), lead, ..Editor::of(&values) };
            shown(&again, near, &campaign, editor).await.map(Reply::from)
        }
    }
}
