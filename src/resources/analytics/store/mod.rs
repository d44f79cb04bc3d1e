//! The SQL of analytics. Each statement judges in itself which campaigns the caller sees.

mod counters;
mod mails;
mod outcomes;
mod recounting;
pub use counters::*;
pub use mails::*;
pub use outcomes::*;
pub use recounting::*;
