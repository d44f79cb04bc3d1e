//! The resources, a folder each: types and the facts for access (`mod`), the operations (`routes`), the SQL (`store`).
//! This list is the only one: `build.rs` takes the routers, the shapes and the statements of the
//! records from it.

pub(crate) mod operations;

pub mod access_file;
pub mod account_campaign_mappings;
pub mod account_moves;
pub mod accounts;
pub mod analytics;
pub mod api_keys;
pub mod audit_logs;
pub mod background_jobs;
pub mod block_list_entries;
pub mod campaign_mails;
pub mod campaigns;
pub mod credits;
pub mod custom_tag_mappings;
pub mod custom_tags;
pub mod email_verifications;
pub mod emails;
pub mod events;
pub mod explain;
pub mod factors;
pub mod guard_rails;
pub mod home;
pub mod lead_containers;
pub mod lead_import_mappings;
pub mod lead_imports;
pub mod lead_labels;
pub mod lead_lists;
pub mod leads;
pub mod login_policy;
pub mod members;
pub mod people;
pub mod roles;
pub mod sequences;
pub mod runs;
pub mod sessions;
pub mod sign_in;
pub mod users;
pub mod webhook_events;
pub mod webhooks;
pub mod white_label;
pub mod workspace_billing;
pub mod workspace_group_members;
pub mod workspace_members;
pub mod workspaces;

use crate::access::{Action, Permission, Shape};
use crate::app::App;
use crate::db::Stored;
use crate::http::anonymous;
use crate::jobs::{Claim, Kind, Step, outbox};
use crate::web;
use axum::routing::post;
use operations::{Operation, operations};

include!(concat!(env!("OUT_DIR"), "/resources.rs"));

/// The pages for visitors, who are not signed in. Like the operations that need no credential, they are open to anybody.
pub fn visitors() -> axum::Router<App> {
    axum::Router::new()
        .merge(campaign_mails::links())
        .merge(people::pages::router())
        .merge(sign_in::pages::router())
        .merge(workspace_members::invitation_page::router())
        .merge(workspace_group_members::pages::links())
        .route("/theme", anonymous(1024, post(web::choose_theme)))
}

/// The shapes of the records that an action is about. A link of a group is found from both of its workspaces; only the
/// sub-workspace answers it.
pub fn shapes(action: &'static Action) -> Vec<&'static Shape> {
    use crate::access::workspace_group_members::{Accept, Reject};
    let see = (action.see)().resource;
    let answers = [Accept::ACTION.name, Reject::ACTION.name].contains(&action.name);
    let own = shape(see).filter(|_| !answers);
    let other = (see == "workspace_group_members").then_some(&workspace_group_members::AS_SUB);
    own.into_iter().chain(other).collect()
}

/// Runs one step of a job, in the resource that the job belongs to.
pub fn work(app: App, claim: Claim) -> Step {
    match claim.kind {
        Kind::AssignLeads => Box::pin(async move { leads::assign_step(&app, &claim).await }),
        Kind::ImportLeads => Box::pin(async move { lead_imports::step(&app, &claim).await }),
        Kind::Mail => Box::pin(async move { outbox::send(&app, &claim).await }),
        Kind::MoveAccounts => Box::pin(async move { account_moves::step(&app, &claim).await }),
        Kind::MoveLeads => Box::pin(async move { leads::move_step(&app, &claim).await }),
        Kind::SetInterest => Box::pin(async move { leads::interest_step(&app, &claim).await }),
        Kind::UpdateWarmupAccounts => Box::pin(async move { accounts::warmup_step(&app, &claim).await }),
        Kind::VerifyLeads => {
            Box::pin(async move { email_verifications::verify_leads_step(&app, &claim).await })
        }
    }
}
