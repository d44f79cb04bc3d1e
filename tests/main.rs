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

// The templates name it as `crate::web`.
use gatepost::web;

mod access;
mod access_files;
mod addresses;
mod admin;
mod agency;
mod analytics;
mod answers;
mod bodies;
mod browser;
mod calls;
mod canaries;
mod campaign_pages;
mod campaign_deaths;
mod campaign_mail;
mod concurrency;
mod contract;
mod copies;
mod coverage;
mod crash;
mod custom_roles;
mod dashboard;
mod delivery;
mod distributed;
mod docs;
mod documents;
mod explained;
mod exports;
mod fairness;
mod generated;
mod groups;
mod home;
mod houserules;
mod invitations;
mod isolation;
mod jobs;
mod key_care;
mod language;
mod lead_assigning;
mod lead_duplicates;
mod lead_interest;
mod lead_merging;
mod lead_moves;
mod lead_pages;
mod lead_reach;
mod lead_worlds;
mod leads_bounds;
mod leaving;
mod mail;
mod migrations;
mod moving;
mod net;
mod offers;
mod operator;
mod oversight;
mod pages;
mod parsers;
mod policy;
mod process;
mod reading;
mod reading_walk;
mod resources;
mod revocation;
mod running;
mod samples;
mod seen;
mod senders;
mod sending_pages;
mod starting;
mod statements;
mod storage;
mod strangers;
mod suppressions;
mod test_mails;
mod unbuilt;
mod vitals;
mod webhooks;
mod who_can;
mod would_help;
mod workspace_pages;
mod writes;
