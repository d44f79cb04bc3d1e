//! The caller of a request. Their grant is read for every request, and again in every transaction that writes.

use super::canary::note_use;
use super::{Grant, Place, Presented, Standing};
use crate::access::{About, Action, Ask, Attempt, Call, Permission, Shape, Step, Stray};
use crate::app::App;
use crate::auth;
use crate::db::{Lane, Part, Reading, Source};
use crate::error::{Error, Result};
use crate::http::{Origin, Slot};
use crate::time::Time;
use axum::http::{HeaderMap, request::Parts};
use std::ops::Deref;
use uuid::Uuid;

/// Only `access` makes one: its fields are private to it. A caller has the methods of their grant.
#[derive(Clone)]
pub struct Caller {
    pub(in crate::access) app: App,
    pub(in crate::access) presented: Presented,
    pub(in crate::access) grant: Grant,
    pub(in crate::access) origin: Origin,
    pub(in crate::access) call: Call,
    pub(in crate::access) attempt: Slot<Attempt>,
    /// The id of the record that a form creates, so that sending the form twice creates one.
    pub(in crate::access) once: Option<Uuid>,
}

impl Deref for Caller {
    type Target = Grant;
    fn deref(&self) -> &Grant {
        &self.grant
    }
}

impl Caller {
    pub fn app(&self) -> &App {
        &self.app
    }
    pub fn call(&self) -> &Call {
        &self.call
    }
    pub fn grant(&self) -> &Grant {
        &self.grant
    }
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
    /// Reads in the lane of the caller's own workspace, also while they act in another.
    pub fn reader(&self) -> Reading<'_> {
        self.app.reader.reading_for(self.lane())
    }
    pub(in crate::access) fn lane(&self) -> Lane {
        Lane::Workspace(self.grant.home())
    }
    pub fn now(&self) -> Time {
        self.app.now()
    }
    pub fn new_id(&self) -> Uuid {
        self.app.new_id()
    }

    /// The id of the record that the call creates.
    pub fn id_of_new(&self) -> Uuid {
        self.once.unwrap_or_else(|| self.new_id())
    }

    /// Names the record that a call is about, where the path does not, for the audit row of a refused attempt.
    pub fn is_about(&self, kind: &'static str, id: Uuid) {
        if let Some(attempt) = self.attempt.look() {
            attempt.is_about(|| Some(About::new(kind, id)));
        }
    }

    /// Fills `{visible}` with what the caller can see under another permission, for references in a body.
    pub fn sees<Q: Permission>(&self, shape: &Shape) -> impl FnOnce(&mut Part) {
        self.grant.pred(Q::See::ACTION).condition(*shape)
    }

    /// Fills `{within}` with the records that another permission reaches.
    pub fn reaches<Q: Permission>(&self, shape: &Shape) -> impl FnOnce(&mut Part) {
        self.grant.pred(Q::ACTION).column(*shape)
    }

    /// Checks a further permission in the same request: every step that needs no record.
    pub fn also<Q: Permission>(&self) -> Result<()> {
        self.ask(Q::ACTION).enforce()?;
        if let Some(attempt) = self.attempt.look() {
            attempt.needs(Q::ACTION.name);
        }
        Ok(())
    }

    /// Whether every step holds that needs no record.
    pub fn may(&self, action: &'static Action) -> bool {
        self.ask(action).refused_by().is_none()
    }

    /// The same caller in their own workspace or a sub-workspace, if a further permission holds there.
    pub async fn in_group<Q: Permission>(
        &self,
        workspace: Uuid,
        from: impl Into<Source<'_>>,
    ) -> Result<Option<Caller>> {
        let grant = match workspace == self.workspace() {
            true => Some(self.grant.clone()),
            false => self.grant.clone().acting_in(workspace, self.now(), from).await?,
        };
        let there = grant.map(|grant| Caller { grant, ..self.clone() });
        Ok(there.filter(|there| there.may(Q::ACTION)))
    }

    /// The same caller, for the effects of a change in another workspace of their group. Only `workspace_group_members`
    /// calls this, after it has checked that the other workspace belongs to the group.
    pub fn beside(&self, workspace: Uuid) -> Caller {
        let mut beside = self.clone();
        beside.grant.workspace = workspace;
        beside
    }

    pub(in crate::access) fn ask(&self, action: &'static Action) -> Ask<'_> {
        Ask::new(action, &self.grant, Some(&self.call))
    }

    /// Reads the caller of a request, and checks every step that needs no record.
    pub(in crate::access) async fn check(
        app: &App,
        parts: &Parts,
        origin: Origin,
        slot: Slot<Attempt>,
        action: &'static Action,
    ) -> Result<Self> {
        let unknown = |why| Error::refused(Step::Credential, why);
        let headers = &parts.headers;
        let presented = auth::credential(&app.site, headers).map(Presented::from).map_err(unknown)?;
        let arrived = match (parts.extensions.get::<Place>(), as_workspace(headers)) {
            (Some(place), _) => in_path(app, presented, *place).await?,
            (None, header) => by_header(app, presented, header).await?,
        };
        let Arrived { presented, grant, stray } = match arrived {
            Ok(arrived) => arrived,
            Err((presented, why)) => {
                note_use(app, &presented, &origin, &slot).await;
                return Err(unknown(why));
            }
        };
        let call = Call { address: origin.address, stray, within_rate: true };
        slot.fill(|| Attempt::new(&grant, action, &origin));
        let mut caller =
            Caller { app: app.clone(), presented, grant, origin, call, attempt: slot, once: None };
        // A credential that no longer counts, or comes from a forbidden address, does not use up the rate.
        let early = caller.ask(action).refused_by();
        let counts = !matches!(early, Some(Step::Credential | Step::Network));
        caller.call.within_rate = !counts || app.rate.admits(caller.home());
        caller.present_to(parts.extensions.get::<Slot<Standing>>(), action);
        caller.ask(action).enforce()?;
        if action.activity.is_some() && !action.is_answered_when_full() {
            app.answers.admit(caller.home())?;
        }
        Ok(caller)
    }

    /// The same caller with the grant that they have now, or in this transaction.
    pub(in crate::access) async fn again(&self, from: impl Into<Source<'_>>) -> Result<Self> {
        let mut from = from.into();
        let grant = self.presented.grant(self.app.now(), from.again()).await?;
        let unknown = |why: &str| Error::refused(Step::Credential, why);
        let grant = grant.map_err(unknown)?;
        let grant = match self.grant.acting {
            None => grant,
            Some(_) => {
                let there = grant.acting_in(self.workspace(), self.now(), from).await?;
                there.ok_or_else(|| Error::hidden_by(Step::Delegation))?
            }
        };
        Ok(Caller { grant, ..self.clone() })
    }
}

/// A credential in the workspace where it acts.
struct Arrived {
    presented: Presented,
    grant: Grant,
    stray: Option<Stray>,
}

/// The caller, or the credential and the reason why it identifies nobody.
type Found = Result<Arrived, (Presented, &'static str)>;

/// A caller in their own workspace, or in the one that the header `x-as-workspace` names.
async fn by_header(app: &App, presented: Presented, header: Option<String>) -> Result<Found> {
    let from = || app.reader.reading_for(presented.lane());
    let own = match presented.grant(app.now(), from()).await? {
        Ok(own) => own,
        Err(unknown) => return Ok(Err((presented, unknown))),
    };
    let (grant, stray) = match header {
        Some(header) => placed(own, &header, app.now(), from()).await?,
        None => (own, None),
    };
    Ok(Ok(Arrived { presented, grant, stray }))
}

/// A session in the workspace that the path of a page names: as a member there, or else by delegation.
async fn in_path(app: &App, presented: Presented, Place(workspace): Place) -> Result<Found> {
    let from = || app.reader.reading_for(presented.lane());
    if let Presented::Session(hash) = &presented {
        let visit = Presented::Visit { hash: hash.clone(), workspace };
        if let Ok(grant) = visit.grant(app.now(), from()).await? {
            return Ok(Ok(Arrived { presented: visit, grant, stray: None }));
        }
    }
    let own = match presented.grant(app.now(), from()).await? {
        Ok(own) => own,
        Err(unknown) => return Ok(Err((presented, unknown))),
    };
    let there = match own.lapsed {
        Some(_) => None, // the credential is refused first
        None => own.clone().acting_in(workspace, app.now(), from()).await?,
    };
    let stray = there.is_none().then_some(Stray::Elsewhere);
    Ok(Ok(Arrived { grant: there.unwrap_or(own), presented, stray }))
}

/// The caller in the workspace that the header names. If they cannot act there: the caller in their own, and why.
async fn placed(own: Grant, header: &str, now: Time, from: Reading<'_>) -> Result<(Grant, Option<Stray>)> {
    let wanted = header.trim().parse::<Uuid>();
    if wanted.as_ref().is_ok_and(|id| *id == own.workspace) {
        return Ok((own, None));
    }
    if own.lapsed.is_some() {
        return Ok((own, Some(Stray::Elsewhere))); // the credential is refused first
    }
    if !own.may_act() {
        return Ok((own, Some(Stray::Barred)));
    }
    let there = match wanted {
        Ok(sub) => own.clone().acting_in(sub, now, from).await?,
        Err(_) => None,
    };
    Ok(there.map_or((own, Some(Stray::Elsewhere)), |there| (there, None)))
}

/// The header `x-as-workspace`. Several values are joined, and so name no workspace.
fn as_workspace(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all("x-as-workspace").iter();
    let all: Vec<_> = all.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!all.is_empty()).then(|| all.join(","))
}
