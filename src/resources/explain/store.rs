//! Whom and what an explanation is about.

use crate::access::{Action, Can, Grant, Permission, Pred, Shape, Sight, accounts, api_keys};
use crate::db::{Part, Source, sql};
use crate::error::Result;
use crate::http::address;
use crate::resources::accounts::Senders;
use crate::resources::shapes;
use uuid::Uuid;

/// A member of the caller's workspace by member id, user id or address, or a key by its id.
pub async fn grant_of<P: Permission>(can: &Can<P>, who: &str) -> Result<Option<Grant>> {
    let (reader, now) = (can.reader(), can.now());
    let member = match who.parse::<Uuid>() {
        Ok(id) => match key(can, id).await? {
            Some(grant) => return Ok(Some(grant)),
            None => member_by_id(can, id).await?,
        },
        Err(_) => by_email(can, &address(who)).await?,
    };
    match member {
        Some(member) => Grant::of_member(can.workspace(), member, now, reader).await,
        None => Ok(None),
    }
}

/// A key, for callers who may see keys.
async fn key<P: Permission>(can: &Can<P>, id: Uuid) -> Result<Option<Grant>> {
    match can.may(api_keys::Read::ACTION) {
        true => Grant::of_key_id(can.workspace(), id, can.now(), can.reader()).await,
        false => Ok(None),
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
pub async fn sight<'a>(
    caller: &Grant,
    subject: &Grant,
    action: &'static Action,
    record: Uuid,
    from: impl Into<Source<'a>>,
) -> Result<Sight> {
    let (see, mut from) = ((action.see)(), from.into());
    for shape in shapes(action) {
        let found = sql("select {seen}, {within} from {from} where {id} = $1 and {visible}")
            .bind(record)
            .fill_text("{from}", shape.from)
            .fill_text("{id}", shape.id)
            .fill("{seen}", column(subject.pred(see), shape))
            .fill("{within}", within(subject, action, shape))
            .fill("{visible}", |out| caller.pred(see).sql(shape, out))
            .optional::<(bool, bool)>(from.again());
        if let Some((true, within)) = found.await? {
            return Ok(Sight::of(Some(within)));
        }
    }
    Ok(Sight::Hidden)
}

/// Using an account is more than reaching it: one that is somebody's is used by nobody else.
fn within(subject: &Grant, action: &'static Action, shape: &'static Shape) -> Box<dyn FnOnce(&mut Part)> {
    match action.name == accounts::Use::ACTION.name {
        true => Box::new(Senders::of_grant(subject).usable()),
        false => Box::new(column(subject.pred(action), shape)),
    }
}

/// A condition as a column: null has to become false.
pub(super) fn column(pred: Pred, shape: &'static Shape) -> impl FnOnce(&mut Part) {
    move |out| {
        out.push("coalesce(");
        pred.sql(shape, out);
        out.push(", false)");
    }
}
