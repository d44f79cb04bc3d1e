//! The SQL of explanations.

use super::particulars::Case;
use crate::access::workspace_members::ExplainOthers;
use crate::access::{
    Action, Caller, Can, Grant, Permission, Pred, Reach, Shape, Sight, Who, accounts, api_keys,
};
use crate::db::{Part, Record, Row, Source};
use crate::error::Result;
use crate::resources::accounts::Senders;
use crate::resources::shapes;
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

/// Whether somebody sees a record and reaches it. A record that the caller does not see looks like a missing one.
pub async fn sight<'a>(
    caller: &Caller,
    subject: &Grant,
    action: &'static Action,
    record: Uuid,
    from: impl Into<Source<'a>>,
) -> Result<Sight> {
    let (see, mut from) = ((action.see)(), from.into());
    for shape in shapes(action) {
        let found = caller
            .sql("select {seen}, {within} from {from} where {id} = $1 and {visible}")
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

/// Using an account needs more than reaching it: nobody but its assignee can use an assigned account.
fn within(subject: &Grant, action: &'static Action, shape: &'static Shape) -> Box<dyn FnOnce(&mut Part)> {
    match action.name == accounts::Use::ACTION.name {
        true => Box::new(Senders::of_grant(subject).usable()),
        false => Box::new(column(subject.pred(action), shape)),
    }
}

/// A condition as a column. Null becomes false.
fn column(pred: Pred, shape: &'static Shape) -> impl FnOnce(&mut Part) {
    move |out| {
        out.push("coalesce(");
        pred.sql(shape, out);
        out.push(", false)");
    }
}

/// The facts of a record on which somebody's access depends.
pub struct Facts {
    pub team: bool,
    /// The user who owns it, or the member to whom it is assigned.
    pub holder: Option<Uuid>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub collaborates: bool,
    pub within_limits: bool,
}
impl Record for Facts {
    const COLUMNS: &'static str = "";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Facts {
            team: row.take()?,
            holder: row.take()?,
            name: row.take()?,
            email: row.take()?,
            collaborates: row.take()?,
            within_limits: row.take()?,
        })
    }
}

/// The facts of a record that the caller sees, as they concern the subject.
pub async fn facts(
    case: &Case<'_>,
    shape: &'static Shape,
    from: impl Into<Source<'_>>,
) -> Result<Option<Facts>> {
    let (caller, subject, see) = (case.caller, case.subject, (case.action.see)());
    let helps = Pred::Or(subject.member().map(Pred::Collaborator).into_iter().collect());
    let limits = Pred::new(subject.workspace(), Reach::All, Who::default(), subject.tag_limits());
    caller
        .sql(
            "select coalesce({team}, false), {holder}, u.first_name || ' ' || u.last_name, o.email, \
             {seen}, {within} from {from} left join members o on o.workspace_id = {here} \
             and {held} left join users u on u.id = o.user_id where {id} = $1 and {visible}",
        )
        .bind(case.record)
        .fill_text("{team}", shape.team.unwrap_or("false"))
        .fill_text("{holder}", holder(shape).unwrap_or("cast(null as uuid)"))
        .fill_text("{from}", shape.from)
        .fill_text("{id}", shape.id)
        .fill("{held}", |out| {
            match (shape.owner, shape.assignee) {
                (Some(owner), _) => out.push("o.user_id = ").push(owner),
                (None, Some(assignee)) => out.push("o.id = ").push(assignee),
                (None, None) => out.push("false"),
            };
        })
        .fill("{seen}", column(helps, shape))
        .fill("{within}", column(limits, shape))
        .fill("{visible}", |out| caller.pred(see).sql(shape, out))
        .optional(from)
        .await
}

fn holder(shape: &Shape) -> Option<&'static str> {
    shape.owner.or(shape.assignee)
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
        "select id, name from api_keys where workspace_id = {here} and revoked_at is null order by id desc limit 200",
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
