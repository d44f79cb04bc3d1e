//! What is allowed: the named steps, what a reach means for records, and the proof that a handler asks for.

mod answer;
mod ask;
mod bar;
mod can;
mod gate;
mod near;
mod predicate;
mod records;

pub(crate) use answer::partial;
pub use answer::{Answer, Partial, Seen};
pub use ask::{Ask, Call, Decision, STEPS, Sight, Stray, Verdict};
pub use can::{Can, PartOf, STEP, Stepped, one_more_step};
pub use gate::Gate;
pub use near::Near;
pub use predicate::{Facts, Pred, Shape, Who};
pub use records::{Across, Resource, across};
