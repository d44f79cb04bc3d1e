//! What the server is about, a folder each: types and where the facts for access lie (`mod`), the operations
//! (`routes`), the SQL (`store`).

pub mod account_campaign_mappings;
pub mod accounts;
pub mod api_keys;
pub mod audit_logs;
pub mod background_jobs;
pub mod campaigns;
pub mod credits;
pub mod custom_tag_mappings;
pub mod custom_tags;
pub mod explain;
pub mod factors;
pub mod guard_rails;
pub mod lead_lists;
pub mod leads;
pub mod login_policy;
pub mod people;
pub mod sessions;
pub mod sign_in;
pub mod workspace_billing;
pub mod workspace_group_members;
pub mod white_label;
pub mod workspace_members;
pub mod workspaces;

use crate::access::{Action, Permission, Shape};
use crate::app::App;
use crate::db::Stored;
use crate::jobs::{Claim, Kind, Step, outbox};

/// Where the records of a permission's resource lie, for those that have records.
pub fn shape(resource: &str) -> Option<&'static Shape> {
    match resource {
        "accounts" => Some(&accounts::SHAPE),
        "api_keys" => Some(&api_keys::SHAPE),
        "audit_logs" => Some(&audit_logs::SHAPE),
        "campaigns" => Some(&campaigns::SHAPE),
        "custom_tags" => Some(&custom_tags::SHAPE),
        "lead_lists" => Some(&lead_lists::SHAPE),
        "leads" => Some(&leads::SHAPE),
        "workspace_group_members" => Some(&workspace_group_members::SHAPE),
        "workspace_members" => Some(&workspace_members::SHAPE),
        _ => None,
    }
}

/// The statements that follow from the records which `stored!` describes.
pub fn statements() -> Vec<Vec<String>> {
    vec![
        api_keys::StoredKey::statements(),
        custom_tags::CustomTag::statements(),
        lead_lists::LeadList::statements(),
    ]
}

/// The same for one action. A link of a group is found from both of its workspaces; only the sub-workspace answers it.
pub fn shapes(action: &'static Action) -> Vec<&'static Shape> {
    use crate::access::workspace_group_members::{Accept, Reject};
    let see = (action.see)().resource;
    let answers = [Accept::ACTION.name, Reject::ACTION.name].contains(&action.name);
    let own = shape(see).filter(|_| !answers);
    let other = (see == "workspace_group_members").then_some(&workspace_group_members::AS_SUB);
    own.into_iter().chain(other).collect()
}

/// One step of a job, by whose it is.
pub fn work(app: App, claim: Claim) -> Step {
    match claim.kind {
        Kind::Mail => Box::pin(async move { outbox::send(&app, &claim).await }),
        Kind::MoveAccounts => Box::pin(async move { accounts::step_of_moving(&app, &claim).await }),
        Kind::UpdateWarmupAccounts => Box::pin(async move { accounts::step(&app, &claim).await }),
    }
}
