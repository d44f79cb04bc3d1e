//! Puts tags on campaigns and sending accounts and takes them off. The short form `{tag_id, resource_id}` toggles.

use super::selection::Selection;
use super::store;
use crate::access::{Can, Step, custom_tags::Toggle};
use crate::audit::{Change, Subject};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::{coerced, optional_not_null};
use crate::resources::accounts;
use crate::resources::custom_tags::{self, ACCOUNT, CAMPAIGN};
use crate::resources::runs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// Records of one call. All workspaces share the writer.
const MOST: i64 = 1000;
/// Pairs of a tag and a record.
const PAIRS: usize = 10_000;

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, transform = coerced, extend("x-gatepost-optional" = ["tag_ids", "resource_type", "assign"]), transform = optional_not_null)]
pub struct ToggleTags {
    /// A tag to toggle on `resource_id`. These two fields replace all others.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub tag_id: Option<Uuid>,
    #[schemars(extend("x-gatepost-extension" = true))]
    pub resource_id: Option<String>,
    #[schemars(length(min = 1, max = 100))]
    pub tag_ids: Option<Vec<Uuid>>,
    /// 1 for sending accounts, 2 for campaigns.
    #[schemars(extend("enum" = [1, 2]))]
    pub resource_type: Option<f64>,
    #[schemars(length(min = 1, max = 1000))]
    pub resource_ids: Option<Vec<String>>,
    #[schemars(length(min = 1, max = 1000))]
    pub excluded_resource_ids: Option<Vec<String>>,
    pub assign: Option<bool>,
    pub selected_all: Option<bool>,
    #[serde(flatten)]
    pub selection: Selection,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Done {
    #[schemars(default)]
    pub success: bool,
}

#[derive(Clone, Copy)]
enum Form {
    Official,
    Short,
}

/// The names of the form's fields.
impl Form {
    fn tags(self) -> &'static str {
        match self {
            Form::Official => "tag_ids",
            Form::Short => "tag_id",
        }
    }

    fn resources(self) -> &'static str {
        match self {
            Form::Official => "resource_ids",
            Form::Short => "resource_id",
        }
    }
}

/// What either form asks for.
struct Wanted {
    tags: Vec<Uuid>,
    /// None in the short form: the id can be of either kind.
    kind: Option<i64>,
    /// None for all that the selection finds, except the excluded ones.
    resources: Option<Vec<String>>,
    excluded: Vec<String>,
    form: Form,
    /// None toggles.
    assign: Option<bool>,
}

/// Campaigns or accounts, by number.
type Found = (i64, Vec<Uuid>);

pub async fn toggle(can: Can<Toggle>, body: ToggleTags) -> Result<Done> {
    let wanted = wanted(&body)?;
    can.write(async move |can, tx| toggled(can, tx, &wanted, &body.selection).await).await
}

async fn toggled(
    can: &Can<Toggle>,
    tx: &mut Tx,
    wanted: &Wanted,
    selection: &Selection,
) -> Result<Change<Done>> {
    custom_tags::known(can, &mut *tx, wanted.form.tags(), &wanted.tags).await?;
    let (kind, found) = match &wanted.resources {
        Some(ids) => named(can, tx, ids, wanted).await?,
        None => selected(can, tx, selection, wanted).await?,
    };
    if wanted.tags.len() * found.len() > PAIRS {
        return Err(Error::invalid(format!(
            "body/{} must make at most {PAIRS} pairs of a tag and a record",
            wanted.form.tags()
        )));
    }
    let assign = match wanted.assign {
        Some(assign) => assign,
        None => !store::is_mapped(can, tx, &wanted.tags, &found).await?,
    };
    match assign {
        true => custom_tags::map(can, tx, &wanted.tags, (kind, &found)).await?,
        false => custom_tags::unmap(can, tx, &wanted.tags, &found).await.map(drop)?,
    }
    if kind == ACCOUNT && assign {
        runs::wake_accounts(can, tx, &found).await?;
    }
    let name = if kind == ACCOUNT { "account" } else { "campaign" };
    let subject = match (found.as_slice(), wanted.tags.as_slice()) {
        ([id], _) => Subject::new(name, *id),
        (_, [tag, ..]) => Subject::new("custom_tag", *tag),
        (_, []) => Subject::new("custom_tag", Uuid::nil()),
    };
    let after = json!({ "assign": assign, "tag_ids": wanted.tags, "resource_ids": found });
    Ok(Change::new(subject, (), after, Done { success: true }).affecting(found.len()))
}

/// Adds tags to sending accounts or removes them, in a transaction that the caller has begun.
pub async fn tag_accounts_part(
    can: &Can<Toggle>,
    tx: &mut Tx,
    accounts: &[String],
    (tags, assign): (&[Uuid], bool),
) -> Result<Change<Done>> {
    let wanted = Wanted {
        tags: tags.to_vec(),
        kind: Some(ACCOUNT),
        resources: Some(accounts.to_vec()),
        excluded: vec![],
        form: Form::Official,
        assign: Some(assign),
    };
    toggled(can, tx, &wanted, &Selection::default()).await
}

fn wanted(body: &ToggleTags) -> Result<Wanted> {
    let missing = |name: &str| Error::invalid(format!("body must have required property '{name}'"));
    if let Some(tag) = body.tag_id {
        let id = body.resource_id.as_ref().ok_or_else(|| missing("resource_id"))?;
        let resources = Some(vec![id.clone()]);
        let (form, excluded) = (Form::Short, vec![]);
        return Ok(Wanted { tags: vec![tag], kind: None, resources, excluded, form, assign: None });
    }
    let tags = body.tag_ids.clone().ok_or_else(|| missing("tag_ids"))?;
    let kind = body.resource_type.ok_or_else(|| missing("resource_type"))? as i64;
    let assign = Some(body.assign.ok_or_else(|| missing("assign"))?);
    let resources = match (&body.resource_ids, body.selected_all == Some(true)) {
        (None, false) => return Err(missing("resource_ids")),
        (Some(ids), false) => Some(ids.clone()),
        (_, true) => None,
    };
    let excluded = body.excluded_resource_ids.clone().unwrap_or_default();
    Ok(Wanted { tags, kind: Some(kind), resources, excluded, form: Form::Official, assign })
}

/// The texts that are ids, and the others as addresses.
fn split(texts: &[String]) -> (Vec<Uuid>, Vec<String>) {
    let mut ids: Vec<Uuid> = texts.iter().filter_map(|text| text.parse().ok()).collect();
    let rest = texts.iter().filter(|text| text.parse::<Uuid>().is_err());
    let mut addresses: Vec<String> = rest.map(|text| accounts::address(text)).collect();
    ids.sort_unstable();
    ids.dedup();
    addresses.sort_unstable();
    addresses.dedup();
    (ids, addresses)
}

fn unknown(form: Form) -> Error {
    let field = form.resources();
    Error::invalid(format!(
        "body/{field} must be ids of campaigns, or ids or addresses of accounts, in this workspace"
    ))
}

/// All of them must be visible, or the answer is 400, and within reach, or it is 403. A text that is not an id and not an
/// address is refused like a missing record.
async fn named(can: &Can<Toggle>, tx: &mut Tx, texts: &[String], wanted: &Wanted) -> Result<Found> {
    let (ids, addresses) = split(texts);
    let kinds: &[i64] = match wanted.kind {
        Some(ACCOUNT) => &[ACCOUNT],
        Some(_) => &[CAMPAIGN],
        None => &[CAMPAIGN, ACCOUNT],
    };
    for kind in kinds {
        let found = match *kind {
            ACCOUNT => store::accounts_among(can, tx, &ids, &addresses).await?,
            _ => store::campaigns_among(can, tx, &ids, &addresses).await?,
        };
        let Some(found) = found else { continue };
        if found.iter().any(|(_, within)| !within) {
            let why = "reach: `custom_tags:toggle` does not reach all of these, or you cannot change them";
            return Err(Error::refused(Step::Reach, why));
        }
        return Ok((*kind, found.into_iter().map(|(id, _)| id).collect()));
    }
    Err(unknown(wanted.form))
}

/// What the selection finds within reach.
async fn selected(can: &Can<Toggle>, tx: &mut Tx, selection: &Selection, wanted: &Wanted) -> Result<Found> {
    let (excluded, addresses) = split(&wanted.excluded);
    let kind = wanted.kind.unwrap_or(CAMPAIGN);
    let found = if kind == ACCOUNT {
        let accounts = accounts::Wanted { excluded: addresses, ..selection.accounts() };
        store::accounts_selected(can, tx, &accounts, &excluded, MOST + 1).await?
    } else {
        store::campaigns_selected(can, tx, selection, &excluded, MOST + 1).await?
    };
    match found.len() as i64 > MOST {
        true => Err(Error::invalid(format!(
            "body/selected_all must select at most {MOST}; narrow it with `filter`"
        ))),
        false => Ok((kind, found)),
    }
}
