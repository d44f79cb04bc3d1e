//! What keeps a caller from an action before any record is in question. One function decides it, and the explanation
//! words what that function found.

use super::{Action, Grant, Mark};

/// The first obstacle that applies to a caller, beside its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bar {
    /// The member's own list of permissions leaves the action out.
    NotGiven,
    /// The caller acts from its admin workspace.
    FromElsewhere,
    /// The caller was made by an admin workspace.
    Foreign,
    WorkspaceKey,
    Key,
    TagLimit,
    /// A key that is bound to addresses or to an expiry.
    BoundKey,
}

impl Grant {
    pub(super) fn bar(&self, action: &Action) -> Option<Bar> {
        let is = |mark| action.is(mark);
        let bars = [
            (Bar::NotGiven, !self.named(action)),
            (Bar::FromElsewhere, self.acting.is_some() && (is(Mark::InPerson) || is(Mark::SignedIn))),
            (Bar::Foreign, is(Mark::Own) && self.link.is_some()),
            (Bar::WorkspaceKey, is(Mark::InPerson) && !self.in_person()),
            (Bar::Key, is(Mark::SignedIn) && self.key().is_some()),
            (Bar::TagLimit, is(Mark::Unlimited) && !self.limits.is_empty()),
            (Bar::BoundKey, is(Mark::Unbound) && self.is_bound()),
        ];
        bars.into_iter().find(|(_, applies)| *applies).map(|(bar, _)| bar)
    }

    /// Whether this is a key that expires or works from certain addresses only.
    fn is_bound(&self) -> bool {
        self.key().is_some() && (self.expires_at.is_some() || !self.own.origins.is_empty())
    }

    /// Why the credential does not count for this action.
    pub(super) fn uncounted(&self, action: &Action) -> Option<String> {
        let session = self.session();
        let enrolling = action.is(Mark::Enrolling) && session.is_some_and(|session| session.enrolling);
        if let Some(why) = self.lapsed.filter(|_| !enrolling) {
            let what = if session.is_some() { "session" } else { "API key" };
            return Some(format!("credential: this {what} is {why}"));
        }
        let stale = action.is(Mark::Fresh) && session.is_some_and(|session| !session.fresh);
        stale.then(|| super::decide::STALE.to_owned())
    }
}

impl Bar {
    pub(super) fn words(self, grant: &Grant, action: &Action) -> String {
        let home = || grant.acting.as_ref().map_or("", |acting| acting.home_name.as_str());
        match self {
            Bar::NotGiven => format!("takes the member permission `{}`, which is not given", action.needs),
            Bar::FromElsewhere => format!("is not done from another workspace, {}", home()),
            Bar::Foreign => "is for the workspace's own people, not for its admin workspace".to_owned(),
            Bar::WorkspaceKey => "takes a person; use a personal key, not a workspace key".to_owned(),
            Bar::Key => "takes a person who is signed in, not a key".to_owned(),
            Bar::TagLimit => "is not for callers with a tag limit".to_owned(),
            Bar::BoundKey => {
                "is not for a key with an expiry or with `allowed_ips`, because what it makes would not be \
                 bound by them; sign in, or use a key without them"
                    .to_owned()
            }
        }
    }
}
