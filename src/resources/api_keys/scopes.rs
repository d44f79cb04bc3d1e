//! The scopes that a key can carry: the reference's (its Appendix A), and ours.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

const RESOURCES: [&str; 36] = [
    "all",
    "ai_agents",
    "api_keys",
    "audit_logs",
    "custom_prompt_templates",
    "account_campaign_mappings",
    "campaigns",
    "inbox_placement_tests",
    "inbox_placement_analytics",
    "inbox_placement_reports",
    "lead_lists",
    "leads",
    "background-jobs",
    "custom_tags",
    "custom_tag_mappings",
    "crm_actions",
    "accounts",
    "block_list_entries",
    "lead-labels",
    "email_verifications",
    "emails",
    "email_templates",
    "workspaces",
    "workspace_billing",
    "workspace_group_members",
    "workspace_members",
    "subsequences",
    "ai_sdr",
    "ai_sdr_replies",
    "ai_inbox_manager_analytics",
    "sales_flows",
    "webhooks",
    "webhook_events",
    "security_tokens",
    "dfy_email_account_orders",
    "auth",
];
const VERBS: [&str; 5] = ["all", "create", "read", "update", "delete"];
/// The reference has no such scopes.
const MISSING: [&str; 2] = ["email_verifications:update", "email_verifications:delete"];
/// Finer than the reference's.
const OURS: [&str; 5] =
    ["campaigns:launch", "campaigns:export", "leads:export", "accounts:move", "block_list_entries:purge"];

/// Every scope, the reference's first.
pub fn all() -> Vec<String> {
    let official =
        RESOURCES.iter().flat_map(|resource| VERBS.iter().map(move |verb| format!("{resource}:{verb}")));
    official.filter(|scope| !MISSING.contains(&scope.as_str())).chain(OURS.map(str::to_owned)).collect()
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope(pub String);

impl Scope {
    /// Of the resource and the verb; a scope from a checked body has both.
    pub fn parts(&self) -> (&str, &str) {
        self.0.split_once(':').unwrap_or((&self.0, ""))
    }

    /// Whether this scope includes the other.
    pub fn covers(&self, other: &Scope) -> bool {
        let ((resource, verb), (its_resource, its_verb)) = (self.parts(), other.parts());
        (resource == "all" || resource == its_resource) && (verb == "all" || verb == its_verb)
    }
}

impl JsonSchema for Scope {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Scope".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": all(), "x-gatepost-values": OURS })
    }
}
