//! The SQL of analytics. Each statement selects only campaigns that the caller sees, except those of the
//! recount, which the operator runs.

mod counters;
mod mails;
mod outcomes;
mod recounting;
pub use counters::*;
pub use mails::*;
pub use outcomes::*;
pub use recounting::*;
