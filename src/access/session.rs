//! What a session lets its person do: as much as the member may in the workspace in which it acts, as long as the
//! workspace's login policy lets it live.

use super::group::GROUP;
use super::rows::{MemberRow, WorkspaceRow};
use super::{Grant, LoginPolicy, Method, Principal};
use crate::db::{Source, sql};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

/// For so long after somebody has shown who he is, nobody asks again.
const FRESH: i64 = 10 * Time::MINUTE;

/// Of a session as a principal.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    pub id: Uuid,
    /// Its person has shown within ten minutes who he is.
    pub fresh: bool,
    /// It may do no more than enrol a second factor.
    pub enrolling: bool,
    pub second_factor: bool,
    pub method: Method,
}

struct SessionRow {
    id: Uuid,
    stage: String,
    method: String,
    second_factor: bool,
    authenticated_at: Time,
    last_seen_at: Time,
    created: Time,
}
crate::db::record! { SessionRow {
    id = "s.id", stage = "s.stage", method = "s.method", second_factor = "s.second_factor",
    authenticated_at = "s.authenticated_at", last_seen_at = "s.last_seen_at", created = "s.timestamp_created"
} }

impl SessionRow {
    /// Why it no longer counts, and whether enrolling a second factor is the way on.
    fn lapsed(
        &self,
        workspace: &WorkspaceRow,
        policy: &LoginPolicy,
        now: Time,
    ) -> Option<(&'static str, bool)> {
        if workspace.sessions_from.is_some_and(|from| self.created < from) {
            return Some(("ended: everybody was signed out of the workspace; sign in again", false));
        }
        if policy.ends(self.last_seen_at, self.created) <= now {
            return Some(("expired; sign in again", false));
        }
        if self.stage == "factor" {
            return Some(("waiting for a second factor: POST /auth/second-factor", false));
        }
        if !policy.methods.contains(&Method::parse(&self.method)) {
            let why = "of a kind that the workspace's login policy does not allow; enrol a passkey, or sign in with it";
            return Some((why, true));
        }
        let bare = !self.second_factor && (self.stage == "enrol" || policy.requires_factor(now));
        let why = "without a second factor, which the workspace requires: enrol one by POST /api/v2/me/factors/totp";
        bare.then_some((why, true))
    }

    fn session(&self, enrolling: bool, now: Time) -> Session {
        Session {
            id: self.id,
            fresh: now < self.authenticated_at.plus(FRESH),
            enrolling,
            second_factor: self.second_factor,
            method: Method::parse(&self.method),
        }
    }
}

impl Grant {
    /// Of the session with this token, by its hash; none once its person is no member of its workspace any more.
    pub async fn of_session(hash: &str, now: Time, from: impl Into<Source<'_>>) -> Result<Option<Grant>> {
        let found = sql("select {columns} from sessions s join workspaces w on w.id = s.workspace_id \
             join members m on m.workspace_id = s.workspace_id and m.user_id = s.user_id and m.accepted {group} \
             where s.hash = $2")
        .fill_text("{group}", GROUP)
        .bind(now)
        .bind(hash)
        .optional::<(WorkspaceRow, (SessionRow, MemberRow))>(from);
        Ok(found.await?.map(|(workspace, (row, member))| {
            let policy = workspace.policy();
            let (lapsed, enrolling) = row.lapsed(&workspace, &policy, now).unzip();
            let session = row.session(enrolling.unwrap_or(false), now);
            let expires_at = Some(policy.ends(row.last_seen_at, row.created));
            let grant = workspace.grant(Principal::Session(session));
            Grant { lapsed, expires_at, ..grant }.of(member)
        }))
    }

    /// Of a person who has just shown who he is, and has no session yet.
    pub async fn of_person(
        workspace: Uuid,
        user: Uuid,
        now: Time,
        from: impl Into<Source<'_>>,
    ) -> Result<Option<Grant>> {
        let found =
            sql("select {columns} from members m join workspaces w on w.id = m.workspace_id {group} \
             where m.workspace_id = $2 and m.user_id = $3 and m.accepted")
            .fill_text("{group}", GROUP)
            .bind(now)
            .bind(workspace)
            .bind(user)
            .optional::<(WorkspaceRow, MemberRow)>(from);
        Ok(found.await?.map(|(workspace, member)| workspace.grant(Principal::Member).of(member)))
    }

    pub fn session(&self) -> Option<Session> {
        match self.principal {
            Principal::Session(session) => Some(session),
            Principal::Key { .. } | Principal::Member | Principal::Invitee | Principal::Operator => None,
        }
    }
}
