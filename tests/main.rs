#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::wildcard_enum_match_arm,
    clippy::cloned_ref_to_slice_refs,
    clippy::explicit_write,
    reason = "a test fails by panicking"
)]

mod support;

mod access;
mod addresses;
mod admin;
mod agency;
mod answers;
mod bodies;
mod concurrency;
mod contract;
mod copies;
mod coverage;
mod crash;
mod distributed;
mod docs;
mod explained;
mod fairness;
mod generated;
mod groups;
mod houserules;
mod invitations;
mod isolation;
mod jobs;
mod leads_bounds;
mod mail;
mod moving;
mod net;
mod operator;
mod pages;
mod parsers;
mod policy;
mod process;
mod reading;
mod reading_walk;
mod revocation;
mod running;
mod seen;
mod senders;
mod starting;
mod statements;
mod storage;
mod strangers;
mod unbuilt;
mod vitals;
mod writes;

#[path = "../src/resources/accounts/tests.rs"]
mod accounts;
#[path = "../src/resources/api_keys/tests.rs"]
mod api_keys;
#[path = "../src/resources/audit_logs/tests.rs"]
mod audit_logs;
#[path = "../src/resources/campaigns/tests.rs"]
mod campaigns;
#[path = "../src/resources/credits/tests.rs"]
mod credits;
#[path = "../src/resources/custom_tags/tests.rs"]
mod custom_tags;
#[path = "../src/resources/explain/tests.rs"]
mod explain;
#[path = "../src/resources/factors/tests.rs"]
mod factors;
#[path = "../src/resources/lead_lists/tests.rs"]
mod lead_lists;
#[path = "../src/resources/leads/tests.rs"]
mod leads;
#[path = "../src/resources/login_policy/tests.rs"]
mod login_policy;
#[path = "../src/resources/people/tests.rs"]
mod people;
#[path = "../src/resources/sessions/tests.rs"]
mod sessions;
#[path = "../src/resources/sign_in/tests.rs"]
mod sign_in;
#[path = "../src/resources/guard_rails/tests.rs"]
mod guard_rails;
#[path = "../src/resources/workspace_group_members/tests.rs"]
mod workspace_group_members;
#[path = "../src/resources/white_label/tests.rs"]
mod white_label;
#[path = "../src/resources/workspace_members/tests.rs"]
mod workspace_members;
#[path = "../src/resources/workspaces/tests.rs"]
mod workspaces;
