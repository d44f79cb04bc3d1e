//! What a session lets its person do: as much as the member may in the workspace in which it acts, as long as the
//! workspace's login policy lets it live.

use super::rows::{MemberRow, WorkspaceRow};
use super::{Grant, LoginPolicy, Method, Principal};
use crate::db::{Record, Row, Source, Time, sql};
use crate::error::Result;
use uuid::Uuid;

/// For so long after somebody has shown who he is, nobody asks again.
const FRESH: i64 = 10 * 60 * 1000;

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
    fn lapsed(&self, policy: &LoginPolicy, from: Option<Time>, now: Time) -> Option<&'static str> {
        if from.is_some_and(|from| self.created < from) {
            return Some("ended: everybody was signed out of the workspace; sign in again");
        }
        if policy.ends(self.last_seen_at, self.created) <= now {
            return Some("expired; sign in again");
        }
        if self.stage == "factor" {
            return Some("waiting for a second factor: POST /auth/second-factor");
        }
        if !policy.methods.contains(&Method::parse(&self.method)) {
            return Some(
                "of a kind that the workspace's login policy does not allow; enrol a passkey, or sign in with it",
            );
        }
        let bare = !self.second_factor && (self.stage == "enrol" || policy.requires_factor(now));
        bare.then_some(
            "without a second factor, which the workspace requires: enrol one by POST /api/v2/me/factors/totp",
        )
    }

    fn session(&self, lapsed: bool, (policy, from): (&LoginPolicy, Option<Time>), now: Time) -> Session {
        let alive = self.stage != "factor"
            && policy.ends(self.last_seen_at, self.created) > now
            && from.is_none_or(|from| self.created >= from);
        Session {
            id: self.id,
            fresh: now < self.authenticated_at.plus(FRESH),
            enrolling: lapsed && alive,
            second_factor: self.second_factor,
            method: Method::parse(&self.method),
        }
    }
}

/// The row of the look-up.
struct Found(WorkspaceRow, SessionRow, MemberRow);

impl Record for Found {
    const COLUMNS: &'static str = "";
    fn columns() -> String {
        [WorkspaceRow::COLUMNS, SessionRow::COLUMNS, MemberRow::COLUMNS].join(", ")
    }
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Found(WorkspaceRow::read(row)?, SessionRow::read(row)?, MemberRow::read(row)?))
    }
}

impl Grant {
    /// Of the session with this token, by its hash; none once its person is no member of its workspace any more.
    pub async fn of_session(hash: &str, now: Time, from: impl Into<Source<'_>>) -> Result<Option<Grant>> {
        let found = sql("select {columns} from sessions s join workspaces w on w.id = s.workspace_id \
             join members m on m.workspace_id = s.workspace_id and m.user_id = s.user_id and m.accepted \
             where s.hash = $2")
        .bind(now)
        .bind(hash)
        .optional::<Found>(from);
        Ok(found.await?.map(|Found(workspace, row, member)| {
            let policy = workspace.policy();
            let lapsed = row.lapsed(&policy, workspace.sessions_from, now);
            let session = row.session(lapsed.is_some(), (&policy, workspace.sessions_from), now);
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
        let found = sql("select {columns} from members m join workspaces w on w.id = m.workspace_id \
             where m.workspace_id = $2 and m.user_id = $3 and m.accepted")
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
