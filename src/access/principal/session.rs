//! The grant of a session: the rights of its member in the workspace where it acts, for as long as the login policy of
//! that workspace allows.

use super::group::GROUP_AND_ROLE;
use super::rows::{MemberRow, WorkspaceRow};
use super::{Grant, Lapsed, LoginPolicy, Method, Principal};
use crate::db::{Source, sql};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

/// How long an authentication counts as recent.
const FRESH: i64 = 10 * Time::MINUTE;

/// What a sign-in still needs before its session is complete. The database keeps the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Complete,
    SecondFactor,
    EnrolSecondFactor,
}

impl Stage {
    pub fn name(self) -> &'static str {
        match self {
            Stage::Complete => "whole",
            Stage::SecondFactor => "factor",
            Stage::EnrolSecondFactor => "enrol",
        }
    }

    fn parse(name: &str) -> Option<Stage> {
        let all = [Stage::Complete, Stage::SecondFactor, Stage::EnrolSecondFactor];
        all.into_iter().find(|stage| stage.name() == name)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Session {
    pub id: Uuid,
    /// The person authenticated within the last ten minutes.
    pub fresh: bool,
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
    fn lapsed(&self, workspace: &WorkspaceRow, policy: &LoginPolicy, now: Time) -> Option<Lapsed> {
        if workspace.sessions_from.is_some_and(|from| self.created < from) {
            return Some(Lapsed::SignedOut);
        }
        if policy.ends(self.last_seen_at, self.created) <= now {
            return Some(Lapsed::SessionExpired);
        }
        let must_enrol = match Stage::parse(&self.stage) {
            Some(Stage::Complete) => policy.requires_factor(now),
            Some(Stage::EnrolSecondFactor) => true,
            Some(Stage::SecondFactor) | None => return Some(Lapsed::Waiting),
        };
        if !policy.methods.contains(&Method::parse(&self.method)) {
            return Some(Lapsed::MethodForbidden);
        }
        (must_enrol && !self.second_factor).then_some(Lapsed::SecondFactorMissing)
    }

    fn session(&self, now: Time) -> Session {
        Session {
            id: self.id,
            fresh: now < self.authenticated_at.plus(FRESH),
            second_factor: self.second_factor,
            method: Method::parse(&self.method),
        }
    }
}

impl Grant {
    /// The grant of a session, by the hash of its token. None once its person has left the workspace.
    pub async fn of_session(hash: &str, now: Time, from: impl Into<Source<'_>>) -> Result<Option<Grant>> {
        let found = sql("select {columns} from sessions s join workspaces w on w.id = s.workspace_id \
             join members m on m.workspace_id = s.workspace_id and m.user_id = s.user_id and m.accepted {group} \
             where s.hash = $2")
        .fill_text("{group}", GROUP_AND_ROLE)
        .bind(now)
        .bind(hash)
        .optional(from);
        Ok(found.await?.map(|row| signed_in(row, now)))
    }

    /// The grant of a session in any workspace of its person, with the login policy of that workspace. None if they are
    /// not a member there.
    pub async fn of_visit(
        hash: &str,
        workspace: Uuid,
        now: Time,
        from: impl Into<Source<'_>>,
    ) -> Result<Option<Grant>> {
        let found = sql("select {columns} from sessions s join workspaces w on w.id = $3 \
             join members m on m.workspace_id = w.id and m.user_id = s.user_id and m.accepted {group} \
             where s.hash = $2")
        .fill_text("{group}", GROUP_AND_ROLE)
        .bind(now)
        .bind(hash)
        .bind(workspace)
        .optional(from);
        Ok(found.await?.map(|row| signed_in(row, now)))
    }

    /// The grant of a person who has just authenticated and has no session yet.
    pub async fn of_person(
        workspace: Uuid,
        user: Uuid,
        now: Time,
        from: impl Into<Source<'_>>,
    ) -> Result<Option<Grant>> {
        let found =
            sql("select {columns} from members m join workspaces w on w.id = m.workspace_id {group} \
             where m.workspace_id = $2 and m.user_id = $3 and m.accepted")
            .fill_text("{group}", GROUP_AND_ROLE)
            .bind(now)
            .bind(workspace)
            .bind(user)
            .optional::<(WorkspaceRow, MemberRow)>(from);
        Ok(found.await?.map(|(workspace, member)| workspace.grant(Principal::Member).of(member)))
    }

    pub fn session(&self) -> Option<Session> {
        match self.principal {
            Principal::Session(session) => Some(session),
            Principal::Key { .. }
            | Principal::Member
            | Principal::Invitee
            | Principal::Operator
            | Principal::Server => None,
        }
    }
}

fn signed_in((workspace, (row, member)): (WorkspaceRow, (SessionRow, MemberRow)), now: Time) -> Grant {
    let policy = workspace.policy();
    let lapsed = row.lapsed(&workspace, &policy, now);
    let session = row.session(now);
    let expires_at = Some(policy.ends(row.last_seen_at, row.created));
    let grant = workspace.grant(Principal::Session(session));
    Grant { lapsed, expires_at, ..grant }.of(member)
}
