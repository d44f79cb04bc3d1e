//! The actor of a change, in the form of the audit log.

use super::Membership;
use crate::access::{Grant, Role, Step};
use crate::http::Origin;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The principal that acted, and its origin.
#[derive(Clone, Debug)]
pub struct Actor {
    pub label: String,
    pub user_id: Option<Uuid>,
    pub member_id: Option<Uuid>,
    pub api_key_id: Option<Uuid>,
    pub role: Option<&'static str>,
    /// The name of the custom role, whose base is `role`.
    custom_role: Option<String>,
    /// Whether a session has a second factor; `None` for a key.
    second_factor: Option<bool>,
    /// For an actor in a sub-workspace: the actor's own workspace and its name, and the sub-workspace.
    acting: Option<(Uuid, String, Uuid)>,
    /// For a row in another workspace: the workspace in which the change was made.
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
            custom_role: grant.custom_role().map(|role| role.name.clone()),
            second_factor: grant.session().map(|session| session.second_factor),
            acting: grant.acting().map(|acting| (acting.home, acting.home_name.clone(), grant.workspace())),
            from_workspace: None,
            ip_address: origin.address_text(),
            user_agent: origin.user_agent.clone(),
            request_id: origin.request_id.clone(),
        }
    }

    /// A caller of whom only the key is known.
    pub(crate) fn of_key(id: Uuid, name: &str, origin: &Origin) -> Self {
        Actor {
            label: format!("key:{name}"),
            api_key_id: Some(id),
            ip_address: origin.address_text(),
            user_agent: origin.user_agent.clone(),
            request_id: origin.request_id.clone(),
            ..Actor::many()
        }
    }

    /// The facts about the actor that a workspace's row has in addition to the name.
    pub(super) fn facts(&self, workspace: Uuid) -> Map<String, Value> {
        let mut facts = Map::new();
        let mut note = |name: &str, fact: Value| drop(facts.insert(name.to_owned(), fact));
        if let Some(role) = self.role {
            note("role", role.into());
        }
        if let Some(custom) = &self.custom_role {
            note("custom_role", custom.as_str().into());
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

    /// The key by which refused attempts count as identical.
    pub fn same(&self, permission: &str, step: Step) -> String {
        let principal = self.api_key_id.or(self.member_id).map_or_else(String::new, |id| id.to_string());
        format!("{principal} {permission} {}", step.name())
    }

    /// The actor in a row of another workspace, without address and client. If `discreet`, also without the
    /// name.
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

    /// The same person in a row of another workspace, as a member of that workspace.
    pub(super) fn as_member(&self, there: &Membership) -> Actor {
        Actor {
            member_id: Some(there.member),
            api_key_id: None,
            role: Role::parse(&there.role).map(Role::name),
            custom_role: None,
            acting: None,
            ..self.clone()
        }
    }

    /// The actor of a row that many principals share.
    pub(super) fn many() -> Self {
        Actor {
            label: "many".to_owned(),
            user_id: None,
            member_id: None,
            api_key_id: None,
            role: None,
            custom_role: None,
            second_factor: None,
            acting: None,
            from_workspace: None,
            ip_address: "many".to_owned(),
            user_agent: None,
            request_id: String::new(),
        }
    }

    /// The name of the workspace for which the actor acts in another.
    pub(super) fn home_name(&self) -> &str {
        self.acting.as_ref().map_or("", |(_, name, _)| name.as_str())
    }
}
