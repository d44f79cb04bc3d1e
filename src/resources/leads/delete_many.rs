//! Deletes leads of one campaign or list, in steps: only those within the caller's reach.

use super::destination::look;
use super::store::{self, Matching};
use crate::access::{Can, STEP, leads::Delete};
use crate::audit::Change;
use crate::error::Result;
use crate::http::absent_not_null;
use crate::resources::lead_containers::Container;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::ops::ControlFlow::{Break, Continue};
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(extend("anyOf" = [{ "required": ["campaign_id"] }, { "required": ["list_id"] }]))]
pub struct DeleteLeads {
    /// This or `list_id`.
    #[schemars(transform = absent_not_null)]
    campaign_id: Option<Uuid>,
    #[schemars(transform = absent_not_null)]
    list_id: Option<Uuid>,
    #[schemars(with = "f64", extend("enum" = [1, 2, 3, -1, -2, -3]))]
    #[serde(default)]
    status: Option<i64>,
    #[schemars(transform = absent_not_null, length(max = 10000))]
    ids: Option<Vec<Uuid>>,
    /// The default is all that match.
    #[schemars(transform = absent_not_null, range(min = 1, max = 10000))]
    limit: Option<i64>,
}

impl DeleteLeads {
    /// Only the named ones: without a list of ids, none. A form that checks nothing deletes nothing.
    pub fn of_these(self) -> DeleteLeads {
        DeleteLeads { ids: Some(self.ids.unwrap_or_default()), ..self }
    }
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Deleted {
    #[schemars(default)]
    count: u64,
}

impl Deleted {
    pub fn count(&self) -> u64 {
        self.count
    }
}

pub async fn delete_many(can: Can<Delete>, wanted: DeleteLeads) -> Result<Deleted> {
    let container = Container::one("campaign_id", wanted.campaign_id, wanted.list_id)?;
    can.write_in_steps((0, Uuid::nil()), async move |can, tx, (so_far, after)| {
        look(can, tx, container, container.field("campaign_id")).await?;
        let matching = Matching { container, status: wanted.status, ids: wanted.ids.as_deref() };
        let limit = wanted.limit.map_or(u64::MAX, i64::unsigned_abs);
        let most = STEP.min(limit - so_far);
        let deleted = store::delete_matching(can, tx, &matching, *after, most).await?;
        let (leads, last) = (deleted.len(), deleted.iter().max().copied());
        let count = so_far + leads as u64;
        let ids = wanted.ids.is_some().then_some(deleted);
        let before = json!({ "leads": leads, "status": wanted.status, "ids": ids });
        Ok(match last {
            Some(last) if leads as u64 == STEP && count < limit => {
                Continue((Change::new(container.subject(), before, (), ()).affecting(leads), (count, last)))
            }
            Some(_) | None => {
                Break(Change::new(container.subject(), before, (), Deleted { count }).affecting(leads))
            }
        })
    })
    .await
}
