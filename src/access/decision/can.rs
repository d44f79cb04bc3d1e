//! `Can<P>` in a handler's signature checks the permission, proves the check, and documents it.

use super::{Answer, Ask, Call, Shape, Sight};
use crate::access::{Asker, Attempt, Caller, Grant, Permission, Presented, Step, document, invitee};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::auth;
use crate::db::{Lane, Part, Tx};
use crate::error::{Error, Result};
use crate::http::{Origin, Slot, StrictBodies};
use aide::openapi::Operation;
use aide::{OperationInput, generate::GenContext};
use axum::{extract::FromRequestParts, http::request::Parts};
use serde_json::json;
use std::marker::PhantomData;
use std::ops::ControlFlow::{self, Break, Continue};
use std::ops::Deref;
use std::sync::Arc;
use uuid::Uuid;

/// The most rows that one step of a long change touches.
pub const STEP: u64 = 2_000;

/// The last change, or a change with the place where the next step begins.
pub type Stepped<T, S> = ControlFlow<Change<T>, (Change<()>, S)>;

/// A step of a removal: it deletes [`STEP`] rows that belong to the subject. The last step deletes the subject itself.
pub fn one_more_step<T>(subject: Subject, gone: &str) -> Stepped<T, ()> {
    Continue((Change::new(subject, json!({ gone: STEP }), (), ()).affecting(STEP as usize), ()))
}

pub struct Can<P> {
    caller: Caller,
    permission: PhantomData<P>,
}

/// A proof has the methods of its caller.
impl<P> Deref for Can<P> {
    type Target = Caller;
    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl<P: Permission> Can<P> {
    /// The proof for a person who holds the link of an open invitation, by the hash of its token.
    pub async fn invited(app: &App, hash: String, origin: Origin) -> Result<Option<Self>> {
        let reading = app.reader.reading_for(Lane::of_credential(&hash));
        let Some(grant) = invitee(&hash, app.now(), reading).await? else { return Ok(None) };
        Ok(Some(Self::without_key(app, Presented::Invitation(hash), grant, origin)))
    }

    /// The proof for a person who has just authenticated by a password, a passkey or a mailed link. None unless they are
    /// an accepted member of the workspace. Only `sign_in`, `people` and `sessions` call this.
    pub async fn person(app: &App, workspace: Uuid, user: Uuid, origin: Origin) -> Result<Option<Self>> {
        let grant = Grant::of_person(workspace, user, app.now(), &app.reader).await?;
        let presented = Presented::Person { workspace, user };
        Ok(grant.map(|grant| Self::without_key(app, presented, grant, origin)))
    }

    /// The proof for a person who holds the link to set up a server without a workspace. Only `people` calls this.
    pub fn founder(app: &App, workspace: Uuid, origin: Origin) -> Self {
        let grant = Grant::operator(workspace);
        Self::without_key(app, Presented::Operator { workspace }, grant, origin)
    }

    /// The proof for the server's command line. Only `cli` calls this.
    pub fn operator(app: &App, workspace: Uuid) -> Self {
        let grant = Grant::operator(workspace);
        Self::without_key(app, Presented::Operator { workspace }, grant, Origin::local())
    }

    /// The proof for what the server does by itself: it warns of canary keys, pauses a webhook, and sends for campaigns. Only
    /// `api_keys`, `webhooks` and `campaign_mails` call this.
    pub fn unattended(app: &App, workspace: Uuid) -> Self {
        let grant = Grant::server(workspace);
        Self::without_key(app, Presented::Server { workspace }, grant, Origin::local())
    }

    /// The proof for a job. It is refused if the person who asked for the job no longer has the permission.
    pub async fn job(app: &App, asker: &Asker) -> Result<Self> {
        let grant = asker.grant(app.now(), &app.reader).await?;
        let grant = grant.ok_or_else(|| Error::refused(Step::Credential, auth::UNKNOWN))?;
        let can = Self::without_key(app, Presented::Asked(asker.clone()), grant, asker.origin.clone());
        can.ask(P::ACTION).enforce()?;
        Ok(can)
    }

    fn without_key(app: &App, presented: Presented, grant: Grant, origin: Origin) -> Self {
        let call = Call { address: origin.address, stray: None, within_rate: true };
        let caller =
            Caller { app: app.clone(), presented, grant, origin, call, attempt: Slot::default(), once: None };
        Can { caller, permission: PhantomData }
    }

    /// The proof with the rights that the caller has now, for an answer that takes long.
    pub async fn renewed(&self) -> Result<Self> {
        let from = self.app.reader.reading_for(self.presented.lane());
        let can = Can { caller: self.caller.again(from).await?, permission: self.permission };
        can.ask(P::ACTION).enforce()?;
        Ok(can)
    }

    /// The record that the call creates gets this id. A page seals it into its form, so nobody can choose one.
    pub fn once(mut self, id: Uuid) -> Self {
        self.caller.once = Some(id);
        self
    }

    /// The proof of a further permission in the same request, for a page that shows more than one list. It can only read:
    /// a request changes something by the proof of its own permission, once.
    pub fn further<Q: Permission>(&self) -> Result<Can<Q>> {
        const { assert!(Q::ACTION.activity.is_none(), "a further proof only reads") };
        self.also::<Q>()?;
        Ok(Can { caller: self.caller.clone(), permission: PhantomData })
    }

    /// Fills `{visible}` with the records that the caller can see.
    pub fn visible(&self, shape: &Shape) -> impl FnOnce(&mut Part) {
        self.grant().pred(P::See::ACTION).condition(*shape)
    }

    /// Fills `{within}` with the records that the permission reaches.
    pub fn within(&self, shape: &Shape) -> impl FnOnce(&mut Part) {
        self.reaches::<P>(shape)
    }

    /// Checks the steps about the record. `found` is the visible record, and whether it is within reach.
    pub fn admit<T>(&self, found: Option<(T, bool)>) -> Result<T> {
        let mut ask = Ask::new(P::ACTION, self.grant(), None);
        ask.record = Some(Sight::of(found.as_ref().map(|(_, within)| *within)));
        ask.enforce()?;
        found.map(|(record, _)| record).ok_or_else(Error::hidden)
    }

    /// The only way to a write transaction. It spends the proof. Inside, the grant is read again and goes through the same
    /// steps, and `body` gets the new proof. The audit row commits with the change that `body` must return. `body` can run
    /// more than once. The caller gets the answer as they can see it.
    pub async fn write<T, F>(self, body: F) -> Result<T::Seen>
    where
        T: Answer,
        F: AsyncFn(&Self, &mut Tx) -> Result<Change<T>> + Send + Sync + 'static,
    {
        let change = async move |can: &Self, tx: &mut Tx| {
            let answer = body(can, tx).await?.record(can, P::ACTION, tx).await?;
            Ok(answer.seen_by(can))
        };
        self.transact(change).await
    }

    /// Makes a change of unlimited size in steps of [`STEP`] rows, so that other callers wait only briefly. Each step is a
    /// transaction that reads the rights again and has its own audit row. `body` gets the place where its step begins. It
    /// returns the last change, or a change with the place where the next step begins. A step that fails ends the call,
    /// and the steps before it stay.
    pub async fn write_in_steps<S, T, F>(self, start: S, body: F) -> Result<T::Seen>
    where
        S: Send + Sync + 'static,
        T: Answer,
        F: AsyncFn(&Self, &mut Tx, &S) -> Result<Stepped<T, S>> + Send + Sync + 'static,
    {
        let (body, mut from) = (Arc::new(body), start);
        loop {
            let can = Can { caller: self.caller.clone(), permission: self.permission };
            let body = body.clone();
            let step = can.transact(async move |can, tx| match body(can, tx, &from).await? {
                Break(last) => Ok(Break(last.record(can, P::ACTION, tx).await?.seen_by(can))),
                Continue((change, next)) => {
                    change.record(can, P::ACTION, tx).await?;
                    Ok(Continue(next))
                }
            });
            match step.await? {
                Continue(next) => from = next,
                Break(answer) => return Ok(answer),
            }
        }
    }

    /// The proof of a part of this change, under a permission of its own. It is for one transaction: [`PartOf::record`] writes
    /// the part's audit row.
    pub fn part<Q: Permission>(&self) -> Result<PartOf<Q>> {
        self.also::<Q>()?;
        self.app.storage.admit(Q::ACTION, self.workspace())?;
        Ok(PartOf(Can { caller: self.caller.clone(), permission: PhantomData }))
    }

    async fn transact<T, F>(self, body: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncFn(&Self, &mut Tx) -> Result<T> + Send + Sync + 'static,
    {
        let (gate, lane) = (self.app.gate.clone(), self.lane());
        self.app.storage.admit(P::ACTION, self.workspace())?;
        let body = async move |tx: &mut Tx| {
            let can = Can { caller: self.caller.again(&mut *tx).await?, permission: self.permission };
            can.ask(P::ACTION).enforce()?;
            body(&can, tx).await
        };
        gate.0.write_for(lane, body).await
    }
}

/// The proof of a part of a larger change. It opens no transaction.
pub struct PartOf<P>(Can<P>);

impl<P> Deref for PartOf<P> {
    type Target = Can<P>;
    fn deref(&self) -> &Can<P> {
        &self.0
    }
}

impl<P: Permission> PartOf<P> {
    /// Writes the audit row of the part, under its own permission, and gives its answer.
    pub async fn record<T: Answer>(&self, change: Change<T>, tx: &mut Tx) -> Result<T::Seen> {
        Ok(change.record(self, P::ACTION, tx).await?.seen_by(self))
    }
}

impl<P: Permission> FromRequestParts<App> for Can<P> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let origin = parts.extensions.get::<Origin>().cloned().unwrap_or_else(Origin::local);
        let slot = parts.extensions.get::<Slot<Attempt>>().cloned().unwrap_or_default();
        let caller = Caller::check(app, parts, origin, slot, P::ACTION).await?;
        if caller.grant().strict_bodies {
            parts.extensions.insert(StrictBodies);
        }
        Ok(Can { caller, permission: PhantomData })
    }
}

impl<P: Permission> OperationInput for Can<P> {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        document::keyed(P::ACTION, operation);
    }
}
