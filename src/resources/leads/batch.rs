//! Adds many leads for another resource, which is told the result of each. The rules are those of `add`.

use super::add::{LeftOut, insert, sort_out};
use super::rules::{Skip, bounded, lead};
use super::verify::{can_verify, queue};
use super::{Destination, Given, Lead};
use crate::access::{Can, Permission, leads::Create};
use crate::db::Tx;
use crate::error::Result;
use crate::resources::lead_containers::Container;
use uuid::Uuid;

/// Where leads go, and how.
#[derive(Clone, Debug)]
pub struct Batch {
    pub container: Container,
    /// A member. Without one, the rules of `add` say who the leads are assigned to.
    pub assigned_to: Option<String>,
    pub skip: Skip,
    /// Lets the leads wait for the job that verifies their addresses.
    pub verify: bool,
    /// Adds nothing, and says what would be added.
    pub dry: bool,
}

impl Batch {
    /// Refuses a campaign or a list that the caller cannot put leads into, a member that they cannot assign leads to, and
    /// verifying without the right or the credits.
    pub async fn check<P: Permission>(&self, can: &Can<P>, tx: &mut Tx) -> Result<()> {
        if self.verify {
            can_verify(can, &mut *tx).await?;
        }
        self.open(can, tx).await.map(drop)
    }

    async fn open<P: Permission>(&self, can: &Can<P>, tx: &mut Tx) -> Result<(Destination, Option<Uuid>)> {
        let field = self.container.field("campaign_id");
        let destination = Destination::open(can, tx, self.container, field).await?;
        let assigned_to = destination.assign(can, tx, "assigned_to", self.assigned_to.as_deref()).await?;
        Ok((destination, assigned_to))
    }
}

/// A lead that is not added.
pub struct Left {
    pub why: LeftOut,
    /// The lead that has its address already, whether the caller sees it or not.
    pub present: Option<Uuid>,
}

/// Adds the leads, or says what would become of them. The answer has the id of each added lead, in the order of `given`.
pub async fn add_batch(
    can: &Can<Create>,
    tx: &mut Tx,
    batch: &Batch,
    given: &[Given],
) -> Result<Vec<Result<Uuid, Left>>> {
    let (destination, assigned_to) = batch.open(can, tx).await?;
    let sorted = sort_out(can, tx, given, batch.container, batch.skip).await?;
    let mut fates: Vec<_> =
        given.iter().map(|_| Err(Left { why: LeftOut::Invalid, present: None })).collect();
    let mut leads: Vec<Lead> = Vec::with_capacity(sorted.taken.len());
    for (index, given) in &sorted.taken {
        let lead = bounded(lead(can, given, &destination, assigned_to), "the row")?;
        if let Some(fate) = fates.get_mut(*index) {
            *fate = Ok(lead.id);
        }
        leads.push(lead);
    }
    for (index, why) in sorted.left_out {
        if let Some(fate) = fates.get_mut(index) {
            let present = sorted.present.get(&index).map(|(lead, _)| lead.id);
            *fate = Err(Left { why, present });
        }
    }
    if !batch.dry {
        insert(can, tx, batch.container, &leads).await?;
        if batch.verify {
            queue(can, tx, &leads).await?;
        }
    }
    Ok(fates)
}
