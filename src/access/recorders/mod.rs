//! What is recorded after the answer: refused attempts, last use, how often each permission is used, tries at passwords,
//! and how much is stored.

mod about;
mod attempt;
mod behind;
mod objects;
mod refusal;
mod stamps;
pub mod storage;
pub mod tries;
mod uses;

pub use about::About;
pub use attempt::Attempt;
pub use behind::Behind;
pub use storage::Storage;
