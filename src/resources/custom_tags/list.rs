use super::CustomTag;
use crate::access::{Can, accounts, campaigns, custom_tags::Read};
use crate::db::Part;
use crate::error::Result;
use crate::http::{Paging, absent_not_null, ids, pattern};
use crate::resources;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
pub struct Filter {
    #[serde(flatten)]
    pub paging: Paging,
    #[schemars(transform = absent_not_null, length(max = 200))]
    search: Option<String>,
    /// Tags on any of these resources: UUIDs with commas between.
    #[schemars(transform = absent_not_null)]
    resource_ids: Option<String>,
    #[schemars(transform = absent_not_null)]
    tag_ids: Option<String>,
}

pub async fn list(can: &Can<Read>, filter: &Filter) -> Result<Vec<CustomTag>> {
    let tags = ids("tag_ids", filter.tag_ids.as_deref())?;
    let resources = ids("resource_ids", filter.resource_ids.as_deref())?;
    let found = can.list::<CustomTag>(&filter.paging, |out| {
        let search = filter.search.as_deref().map(pattern);
        out.given(search, " and t.search like ", " escape '\\'");
        out.given_list(tags.as_deref(), " and t.id in (", ")");
        if let Some(resources) = &resources {
            on(can, resources, out);
        }
    });
    found.all(can.reader()).await
}

/// The tags of campaigns and accounts that the caller sees.
fn on(can: &Can<Read>, ids: &[Uuid], out: &mut Part) {
    out.push(
        " and t.id in (select m.tag_id from custom_tag_mappings m \
         left join campaigns c on c.workspace_id = m.workspace_id and c.id = m.resource_id \
         left join accounts a on a.workspace_id = m.workspace_id and a.id = m.resource_id \
         where m.resource_id in (",
    );
    out.list(ids).push(") and (");
    can.sees::<campaigns::Read>(&resources::campaigns::SHAPE)(out);
    out.push(" or ");
    can.sees::<accounts::Read>(&resources::accounts::SHAPE)(out);
    out.push("))");
}
