//! Who is calling, and with which rights. Both are read again for every request and in every transaction that writes.

mod altered;
mod asker;
mod caller;
mod canary;
mod everybody;
mod grant;
mod group;
mod imagined;
mod intended;
mod kind;
mod lapsed;
mod login;
mod place;
mod presented;
mod rows;
mod session;

pub use asker::Asker;
pub use caller::Caller;
pub(in crate::access) use canary::Canary;
pub use everybody::{PrincipalKind, Somebody};
pub use grant::{Ceiling, Grant, Origins};
pub use group::{Acting, Delegation, GROUP, GROUP_AND_ROLE, Group, GuardRails, Rail, Withheld};
pub use imagined::Imagined;
pub use intended::Intended;
pub use kind::Principal;
pub use lapsed::Lapsed;
pub use login::{Entry, LoginPolicy, Method};
pub use place::{Place, Standing};
pub(in crate::access) use presented::{Presented, invitee};
pub use session::{Session, Stage};
