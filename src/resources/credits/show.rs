//! Shows what the caller's workspace can spend.

use super::{Credit, Credits, Kind, available, payer, store};
use crate::access::{Can, credits::Read};
use crate::error::Result;
use crate::resources::workspaces;

pub async fn show(can: &Can<Read>) -> Result<Credits> {
    let payer = payer(can);
    let caps = store::caps(can, can.reader()).await?;
    let mut items = Vec::new();
    for kind in Kind::ALL {
        let spent_this_month = store::spent(can, can.reader(), payer, kind).await?;
        let available = available(can, can.reader(), kind).await?;
        items.push(Credit { kind, available, cap: caps.of(kind), spent_this_month });
    }
    let name = match can.group() {
        Some(group) => group.admin_name.clone(),
        None => workspaces::current(can, can.reader()).await?.name,
    };
    Ok(Credits { payer_workspace_id: payer, payer_workspace_name: name, items })
}
