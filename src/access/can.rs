//! `Can<P>` in a handler's signature is the check, the proof, and the documentation of the check.

use super::shown::{Shown, invitee};
use super::{Action, Ask, Asker, Attempt, Call, Grant, Permission, Pred, Shape, Sight, Step, Stray};
use crate::app::App;
use crate::audit::Change;
use crate::auth;
use crate::db::{Part, Reader, Time, Tx, Writer};
use crate::error::{Error, Result};
use crate::http::{Origin, Slot};
use aide::openapi::Operation;
use aide::{OperationInput, generate::GenContext};
use axum::{extract::FromRequestParts, http::HeaderMap, http::request::Parts};
use std::marker::PhantomData;
use std::ops::Deref;
use uuid::Uuid;

/// Holds the write door. Only `can` and `behind` can reach into it, so only a proof can open a transaction;
/// `behind` is the narrow door for what is recorded after the answer, and the queue keeps its books here.
#[derive(Clone)]
pub struct Gate(Writer);

impl Gate {
    pub fn new(writer: Writer) -> Self {
        Gate(writer)
    }

    /// How many writes wait for their turn.
    pub fn waiting(&self) -> usize {
        self.0.waiting()
    }

    pub(super) fn narrow(&self) -> &Writer {
        &self.0
    }

    /// For the queue's own rows: who works on what, and how it went. `jobs` alone calls this.
    pub(crate) fn books(&self) -> &Writer {
        &self.0
    }
}

/// Who is calling, with what right, from where.
#[derive(Clone)]
pub struct Caller {
    app: App,
    shown: Shown,
    pub grant: Grant,
    pub origin: Origin,
    call: Call,
}

pub struct Can<P> {
    caller: Caller,
    permission: PhantomData<P>,
}

/// A proof answers for its caller.
impl<P> Deref for Can<P> {
    type Target = Caller;
    fn deref(&self) -> &Caller {
        &self.caller
    }
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
    pub fn reader(&self) -> &Reader {
        &self.app.reader
    }
    pub fn now(&self) -> Time {
        self.app.now()
    }
    pub fn new_id(&self) -> Uuid {
        self.app.new_id()
    }

    /// Asks a person who is signed in to have shown lately who he is; for what is not of a permission as a whole.
    pub fn demand_fresh(&self) -> Result<()> {
        match self.grant.session() {
            Some(session) if !session.fresh => Err(Error::refused(Step::Credential, super::decide::STALE)),
            Some(_) | None => Ok(()),
        }
    }

    /// A person, or a key with the scope `all:all`: narrower keys do not decide over rights.
    pub fn is_whole(&self) -> bool {
        self.grant.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|scope| scope == "all:all"))
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

    /// The same caller, for what a change brings about in another workspace of its group. It must have been found out that
    /// the workspace is one: `workspace_group_members` and the moving of accounts alone call this.
    pub fn beside(&self, workspace: Uuid) -> Caller {
        let mut beside = self.clone();
        beside.grant.workspace = workspace;
        beside
    }

    fn ask(&self, action: &'static Action) -> Ask<'_> {
        Ask::new(action, Ok(&self.grant), Some(&self.call))
    }

    /// Every step that needs no record.
    async fn check(
        app: &App,
        headers: &HeaderMap,
        origin: Origin,
        slot: Slot<Attempt>,
        action: &'static Action,
    ) -> Result<Self> {
        let shown = auth::credential(&app.site, headers).map(Shown::from);
        let grant = match &shown {
            Ok(shown) => shown.grant(app.now(), &app.reader).await?,
            Err(why) => Err(*why),
        };
        let (grant, stray) = match (grant, elsewhere(headers)) {
            (Ok(grant), Some(header)) => {
                placed(grant, &header, app).await.map(|(grant, stray)| (Ok(grant), stray))?
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
        Ok(Caller { app: app.clone(), shown, grant, origin, call })
    }

    async fn again(&self, tx: &mut Tx) -> Result<Self> {
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
async fn placed(own: Grant, header: &str, app: &App) -> Result<(Grant, Option<Stray>)> {
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
        Ok(sub) => own.clone().acting_in(sub, app.now(), &app.reader).await?,
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

fn render(pred: Pred, shape: Shape) -> impl FnOnce(&mut Part) {
    move |out| pred.sql(&shape, out)
}

impl<P: Permission> Can<P> {
    /// The proof of who holds the link of an open invitation, by the hash of its token.
    pub async fn invited(app: &App, hash: String, origin: Origin) -> Result<Option<Self>> {
        let Some(grant) = invitee(&hash, app.now(), &app.reader).await? else { return Ok(None) };
        Ok(Some(Self::without_key(app, Shown::Invitation(hash), grant, origin)))
    }

    /// The proof of who has just shown to be a person, by a password, a passkey or a mailed link, and is an accepted
    /// member of the workspace. `sign_in` and `people` alone call this.
    pub async fn person(app: &App, workspace: Uuid, user: Uuid, origin: Origin) -> Result<Option<Self>> {
        let grant = Grant::of_person(workspace, user, app.now(), &app.reader).await?;
        let shown = Shown::Person { workspace, user };
        Ok(grant.map(|grant| Self::without_key(app, shown, grant, origin)))
    }

    /// The proof of who holds the link to set up a server without a workspace. `people` alone calls this.
    pub fn founder(app: &App, workspace: Uuid, origin: Origin) -> Self {
        let grant = Grant::operator(workspace);
        Self::without_key(app, Shown::Operator { workspace }, grant, origin)
    }

    /// The proof of the command line, which stands on the server itself. `cli` alone calls this.
    pub fn operator(app: &App, workspace: Uuid) -> Self {
        let grant = Grant::operator(workspace);
        Self::without_key(app, Shown::Operator { workspace }, grant, Origin::local())
    }

    /// The proof of a job, from who asked for it: refused where they may not do it any more.
    pub async fn job(app: &App, asker: &Asker) -> Result<Self> {
        let grant = asker.grant(app.now(), &app.reader).await?;
        let grant = grant.ok_or_else(|| Error::refused(Step::Credential, auth::UNKNOWN))?;
        let can = Self::without_key(app, Shown::Asked(asker.clone()), grant, asker.origin.clone());
        can.ask(P::ACTION).enforce()?;
        Ok(can)
    }

    fn without_key(app: &App, shown: Shown, grant: Grant, origin: Origin) -> Self {
        let call = Call { address: origin.address, stray: None, within_rate: true };
        Can { caller: Caller { app: app.clone(), shown, grant, origin, call }, permission: PhantomData }
    }

    /// Fills `{visible}`: what the caller may see.
    pub fn visible(&self, shape: &Shape) -> impl FnOnce(&mut Part) {
        render(self.grant.pred(P::See::ACTION), *shape)
    }

    /// Fills `{within}`: what the caller may do this to.
    pub fn within(&self, shape: &Shape) -> impl FnOnce(&mut Part) {
        self.reaches::<P>(shape)
    }

    /// The steps about the record, for what a finder found: a visible record and whether it is within reach.
    pub fn admit<T>(&self, found: Option<(T, bool)>) -> Result<T> {
        let mut ask = Ask::new(P::ACTION, Ok(&self.grant), None);
        ask.record = Some(Sight::of(found.as_ref().map(|(_, within)| *within)));
        ask.enforce()?;
        found.map(|(record, _)| record).ok_or_else(Error::hidden)
    }

    /// The only way to a write transaction. It spends the proof; inside, the credential and the role are read
    /// again and put through the same steps, the fresh proof is lent to `body`, and the audit row commits with
    /// the change that `body` must return. `body` may run more than once.
    pub async fn write<T, F>(self, body: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncFn(&Self, &mut Tx) -> Result<Change<T>> + Send + Sync + 'static,
    {
        let gate = self.app.gate.clone();
        let change = async move |tx: &mut Tx| {
            let can = Can { caller: self.caller.again(tx).await?, permission: self.permission };
            can.ask(P::ACTION).enforce()?;
            body(&can, tx).await?.record(&can, P::ACTION, tx).await
        };
        gate.0.write(change).await
    }
}

impl<P: Permission> FromRequestParts<App> for Can<P> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let origin = parts.extensions.get::<Origin>().cloned().unwrap_or_else(Origin::local);
        let slot = parts.extensions.get::<Slot<Attempt>>().cloned().unwrap_or_default();
        let caller = Caller::check(app, &parts.headers, origin, slot, P::ACTION).await?;
        Ok(Can { caller, permission: PhantomData })
    }
}

impl<P: Permission> OperationInput for Can<P> {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        super::document::keyed(P::ACTION, operation);
    }
}
