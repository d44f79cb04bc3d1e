//! Why a credential no longer counts.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lapsed {
    KeyRevoked,
    KeyExpired,
    /// The person of a personal key is no longer a member.
    MemberGone,
    /// An admin workspace made it, through a link that no longer exists.
    LinkGone,
    /// The member row is an invitation that nobody has accepted yet.
    NotAccepted,
    SessionExpired,
    /// Everybody was signed out of the workspace after this session started.
    SignedOut,
    /// The session waits for its second factor.
    Waiting,
    /// The login policy does not allow the way in which the person signed in.
    MethodForbidden,
    SecondFactorMissing,
    /// As `MethodForbidden`, in the sub-workspace where the caller acts.
    MethodForbiddenThere,
    /// As `SecondFactorMissing`, in the sub-workspace where the caller acts.
    SecondFactorMissingThere,
}

impl Lapsed {
    /// What follows `this API key` or `this session`.
    pub fn words(self) -> &'static str {
        match self {
            Lapsed::KeyRevoked => "is revoked",
            Lapsed::KeyExpired => "is expired",
            Lapsed::MemberGone => "belongs to a person who is no longer a member of the workspace",
            Lapsed::LinkGone => {
                "no longer works: an admin workspace made it, and this workspace no longer belongs to that group"
            }
            Lapsed::NotAccepted => "belongs to an invitation that is not accepted yet",
            Lapsed::SessionExpired => "is expired; sign in again",
            Lapsed::SignedOut => "has ended: everybody was signed out of the workspace; sign in again",
            Lapsed::Waiting => "is waiting for a second factor: POST /auth/second-factor",
            Lapsed::MethodForbidden => {
                "was started in a way that the workspace's login policy does not allow; enrol a passkey, or sign in \
                 with it"
            }
            Lapsed::SecondFactorMissing => {
                "has no second factor, which the workspace requires: enrol one by POST /api/v2/me/factors/totp"
            }
            Lapsed::MethodForbiddenThere => {
                "was started in a way that the login policy of that workspace does not allow"
            }
            Lapsed::SecondFactorMissingThere => "has no second factor, which that workspace requires",
        }
    }

    /// Whether the person can go on by enrolling a second factor.
    pub fn ends_by_enrolling(self) -> bool {
        match self {
            Lapsed::MethodForbidden | Lapsed::SecondFactorMissing => true,
            Lapsed::KeyRevoked
            | Lapsed::KeyExpired
            | Lapsed::MemberGone
            | Lapsed::LinkGone
            | Lapsed::NotAccepted
            | Lapsed::SessionExpired
            | Lapsed::SignedOut
            | Lapsed::Waiting
            | Lapsed::MethodForbiddenThere
            | Lapsed::SecondFactorMissingThere => false,
        }
    }
}
