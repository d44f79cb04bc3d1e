//! The link of an invitation: a random token, of which only the hash is stored, valid for seven days. A new one
//! kills the old one.

use super::{WorkspaceMember, store};
use crate::access::{Caller, Principal, Step};
use crate::auth;
use crate::db::{Tx, sql};
use crate::error::{Error, Result};
use crate::jobs::outbox;
use crate::mail::Letter;
use crate::mail::letters::{self, Invitation};
use crate::resources::{white_label, workspaces};
use crate::time::Time;
use uuid::Uuid;

const WEEK: i64 = 7 * Time::DAY;
/// Invitations and repeats of them that a workspace sends in a day.
const A_DAY: i64 = 100;

pub struct Link {
    token: String,
    pub expires: Time,
}

impl Link {
    pub fn new(can: &Caller) -> Result<Link> {
        Ok(Link { token: auth::token(&can.app().random()?), expires: can.now().plus(WEEK) })
    }

    /// By mail, in this transaction; or, where no mail can be sent, the link to hand over.
    pub async fn hand_over(
        &self,
        can: &Caller,
        tx: &mut Tx,
        member: &WorkspaceMember,
    ) -> Result<Option<String>> {
        let bounced = can.app().mailer.is_some() && outbox::bounced(can, tx, &member.email).await?;
        let mailed = can.app().mailer.is_some() && !bounced;
        if mailed {
            outbox::demand_room(can, tx, &member.email).await?;
            let letter = self.letter(can, tx, member).await?;
            outbox::post(can, tx, &letter, "invitation").await?;
        }
        sql("update members set invitation_mailed = $3 where workspace_id = $1 and id = $2")
            .bind(can.workspace())
            .bind(member.id)
            .bind(mailed)
            .run(tx)
            .await?;
        Ok((!mailed).then(|| self.url(can)))
    }

    async fn letter(&self, can: &Caller, tx: &mut Tx, member: &WorkspaceMember) -> Result<Letter> {
        let workspace = workspaces::store::current(can, &mut *tx).await?.name;
        let name = match can.user() {
            Some(user) => store::name_of(tx, user).await?,
            None => None,
        };
        let inviter = match can.principal() {
            Principal::Operator => None,
            Principal::Key { personal: false, .. } => Some("An administrator".to_owned()),
            Principal::Key { .. } | Principal::Member | Principal::Session(_) | Principal::Invitee => {
                name.or(can.email().map(str::to_owned))
            }
        };
        let invitation = Invitation {
            workspace: &workspace,
            brand: &white_label::store::brand(can, &mut *tx).await?,
            inviter: inviter.as_deref(),
            role: member.role.name(),
            url: &self.url(can),
            expires_in_days: (WEEK / Time::DAY) as u32,
        };
        letters::invitation(&member.email, &invitation)
    }

    /// From the public address, never from the request.
    fn url(&self, can: &Caller) -> String {
        format!("{}/invitations/accept#{}", can.app().public_url, self.token)
    }

    pub async fn open(&self, can: &Caller, tx: &mut Tx, member: Uuid) -> Result<()> {
        sql("insert into credentials (hash, workspace_id, kind, id) values ($1, $2, 'invitation', $3)")
            .bind(auth::hash(&self.token))
            .bind(can.workspace())
            .bind(member)
            .run(tx)
            .await
            .map(drop)
    }
}

/// The link is dead, and a letter with it that has not left yet is not sent.
pub async fn close(can: &Caller, tx: &mut Tx, member: Uuid, email: &str) -> Result<u64> {
    outbox::withdraw(can, tx, email, "invitation").await?;
    sql("delete from credentials where workspace_id = $1 and kind = 'invitation' and id = $2")
        .bind(can.workspace())
        .bind(member)
        .run(tx)
        .await
}

/// From an admin workspace only what was invited from there: whoever gets the link becomes a member as it was meant.
async fn demand_own(can: &Caller, tx: &mut Tx, member: &WorkspaceMember) -> Result<()> {
    let Some(link) = can.link() else { return Ok(()) };
    let own = sql("select id from members where workspace_id = $1 and id = $2 and link_id = $3")
        .bind(can.workspace())
        .bind(member.id)
        .bind(link);
    match own.optional::<Uuid>(tx).await? {
        Some(_) => Ok(()),
        None => Err(Error::refused(
            Step::Role,
            "role: an admin workspace sends again only the invitations that were made from there",
        )),
    }
}

pub async fn prolong(can: &Caller, tx: &mut Tx, member: &WorkspaceMember, link: &Link) -> Result<()> {
    demand_own(can, tx, member).await?;
    close(can, tx, member.id, &member.email).await?;
    link.open(can, tx, member.id).await?;
    let later = sql("update members set invitation_expires_at = $3, invitation_failures = 0 where workspace_id = $1 and id = $2")
        .bind(can.workspace())
        .bind(member.id)
        .bind(link.expires);
    later.run(tx).await.map(drop)
}

/// Counted in the audit log, so that withdrawing an invitation does not make room for another.
pub async fn within_a_day(can: &Caller, tx: &mut Tx) -> Result<()> {
    let sent = sql("select count(*) from audit_log where workspace_id = $1 and activity_type in (1005, 1008) and at > $2 \
         and coalesce(affected_count, 1) > 0")
        .bind(can.workspace())
        .bind(can.now().minus(Time::DAY));
    match sent.optional::<i64>(tx).await?.unwrap_or(0) < A_DAY {
        true => Ok(()),
        false => Err(Error::DailyLimit(format!(
            "a workspace sends at most {A_DAY} invitations a day; go on tomorrow"
        ))),
    }
}
