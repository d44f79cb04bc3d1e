//! The SQL of leads.

mod duplicates;
mod merge;
mod moves;
mod search;
mod verify;
pub use duplicates::{Known, end_of_window, known, known_by_id, owners, repeated, twins};
pub use merge::absorb;
pub use moves::{assign, count, how_many, nearest, next, place, set_facts, set_interest, those};
pub use search::{Matching, contacts, delete_matching, exported, list, near};
pub use verify::{reached, set_verification, verifies, waiting};

use crate::access::{Caller, Permission, campaigns, lead_lists};
use crate::db::Tx;
use crate::error::Result;
use crate::resources::lead_containers::Container;
use crate::resources::{campaigns as campaign, lead_lists as lead_list};
use uuid::Uuid;

/// The owner of a campaign or list that the caller sees, and whether it is within reach.
pub async fn container<P: Permission>(
    can: &Caller,
    tx: &mut Tx,
    container: Container,
) -> Result<Option<(Option<Uuid>, bool)>> {
    let statement = match container {
        Container::Campaign(id) => can
            .sql("select c.owned_by, {within} from campaigns c where c.id = $1 and {visible}")
            .bind(id)
            .fill("{within}", can.reaches::<P>(&campaign::SHAPE))
            .fill("{visible}", can.sees::<campaigns::Read>(&campaign::SHAPE)),
        Container::List(id) => can
            .sql("select i.owned_by, {within} from lead_lists i where i.id = $1 and {visible}")
            .bind(id)
            .fill("{within}", can.reaches::<P>(&lead_list::SHAPE))
            .fill("{visible}", can.sees::<lead_lists::Read>(&lead_list::SHAPE)),
    };
    statement.optional(tx).await
}

/// Which of these addresses a campaign or list has already.
pub async fn taken(can: &Caller, tx: &mut Tx, place: Container, emails: &[String]) -> Result<Vec<String>> {
    can.sql("select l.email from leads l where l.workspace_id = {here} and l.email in ({emails}) {filters}")
        .fill_list("{emails}", emails)
        .fill("{filters}", |out| {
            out.given(place.campaign(), " and l.campaign_id = ", "");
            out.given(place.list(), " and l.list_id = ", "");
        })
        .all(tx)
        .await
}
