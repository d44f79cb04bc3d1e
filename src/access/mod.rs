//! Roles, permissions and decisions, in four rooms. `policy` holds the matrix. `principal` reads who is calling, and
//! with which rights. `decision` asks the steps, and makes `Can<P>`, the proof that a handler needs. `recorders` writes
//! what is recorded after the answer.

mod decision;
mod policy;
mod principal;
mod recorders;

pub(crate) use decision::partial;
pub use decision::*;
pub use policy::*;
pub use principal::*;
pub use recorders::*;

pub use crate::error::Step;
