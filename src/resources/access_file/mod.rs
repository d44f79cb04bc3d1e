//! Access as code: the whole access of a workspace as a file. A plan compares the file with the workspace, and applying it
//! makes the same changes that the operations make, in one transaction (decision 26).

mod apply;
mod bundles;
mod claims;
mod fault;
mod file;
mod format;
mod ground;
mod impact;
mod listing;
mod log;
mod merge;
mod merge_accounts;
mod model;
mod mutate;
mod parts;
mod plan;
mod print;
mod rails;
mod read;
mod repair;
mod report;
mod routes;
mod state;
mod steps;
mod store;
mod summary;
mod validate;
#[cfg(test)]
mod worlds;
mod yaml;

pub use apply::{Applying, apply};
pub use bundles::{BUNDLES, Bundle};
pub use fault::Fault;
pub use format::{Dumped, dump, format};
pub use log::{Application, list};
pub use plan::{AccessText, Allowing, plan};
pub use report::{Applied, Change, Outcome, Plan, Tests, Validation};
pub use routes::operations;
pub use validate::{test, validate};
pub use yaml::LARGEST;
