//! Who did something, as the audit log keeps it.

use super::Membership;
use crate::access::{Grant, Role, Step};
use crate::http::Origin;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Who did it, and from where.
#[derive(Clone, Debug)]
pub struct Actor {
    pub label: String,
    pub user_id: Option<Uuid>,
    pub member_id: Option<Uuid>,
    pub api_key_id: Option<Uuid>,
    pub role: Option<&'static str>,
    /// Of who is signed in: whether a second factor was shown.
    second_factor: Option<bool>,
    /// Who acts for a sub-workspace: his own workspace and its name, and the sub-workspace.
    acting: Option<(Uuid, String, Uuid)>,
    /// Where he did it, of a row in another workspace that is concerned.
    from_workspace: Option<Uuid>,
    pub ip_address: String,
    pub user_agent: Option<String>,
    pub request_id: String,
}

impl Actor {
    pub fn new(grant: &Grant, origin: &Origin) -> Self {
        Actor {
            label: grant.label(),
            user_id: grant.identity().user,
            member_id: grant.identity().member,
            api_key_id: grant.key(),
            role: grant.role().map(|role| role.name()),
            second_factor: grant.session().map(|session| session.second_factor),
            acting: grant.acting().map(|acting| (acting.home, acting.home_name.clone(), grant.workspace())),
            from_workspace: None,
            ip_address: origin.address_text(),
            user_agent: origin.user_agent.clone(),
            request_id: origin.request_id.clone(),
        }
    }

    /// What a row in a workspace says of him beside his name.
    pub(super) fn facts(&self, workspace: Uuid) -> Map<String, Value> {
        let mut facts = Map::new();
        let mut note = |name: &str, fact: Value| drop(facts.insert(name.to_owned(), fact));
        if let Some(role) = self.role {
            note("role", role.into());
        }
        if let Some(shown) = self.second_factor {
            note("second_factor", shown.into());
        }
        if let Some(workspace) = self.from_workspace {
            note("from_workspace_id", json!(workspace));
        }
        match &self.acting {
            Some((home, _, sub)) if *home == workspace => note("acting_in", json!(sub)),
            Some((home, name, _)) => {
                note("acting_for", json!({ "workspace_id": home, "workspace_name": name }));
            }
            None => (),
        }
        facts
    }

    /// What makes two refused attempts the same.
    pub fn same(&self, permission: &str, step: Step) -> String {
        let principal = self.api_key_id.or(self.member_id).map_or_else(String::new, |id| id.to_string());
        format!("{principal} {permission} {}", step.name())
    }

    /// The same in a row of another workspace: who it was, or not even that, and nothing of how he was connected.
    pub(super) fn abroad(&self, from: Uuid, discreet: bool) -> Actor {
        let label = if discreet { "somebody there".to_owned() } else { self.label.clone() };
        Actor {
            label,
            from_workspace: Some(from),
            ip_address: "elsewhere".to_owned(),
            request_id: self.request_id.clone(),
            ..Actor::many()
        }
    }

    /// The same person in a row of another workspace, as the member they are there.
    pub(super) fn as_member(&self, there: &Membership) -> Actor {
        Actor {
            member_id: Some(there.member),
            api_key_id: None,
            role: Role::parse(&there.role).map(Role::name),
            acting: None,
            ..self.clone()
        }
    }

    /// The many whose attempts share a row.
    pub(super) fn many() -> Self {
        Actor {
            label: "many".to_owned(),
            user_id: None,
            member_id: None,
            api_key_id: None,
            role: None,
            second_factor: None,
            acting: None,
            from_workspace: None,
            ip_address: "many".to_owned(),
            user_agent: None,
            request_id: String::new(),
        }
    }

    /// Of the workspace for which he acts in another.
    pub(super) fn home_name(&self) -> &str {
        self.acting.as_ref().map_or("", |(_, name, _)| name.as_str())
    }
}
