//! What the server is about, a folder each: types and where the facts for access lie (`mod`), the operations
//! (`routes`), the SQL (`store`).

pub mod api_keys;
pub mod audit_logs;
pub mod campaigns;
pub mod custom_tag_mappings;
pub mod custom_tags;
pub mod explain;
pub mod workspace_members;
pub mod workspaces;

use crate::access::Shape;

/// Where the records of a permission's resource lie, for those that have records.
pub fn shape(resource: &str) -> Option<&'static Shape> {
    match resource {
        "api_keys" => Some(&api_keys::SHAPE),
        "audit_logs" => Some(&audit_logs::SHAPE),
        "campaigns" => Some(&campaigns::SHAPE),
        "custom_tags" => Some(&custom_tags::SHAPE),
        "workspace_members" => Some(&workspace_members::SHAPE),
        _ => None,
    }
}
