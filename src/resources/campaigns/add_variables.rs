//! Registers names of variables, before leads bring values for them.

use super::variables::{CORE, MOST};
use super::{Campaign, store, subject};
use crate::access::{Can, Seen, campaigns::Update};
use crate::audit::Change;
use crate::error::{Error, Result};
use crate::http::lenient;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = lenient)]
pub struct AddVariables {
    /// Names of custom variables. The built-in ones, such as `firstName`, need not be registered.
    #[schemars(length(max = 500), inner(length(min = 1, max = 200)))]
    variables: Vec<String>,
}

pub async fn add_variables(can: Can<Update>, id: Uuid, wanted: AddVariables) -> Result<Seen<Campaign>> {
    can.write(async move |can, tx| {
        let before: Campaign = can.find(&mut *tx, id).await?;
        let mut after = before.clone();
        let known = after.custom_variables.get_or_insert_default();
        let count = known.len();
        for name in wanted.variables.iter().filter(|name| !CORE.contains(&name.as_str())) {
            known.entry(name.clone()).or_insert_with(|| name.clone().into());
        }
        if known.len() > MOST {
            return Err(Error::invalid(format!(
                "body/variables must NOT bring the campaign above {MOST} different names"
            )));
        }
        if known.len() == count {
            return Ok(Change::updated(subject(&before), &before, before.clone()));
        }
        after.timestamp_updated = can.now();
        store::update(can, tx, &before, &after).await?;
        Ok(Change::updated(subject(&before), &before, after))
    })
    .await
}
