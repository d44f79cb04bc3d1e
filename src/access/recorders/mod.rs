//! What is recorded after the answer: refused attempts, last use, tries at passwords, and how much is stored.

mod about;
mod behind;
mod objects;
mod refusal;
pub mod storage;
pub mod tries;

pub use about::About;
pub use behind::{Attempt, Behind};
pub use storage::Storage;
