//! Shows what the caller's workspace can spend.

use super::available::least;
use super::{Credit, Credits, Kind, payer, store};
use crate::access::{Can, credits::Read};
use crate::error::Result;
use crate::resources::workspaces;

pub async fn show(can: &Can<Read>) -> Result<Credits> {
    let payer = payer(can);
    let caps = store::caps(can, can.reader()).await?;
    let mut items = Vec::new();
    for kind in Kind::ALL {
        let spent_this_month = store::spent(can, can.reader(), payer, kind).await?;
        let balance = store::balance(can.reader(), payer, kind).await?;
        let cap = caps.of(kind);
        items.push(Credit { kind, available: least(balance, cap, spent_this_month), cap, spent_this_month });
    }
    let name = match can.group() {
        Some(group) => group.admin_name.clone(),
        None => workspaces::current(can, can.reader()).await?.name,
    };
    Ok(Credits { payer_workspace_id: payer, payer_workspace_name: name, items })
}
