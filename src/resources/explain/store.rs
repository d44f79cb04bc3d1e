//! The SQL of explanations.

use super::known::uses_account;
use crate::access::workspace_members::ExplainOthers;
use crate::access::{
    Action, Caller, Can, Facts, Grant, Permission, Pred, Shape, api_keys, custom_tags as may_tags,
};
use crate::db::{Part, Source};
use crate::error::Result;
use crate::resources::accounts::Senders;
use crate::resources::custom_tags;
use crate::time::Time;
use uuid::Uuid;

/// By member id or user id.
pub async fn member_by_id<P: Permission>(can: &Can<P>, id: Uuid) -> Result<Option<Uuid>> {
    can.sql("select id from members where workspace_id = {here} and (id = $1 or user_id = $1)")
        .bind(id)
        .optional(can.reader())
        .await
}

pub async fn member_by_email<P: Permission>(can: &Can<P>, email: &str) -> Result<Option<Uuid>> {
    can.sql("select id from members where workspace_id = {here} and email = $1")
        .bind(email)
        .optional(can.reader())
        .await
}

/// The facts of a record, if the caller sees it.
pub async fn facts(
    caller: &Caller,
    action: &'static Action,
    shape: &'static Shape,
    record: Uuid,
    from: impl Into<Source<'_>>,
) -> Result<Option<Facts>> {
    caller
        .sql("select {facts} from {from} where {id} = $1 and {visible}")
        .bind(record)
        .fill("{facts}", shape.facts())
        .fill_text("{from}", shape.from)
        .fill_text("{id}", shape.id)
        .fill("{visible}", caller.pred((action.see)()).condition(*shape))
        .optional(from)
        .await
}

/// The name and the address of the member who owns a record, or to whom it is assigned.
pub async fn holder(
    caller: &Caller,
    facts: &Facts,
    from: impl Into<Source<'_>>,
) -> Result<Option<(Option<String>, String)>> {
    caller
        .sql(
            "select u.first_name || ' ' || u.last_name, m.email from members m \
             left join users u on u.id = m.user_id \
             where m.workspace_id = {here} and (m.user_id = $1 or m.id = $2)",
        )
        .bind(facts.owner)
        .bind(facts.assignee.filter(|_| facts.owner.is_none()))
        .optional(from)
        .await
}

/// The names of members, by their ids.
pub async fn names(can: &Caller, members: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
    can.sql(
        "select m.id, u.first_name || ' ' || u.last_name from members m join users u on u.id = m.user_id \
         where m.workspace_id = {here} and m.id in ({ids})",
    )
    .fill_list("{ids}", members)
    .all(can.reader())
    .await
}

/// When these principals last used a permission, to within a minute.
pub async fn last_uses(can: &Caller, permission: &str, principals: &[Uuid]) -> Result<Vec<(Uuid, Time)>> {
    can.sql(
        "select principal_id, max(last_at) from uses \
         where workspace_id = {here} and permission = $1 and principal_id in ({ids}) group by principal_id",
    )
    .bind(permission)
    .fill_list("{ids}", principals)
    .all(can.reader())
    .await
}

/// When a principal last used each permission.
pub async fn uses_of(can: &Caller, principal: Uuid) -> Result<Vec<(String, Time)>> {
    can.sql(
        "select permission, max(last_at) from uses \
         where workspace_id = {here} and principal_id = $1 group by permission",
    )
    .bind(principal)
    .all(can.reader())
    .await
}

/// The labels of tags that the caller sees.
pub async fn labels(can: &Caller, tags: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
    can.sql("select t.id, t.label from custom_tags t where t.id in ({ids}) and {visible} order by t.id")
        .fill_list("{ids}", tags)
        .fill("{visible}", can.sees::<may_tags::Read>(&custom_tags::SHAPE))
        .all(can.reader())
        .await
}

/// A page of the records that somebody reaches and the caller sees, newest first. `name` is the column of their names.
pub async fn reached(
    caller: &Caller,
    subject: &Grant,
    action: &'static Action,
    shape: &'static Shape,
    name: &'static str,
    (before, limit): (Uuid, i64),
) -> Result<Vec<(Uuid, Option<String>)>> {
    let see = (action.see)();
    let seen = Pred::And(vec![caller.pred(see), subject.pred(see)]);
    caller
        .sql("select {id}, {name} from {from} where {visible} and {within} and {id} < $1 order by {id} desc limit $2")
        .bind(before)
        .bind(limit)
        .fill_text("{id}", shape.id)
        .fill_text("{name}", name)
        .fill_text("{from}", shape.from)
        .fill("{visible}", seen.condition(*shape))
        .fill("{within}", within(subject, action, shape))
        .all(caller.reader())
        .await
}

fn within(
    subject: &Grant,
    action: &'static Action,
    shape: &'static Shape,
) -> Box<dyn FnOnce(&mut Part) + Send> {
    match uses_account(action) {
        true => Box::new(Senders::of_grant(subject).usable()),
        false => Box::new(subject.pred(action).condition(*shape)),
    }
}

/// The members, for callers who may ask about others.
pub async fn members(can: &Can<ExplainOthers>) -> Result<Vec<(Uuid, String)>> {
    can.sql("select id, email from members where workspace_id = {here} and accepted order by email limit 500")
        .all(can.reader())
        .await
}

/// The keys that are not revoked, for callers who may see keys.
pub async fn keys(can: &Can<api_keys::Read>) -> Result<Vec<(Uuid, String)>> {
    can.sql(
        "select id, name from api_keys where workspace_id = {here} and revoked_at is null and not canary \
         order by id desc limit 200",
    )
    .all(can.reader())
    .await
}

/// The newest records that the caller sees. `name` is the column of their names.
pub async fn records(
    can: &Caller,
    action: &'static Action,
    shape: &'static Shape,
    name: &'static str,
) -> Result<Vec<(Uuid, String)>> {
    can.sql("select {id}, {name} from {from} where {visible} order by {id} desc limit 100")
        .fill_text("{id}", shape.id)
        .fill_text("{name}", name)
        .fill_text("{from}", shape.from)
        .fill("{visible}", can.pred((action.see)()).condition(*shape))
        .all(can.reader())
        .await
}
