//! Putting tags on resources and taking them off: the official form, and the short one `{tag_id, resource_id}`,
//! which toggles.

use super::selection::Selection;
use super::{SHAPE, store};
use crate::access::{
    Can, Step,
    custom_tags::{Read, Toggle},
};
use crate::audit::{Change, Subject};
use crate::db::{Tx, sql};
use crate::error::{Error, Result};
use crate::http::{Json, absent_not_null};
use crate::resources::campaigns;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// The wire's number for a campaign, and for a sending account.
pub const CAMPAIGN: i64 = 2;
const ACCOUNT: i64 = 1;
/// Campaigns of one call; the writer is everybody's.
const MOST: i64 = 1000;

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, extend("x-gatepost-optional" = ["tag_ids", "resource_type", "assign"]))]
pub struct Body {
    /// A tag to toggle on `resource_id`, in the place of all other fields.
    #[schemars(transform = absent_not_null, extend("x-gatepost-extension" = true))]
    pub tag_id: Option<Uuid>,
    #[schemars(transform = absent_not_null, extend("x-gatepost-extension" = true))]
    pub resource_id: Option<String>,
    #[schemars(transform = absent_not_null, length(min = 1, max = 100))]
    pub tag_ids: Option<Vec<Uuid>>,
    /// 1 for sending accounts, 2 for campaigns.
    #[schemars(transform = absent_not_null, extend("enum" = [1, 2]))]
    pub resource_type: Option<f64>,
    #[schemars(transform = absent_not_null, length(min = 1, max = 1000))]
    pub resource_ids: Option<Vec<String>>,
    #[schemars(transform = absent_not_null, length(min = 1, max = 1000))]
    pub excluded_resource_ids: Option<Vec<String>>,
    #[schemars(transform = absent_not_null)]
    pub assign: Option<bool>,
    #[schemars(transform = absent_not_null)]
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

/// How the form calls its fields.
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

/// What the two forms come to.
struct Wanted {
    tags: Vec<Uuid>,
    /// None for all that the selection finds, but the excluded.
    resources: Option<Vec<Uuid>>,
    excluded: Vec<Uuid>,
    form: Form,
    /// None: the other way round from what it is.
    assign: Option<bool>,
}

pub async fn toggle(can: Can<Toggle>, Json(body): Json<Body>) -> Result<Json<Done>> {
    let wanted = wanted(&body)?;
    let done = can.write(async move |can, tx| {
        store::known(can, tx, wanted.form.tags(), &wanted.tags).await?;
        let campaigns = match &wanted.resources {
            Some(ids) => within(can, tx, ids, wanted.form).await?,
            None => selected(can, tx, &body.selection, &wanted.excluded).await?,
        };
        let assign = match wanted.assign {
            Some(assign) => assign,
            None => !mapped(can, tx, &wanted.tags, &campaigns).await?,
        };
        apply(can, tx, &wanted.tags, &campaigns, assign).await?;
        let subject = match (campaigns.as_slice(), wanted.tags.as_slice()) {
            ([campaign], _) => Subject::new("campaign", *campaign),
            (_, [tag, ..]) => Subject::new("custom_tag", *tag),
            (_, []) => Subject::new("custom_tag", Uuid::nil()),
        };
        let after = json!({ "assign": assign, "tag_ids": wanted.tags, "resource_ids": campaigns });
        Ok(Change::new(subject, (), after, Done { success: true }).affecting(campaigns.len()))
    });
    done.await.map(Json)
}

fn wanted(body: &Body) -> Result<Wanted> {
    let missing = |name: &str| Error::invalid(format!("body must have required property '{name}'"));
    if let Some(tag) = body.tag_id {
        let id = body.resource_id.as_ref().ok_or_else(|| missing("resource_id"))?;
        let resources = Some(campaign_ids(std::slice::from_ref(id), Form::Short)?);
        return Ok(Wanted { tags: vec![tag], resources, excluded: vec![], form: Form::Short, assign: None });
    }
    let tags = body.tag_ids.clone().ok_or_else(|| missing("tag_ids"))?;
    let kind = body.resource_type.ok_or_else(|| missing("resource_type"))? as i64;
    let assign = Some(body.assign.ok_or_else(|| missing("assign"))?);
    let all = body.selected_all == Some(true);
    // There are no sending accounts yet: none of them is one that the caller sees.
    let resources = match (&body.resource_ids, all) {
        (None, false) => return Err(missing("resource_ids")),
        (Some(_), false) if kind == ACCOUNT => return Err(unknown(Form::Official)),
        (_, true) if kind == ACCOUNT => Some(vec![]),
        (Some(ids), false) => Some(campaign_ids(ids, Form::Official)?),
        (_, true) => None,
    };
    let excluded = body.excluded_resource_ids.as_deref().unwrap_or_default();
    let excluded = excluded.iter().filter_map(|id| id.parse().ok()).collect();
    Ok(Wanted { tags, resources, excluded, form: Form::Official, assign })
}

/// An id that is none is refused as one that is not there.
fn campaign_ids(ids: &[String], form: Form) -> Result<Vec<Uuid>> {
    let mut ids: Vec<Uuid> =
        ids.iter().map(|id| id.parse().map_err(|_| unknown(form))).collect::<Result<_>>()?;
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

fn unknown(form: Form) -> Error {
    let field = form.resources();
    Error::invalid(format!("body/{field} must be ids of campaigns in this workspace"))
}

/// All of them visible, or a 400; all of them within reach, or a 403.
async fn within(can: &Can<Toggle>, tx: &mut Tx, ids: &[Uuid], form: Form) -> Result<Vec<Uuid>> {
    let found: Vec<(Uuid, bool)> =
        sql("select c.id, {within} from campaigns c where c.id in ({ids}) and {visible}")
            .fill_ids("{ids}", ids)
            .fill("{within}", can.within(&campaigns::SHAPE))
            .fill("{visible}", can.visible(&campaigns::SHAPE))
            .all(tx)
            .await?;
    if found.len() < ids.len() {
        return Err(unknown(form));
    }
    if found.iter().any(|(_, within)| !within) {
        return Err(Error::refused(
            Step::Reach,
            "reach: `custom_tags:toggle` does not reach all of these campaigns",
        ));
    }
    Ok(ids.to_vec())
}

/// What the selection finds within reach.
async fn selected(
    can: &Can<Toggle>,
    tx: &mut Tx,
    selection: &Selection,
    excluded: &[Uuid],
) -> Result<Vec<Uuid>> {
    let condition = selection.condition();
    let found: Vec<Uuid> =
        sql("select c.id from campaigns c where {within} and {visible} {filters} order by c.id limit $1")
            .bind(MOST + 1)
            .fill("{within}", can.within(&campaigns::SHAPE))
            .fill("{visible}", can.visible(&campaigns::SHAPE))
            .fill("{filters}", |out| {
                condition(out);
                if !excluded.is_empty() {
                    out.push(" and c.id not in (").list(excluded).push(")");
                }
            })
            .all(tx)
            .await?;
    match found.len() as i64 > MOST {
        true => Err(Error::invalid(format!(
            "body/selected_all must select at most {MOST} campaigns; narrow it with `filter`"
        ))),
        false => Ok(found),
    }
}

async fn mapped(can: &Can<Toggle>, tx: &mut Tx, tags: &[Uuid], resources: &[Uuid]) -> Result<bool> {
    let found = sql("select m.id from custom_tag_mappings m join custom_tags t \
         on t.workspace_id = m.workspace_id and t.id = m.tag_id \
         where m.tag_id in ({tags}) and m.resource_id in ({resources}) and {visible}")
    .fill_ids("{tags}", tags)
    .fill_ids("{resources}", resources)
    .fill("{visible}", can.sees::<Read>(&SHAPE))
    .optional::<Uuid>(tx);
    Ok(found.await?.is_some())
}

async fn apply(
    can: &Can<Toggle>,
    tx: &mut Tx,
    tags: &[Uuid],
    resources: &[Uuid],
    assign: bool,
) -> Result<()> {
    if !assign {
        return store::unmap(can, tx, tags, resources).await.map(drop);
    }
    for tag in tags {
        for resource in resources {
            store::map(can, tx, *tag, *resource).await?;
        }
    }
    Ok(())
}
