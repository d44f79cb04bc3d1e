//! The SQL of mappings.

use super::CustomTagMapping;
use crate::access::{Can, Permission, accounts, custom_tags};
use crate::db::sql;
use crate::error::Result;
use crate::http::Paging;
use crate::resources::{accounts::SHAPE as accounts_shape, campaigns, custom_tags::SHAPE};
use uuid::Uuid;

pub async fn list<P: Permission>(
    can: &Can<P>,
    paging: &Paging,
    resources: Option<&[Uuid]>,
) -> Result<Vec<CustomTagMapping>> {
    sql("select {columns} from custom_tag_mappings m \
         left join campaigns c on c.workspace_id = m.workspace_id and c.id = m.resource_id \
         left join accounts a on a.workspace_id = m.workspace_id and a.id = m.resource_id \
         join custom_tags t on t.workspace_id = m.workspace_id and t.id = m.tag_id \
         where m.id < $1 and ({visible} or {accounts}) and {tags} {filters} order by m.id desc limit $2")
    .bind(paging.before())
    .bind(paging.limit())
    .fill("{visible}", can.visible(&campaigns::SHAPE))
    .fill("{accounts}", can.sees::<accounts::Read>(&accounts_shape))
    .fill("{tags}", can.sees::<custom_tags::Read>(&SHAPE))
    .fill("{filters}", |out| {
        out.given_list(resources, " and m.resource_id in (", ")");
    })
    .all(can.reader())
    .await
}
