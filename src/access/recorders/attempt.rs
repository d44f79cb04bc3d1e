//! A call, and what is recorded about it after the answer.

use super::About;
use crate::access::{Action, Canary, Grant};
use crate::audit;
use crate::http::Origin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use uuid::Uuid;

/// Permissions, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct Further(Arc<Mutex<Vec<&'static str>>>);

impl Further {
    fn add(&self, permission: &'static str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.contains(&permission) {
            all.push(permission);
        }
    }

    pub(super) fn all(&self) -> Vec<&'static str> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A call by a known caller, or by somebody who uses a canary key. A refusal gets an audit row. An allowed call is counted
/// as a use.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub workspace: Uuid,
    /// The caller's own workspace. It differs from `workspace` if they act in another.
    pub(in crate::access) home: Uuid,
    pub permission: &'static str,
    pub actor: audit::Actor,
    /// The user and the session, for a person who is signed in.
    pub(super) session: Option<(Uuid, Uuid)>,
    /// The activity type of the row, if the attempt is refused.
    pub(super) activity: i64,
    pub(super) about: OnceLock<About>,
    /// The permissions that the call needed besides its own.
    pub(super) further: Further,
}

impl Attempt {
    pub fn new(grant: &Grant, action: &'static Action, origin: &Origin) -> Self {
        Attempt::of(grant, action.name, origin)
    }

    /// By the name of the permission.
    pub fn of(grant: &Grant, permission: &'static str, origin: &Origin) -> Self {
        Attempt {
            workspace: grant.workspace,
            home: grant.home(),
            permission,
            actor: audit::Actor::new(grant, origin),
            session: grant.identity().user.zip(grant.session().map(|session| session.id)),
            activity: audit::REFUSED,
            about: OnceLock::new(),
            further: Further::default(),
        }
    }

    /// The use of a canary key.
    pub(in crate::access) fn of_canary(canary: Canary, origin: &Origin) -> Self {
        Attempt {
            workspace: canary.workspace,
            home: canary.workspace,
            permission: "api_keys:canary",
            session: None,
            activity: audit::CANARY,
            about: OnceLock::from(About::new("api_key", canary.id)),
            further: Further::default(),
            actor: audit::Actor::of_key(canary.id, &canary.name, origin),
        }
    }

    /// The key, if somebody used a canary key.
    pub fn canary(&self) -> Option<Uuid> {
        self.actor.api_key_id.filter(|_| self.is_by_stranger())
    }

    /// Strangers leave room in the log for known callers.
    pub(in crate::access) fn is_by_stranger(&self) -> bool {
        self.activity == audit::CANARY
    }

    /// Notes a permission that the call needs besides its own.
    pub(in crate::access) fn needs(&self, permission: &'static str) {
        if permission != self.permission {
            self.further.add(permission);
        }
    }

    /// Sets the record that it is about, unless that is known already.
    pub fn is_about(&self, what: impl FnOnce() -> Option<About>) {
        if self.about.get().is_none()
            && let Some(what) = what()
        {
            let _first = self.about.set(what);
        }
    }

    pub fn about(&self) -> Option<&About> {
        self.about.get()
    }

    /// Sets the activity type, one of [`audit::REFUSALS`], where the official API has one for this refusal.
    pub fn numbered(self, activity: i64) -> Self {
        Attempt { activity, ..self }
    }

    /// The workspace whose share of the server the caller uses.
    pub fn home(&self) -> Uuid {
        self.home
    }

    /// Whether it changes something unless it is refused.
    pub fn is_change(&self) -> bool {
        Action::of(self.permission).is_some_and(|action| action.activity.is_some())
    }

    /// The attempt for the row that counts many objects.
    pub(super) fn about_many(self) -> Self {
        Attempt { activity: audit::REFUSED_MANY, about: OnceLock::new(), ..self }
    }

    pub fn activity(&self) -> i64 {
        self.activity
    }
}
