//! The home page of a workspace: what is left to set up, what the caller works on, and for its administrators what
//! happened last. It has no operations. It is apart from `workspaces` because it reads most of the other resources.

mod pages;
mod steps;
mod work;
pub use pages::pages;
