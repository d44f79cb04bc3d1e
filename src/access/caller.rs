//! Who is calling: the credential is read afresh for every request, and again in every transaction that writes.

use super::shown::Shown;
use super::{About, Action, Ask, Attempt, Call, Grant, Permission, Pred, Shape, Step, Stray};
use crate::app::App;
use crate::auth;
use crate::db::{Lane, Part, Reading, Source, Tx};
use crate::error::{Error, Result};
use crate::http::{Origin, Slot};
use crate::time::Time;
use axum::http::HeaderMap;
use uuid::Uuid;

/// Who is calling, with what right, from where.
#[derive(Clone)]
pub struct Caller {
    pub(super) app: App,
    pub(super) shown: Shown,
    pub grant: Grant,
    pub origin: Origin,
    pub(super) call: Call,
    pub(super) attempt: Slot<Attempt>,
}

impl Caller {
    pub fn app(&self) -> &App {
        &self.app
    }
    pub fn call(&self) -> &Call {
        &self.call
    }
    pub fn workspace(&self) -> Uuid {
        self.grant.workspace
    }
    pub fn member(&self) -> Option<Uuid> {
        self.grant.who.member
    }
    pub fn user(&self) -> Option<Uuid> {
        self.grant.who.user
    }
    /// Reads in the lane of the caller's own workspace, also while the caller acts in another.
    pub fn reader(&self) -> Reading<'_> {
        self.app.reader.reading_for(self.lane())
    }
    pub(super) fn lane(&self) -> Lane {
        Lane::Workspace(self.grant.home())
    }
    pub fn now(&self) -> Time {
        self.app.now()
    }
    pub fn new_id(&self) -> Uuid {
        self.app.new_id()
    }

    /// Says what a call is about that its path does not name, for the record of a refused attempt.
    pub fn is_about(&self, kind: &'static str, id: Uuid) {
        if let Some(attempt) = self.attempt.look() {
            attempt.is_about(|| Some(About::new(kind, id)));
        }
    }

    /// Fills `{visible}` with what the caller may see under another permission: for references in a body.
    pub fn sees<Q: Permission>(&self, shape: &Shape) -> impl FnOnce(&mut Part) {
        render(self.grant.pred(Q::See::ACTION), *shape)
    }

    /// Fills `{within}` with what the caller may do under another permission.
    pub fn reaches<Q: Permission>(&self, shape: &Shape) -> impl FnOnce(&mut Part) {
        // A column, so null has to become false.
        let inner = render(self.grant.pred(Q::ACTION), *shape);
        move |out| {
            out.push("coalesce(");
            inner(out);
            out.push(", false)");
        }
    }

    /// A further permission in the same request: every step that needs no record.
    pub fn also<Q: Permission>(&self) -> Result<()> {
        self.ask(Q::ACTION).enforce()
    }

    /// Whether those steps hold.
    pub fn may(&self, action: &'static Action) -> bool {
        self.ask(action).refused_by().is_none()
    }

    /// The same caller in its own workspace or a sub-workspace of it, if a further permission holds there.
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

    /// The same caller, for what a change brings about in another workspace of its group. That the workspace is one must
    /// have been found out: `workspace_group_members` alone calls this.
    pub fn beside(&self, workspace: Uuid) -> Caller {
        let mut beside = self.clone();
        beside.grant.workspace = workspace;
        beside
    }

    pub(super) fn ask(&self, action: &'static Action) -> Ask<'_> {
        Ask::new(action, Ok(&self.grant), Some(&self.call))
    }

    /// Every step that needs no record.
    pub(super) async fn check(
        app: &App,
        headers: &HeaderMap,
        origin: Origin,
        slot: Slot<Attempt>,
        action: &'static Action,
    ) -> Result<Self> {
        let shown = auth::credential(&app.site, headers).map(Shown::from);
        let grant = match &shown {
            Ok(shown) => shown.grant(app.now(), app.reader.reading_for(shown.lane())).await?,
            Err(why) => Err(*why),
        };
        let (grant, stray) = match (grant, elsewhere(headers)) {
            (Ok(grant), Some(header)) => {
                let lane = shown.as_ref().map_or(Lane::Server, Shown::lane);
                let placed = placed(grant, &header, app.now(), app.reader.reading_for(lane)).await?;
                (Ok(placed.0), placed.1)
            }
            (grant, _) => (grant, None),
        };
        let mut call = Call { address: origin.address, stray, within_rate: true };
        if let Ok(grant) = &grant {
            slot.fill(|| Attempt::new(grant, action, &origin));
            // A credential that does not count, or is not here, is never told of the rate.
            let early = Ask::new(action, Ok(grant), Some(&call)).refused_by();
            let counts = !matches!(early, Some(Step::Credential | Step::Network));
            call.within_rate = !counts || app.rate.admits(grant.home());
        }
        Ask::new(action, grant.as_ref().map_err(|why| *why), Some(&call)).enforce()?;
        let (Ok(grant), Ok(shown)) = (grant, shown) else {
            return Err(Error::internal("enforced without a grant"));
        };
        if action.activity.is_some() && !action.takes_away() {
            app.answers.admit(grant.home())?;
        }
        Ok(Caller { app: app.clone(), shown, grant, origin, call, attempt: slot })
    }

    pub(super) async fn again(&self, tx: &mut Tx) -> Result<Self> {
        let grant = self.shown.grant(self.app.now(), &mut *tx).await?;
        let unknown = |why: &str| Error::refused(Step::Credential, why);
        let grant = grant.map_err(unknown)?;
        let grant = match self.grant.acting {
            None => grant,
            Some(_) => {
                let there = grant.acting_in(self.workspace(), self.now(), &mut *tx).await?;
                there.ok_or_else(|| Error::hidden_by(Step::Delegation))?
            }
        };
        Ok(Caller { grant, ..self.clone() })
    }
}

/// The caller in the workspace that the header names, or where he is, and why not there.
async fn placed(own: Grant, header: &str, now: Time, from: Reading<'_>) -> Result<(Grant, Option<Stray>)> {
    let wanted = header.trim().parse::<Uuid>();
    if wanted.as_ref().is_ok_and(|id| *id == own.workspace) {
        return Ok((own, None));
    }
    if own.lapsed.is_some() {
        return Ok((own, Some(Stray::Elsewhere))); // and is not believed in the first place
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

/// The header `x-as-workspace` as sent; of several none is meant.
fn elsewhere(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all("x-as-workspace").iter();
    let all: Vec<_> = all.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!all.is_empty()).then(|| all.join(","))
}

pub(super) fn render(pred: Pred, shape: Shape) -> impl FnOnce(&mut Part) {
    move |out| pred.sql(&shape, out)
}
