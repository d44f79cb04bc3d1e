//! Whom and what an explanation is about.

use crate::access::{Action, Can, Grant, Permission, Pred, Shape, Sight, accounts};
use crate::db::{Part, Source, sql};
use crate::error::Result;
use crate::resources::accounts::Senders;
use crate::resources::{shape, workspace_members};
use uuid::Uuid;

/// A member of the caller's workspace by member id, user id or address, or a key by its id.
pub async fn grant_of<P: Permission>(can: &Can<P>, who: &str) -> Result<Option<Grant>> {
    let (reader, now) = (can.reader(), can.now());
    let member = match who.parse::<Uuid>() {
        Ok(id) => match Grant::of_key_id(can.workspace(), id, now, reader).await? {
            Some(grant) => return Ok(Some(grant)),
            None => member_by_id(can, id).await?,
        },
        Err(_) => by_email(can, &workspace_members::address(who)).await?,
    };
    match member {
        Some(member) => Grant::of_member(can.workspace(), member, now, reader).await,
        None => Ok(None),
    }
}

async fn member_by_id<P: Permission>(can: &Can<P>, id: Uuid) -> Result<Option<Uuid>> {
    sql("select id from members where workspace_id = $1 and (id = $2 or user_id = $2)")
        .bind(can.workspace())
        .bind(id)
        .optional(can.reader())
        .await
}

async fn by_email<P: Permission>(can: &Can<P>, email: &str) -> Result<Option<Uuid>> {
    sql("select id from members where workspace_id = $1 and email = $2")
        .bind(can.workspace())
        .bind(email)
        .optional(can.reader())
        .await
}

/// How a record looks to somebody. One that the caller does not see is as one that is not there.
pub async fn sight(
    caller: &Grant,
    subject: &Grant,
    action: &'static Action,
    record: Uuid,
    from: impl Into<Source<'_>>,
) -> Result<Sight> {
    let see = (action.see)();
    let Some(shape) = shape(see.resource) else { return Ok(Sight::Hidden) };
    let found = sql("select {seen}, {within} from {from} where {id} = $1 and {visible}")
        .bind(record)
        .fill_text("{from}", shape.from)
        .fill_text("{id}", shape.id)
        .fill("{seen}", column(subject.pred(see), shape))
        .fill("{within}", within(subject, action, shape))
        .fill("{visible}", |out| caller.pred(see).sql(shape, out))
        .optional::<(bool, bool)>(from);
    let judged = found.await?;
    Ok(Sight::of(judged.filter(|(seen, _)| *seen).map(|(_, within)| within)))
}

/// Using an account is more than reaching it: one that is somebody's is used by nobody else.
fn within(subject: &Grant, action: &'static Action, shape: &'static Shape) -> Box<dyn FnOnce(&mut Part)> {
    match action.name == accounts::Use::ACTION.name {
        true => Box::new(Senders::of_grant(subject).usable()),
        false => Box::new(column(subject.pred(action), shape)),
    }
}

/// A condition as a column: null has to become false.
fn column(pred: Pred, shape: &'static Shape) -> impl FnOnce(&mut Part) {
    move |out| {
        out.push("coalesce(");
        pred.sql(shape, out);
        out.push(", false)");
    }
}
