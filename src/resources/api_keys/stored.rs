use super::{ApiKey, Minted, Scope};
use crate::access::{Caller, Ceiling, Resource, Shape};
use crate::audit::Subject;
use crate::db::{Json, stored};
use crate::time::Time;
use ipnet::IpNet;
use uuid::Uuid;

/// A key as it is stored. A revoked key stays for the auditor, and no finder shows it.
pub struct StoredKey {
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub timestamp_created: Time,
    pub timestamp_updated: Time,
    pub name: String,
    pub redacted: String,
    pub scopes: Vec<Scope>,
    pub personal: bool,
    /// The member to whom a personal key belongs.
    pub member_id: Option<Uuid>,
    /// The member who made it, of this workspace or of the admin workspace.
    pub created_by: Option<Uuid>,
    pub expires_at: Option<Time>,
    pub allowed_ips: Option<Vec<IpNet>>,
    pub tag_limit: Option<Vec<Uuid>>,
    /// The role of a workspace key.
    pub ceiling_role: Option<String>,
    pub ceiling: Json<Ceiling>,
    /// The link to an admin workspace through which it was made.
    pub link_id: Option<Uuid>,
    /// The key that it took over from, and the one that takes over from it.
    pub replaces: Option<Uuid>,
    pub replaced_by: Option<Uuid>,
    /// It gives no access.
    pub canary: bool,
    pub last_used_at: Option<Time>,
    /// The address of the call whose time was stored last.
    pub last_used_from: Option<String>,
    pub maker_name: Option<String>,
    pub maker_email: Option<String>,
}

stored! { StoredKey: "api_keys" as "k" {
    workspace workspace_id;
    joins "left join members m on m.id = k.created_by and m.workspace_id in (k.workspace_id, \
        coalesce((select l.workspace_id from group_links l where l.id = k.link_id), k.workspace_id)) \
        left join users u on u.id = m.user_id";
    where "k.revoked_at is null";
    fixed timestamp_created, redacted, personal, member_id, created_by, ceiling_role, ceiling, link_id,
        replaces, canary;
    columns timestamp_updated, name, scopes, expires_at, allowed_ips, tag_limit;
    // A key that was revoked replaces nothing.
    read replaced_by = "(select n.id from api_keys n where n.workspace_id = k.workspace_id and n.id = k.replaced_by \
            and n.revoked_at is null)", last_used_at = "k.last_used_at", last_used_from = "k.last_used_from",
        maker_name = "u.first_name || ' ' || u.last_name",
        maker_email = "m.email";
} }

impl Resource for StoredKey {
    const SHAPE: Shape = Shape::of::<StoredKey>();
}

impl StoredKey {
    /// A workspace key that is made now, with no limit of its own.
    pub fn new(can: &Caller, secret: &Minted, name: String, scopes: Vec<Scope>) -> StoredKey {
        StoredKey {
            id: can.new_id(),
            workspace_id: can.workspace(),
            timestamp_created: can.now(),
            timestamp_updated: can.now(),
            name,
            redacted: secret.redacted(),
            scopes,
            personal: false,
            member_id: None,
            created_by: None,
            expires_at: None,
            allowed_ips: None,
            tag_limit: None,
            ceiling_role: None,
            ceiling: Json::default(),
            link_id: None,
            replaces: None,
            replaced_by: None,
            canary: false,
            last_used_at: None,
            last_used_from: None,
            maker_name: None,
            maker_email: None,
        }
    }

    /// The tags within every limit of the key: its own, and those that it has from its maker.
    fn limit(&self) -> Option<Vec<Uuid>> {
        let limits = self.tag_limit.iter().chain(&self.ceiling.0.limits).cloned();
        limits.reduce(|shared, limit| shared.into_iter().filter(|tag| limit.contains(tag)).collect())
    }
}

impl From<StoredKey> for ApiKey {
    fn from(key: StoredKey) -> ApiKey {
        ApiKey {
            tag_limit: key.limit(),
            id: key.id,
            name: key.name,
            scopes: key.scopes,
            key: key.redacted,
            organization_id: key.workspace_id,
            timestamp_created: key.timestamp_created,
            timestamp_updated: key.timestamp_updated,
            personal: key.personal,
            expires_at: key.expires_at,
            allowed_ips: key.allowed_ips,
            created_by: key.created_by,
            created_by_name: key.maker_name.map(|name| name.trim().to_owned()),
            created_by_email: key.maker_email,
            last_used_at: key.last_used_at,
            replaces: key.replaces,
            replaced_by: key.replaced_by,
            canary: key.canary,
        }
    }
}

impl ApiKey {
    pub fn subject(&self) -> Subject {
        Subject::new("api_key", self.id)
    }
}
