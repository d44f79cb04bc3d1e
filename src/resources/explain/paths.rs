//! What gives somebody a permission: their role, and for a record each fact that puts it within reach.

use super::known::{Known, uses_account};
use super::particulars::noun;
use crate::access::{Action, Grant, Pred, Principal, Reach, Who};
use crate::resources::shapes;
use schemars::JsonSchema;
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Via {
    Role,
    Owner,
    Collaborator,
    Assigned,
    Team,
    /// The record has a tag of each tag limit.
    Tag,
    /// The role that a workspace key keeps of its maker.
    Ceiling,
    /// An admin workspace acts here, or has made the principal.
    Delegation,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccessPath")]
pub struct Path {
    pub via: Via,
    /// A sentence.
    pub detail: String,
}

/// Nothing if the principal does not have the permission at all.
pub fn paths(grant: &Grant, action: &'static Action, known: Option<&Known>) -> Vec<Path> {
    let reach = grant.reach(action);
    if reach == Reach::None {
        return vec![];
    }
    let mut all = vec![held(grant, action, reach)];
    if grant.acting().is_none() && grant.link().is_some() {
        let detail = "The admin workspace created this member or key, so its delegation applies.".to_owned();
        all.push(Path { via: Via::Delegation, detail });
    }
    let Some((_, facts)) = known.and_then(Known::first) else { return all };
    let pred = match uses_account(action) && facts.assignee.is_some() {
        true => {
            let who = Who { user: grant.user(), member: grant.member() };
            Pred::new(grant.workspace(), Reach::Assigned, who, grant.tag_limits())
        }
        false => grant.pred(action),
    };
    for leaf in pred.holding(facts) {
        let path = leaf_in_words(leaf, action);
        if !all.iter().any(|known| known.via == path.via) {
            all.push(path);
        }
    }
    all
}

/// The role, wherever it comes from.
fn held(grant: &Grant, action: &'static Action, reach: Reach) -> Path {
    let far = match reach {
        _ if shapes(action).is_empty() => "has this permission",
        Reach::All => "reaches every record of the workspace",
        Reach::Team => "reaches records that are shared with the team, and the member's own",
        Reach::Own => "reaches records that the member owns or collaborates on",
        Reach::Assigned => "reaches records that are assigned to the member",
        Reach::None => "reaches nothing",
    };
    let role = grant.role_name();
    match (grant.acting(), grant.principal()) {
        (Some(acting), _) => Path {
            via: Via::Delegation,
            detail: format!(
                "People of {} act here with at most the role {role}, which {far}.",
                acting.home_name
            ),
        },
        (None, Principal::Key { personal: false, .. }) => Path {
            via: Via::Ceiling,
            detail: format!("The key keeps the role {role} of its maker, which {far}."),
        },
        (None, _) => Path { via: Via::Role, detail: format!("The role {role} {far}.") },
    }
}

fn leaf_in_words(leaf: &Pred, action: &'static Action) -> Path {
    let what = noun(action);
    let leads = (action.see)().resource == "leads";
    let (via, detail) = match leaf {
        Pred::Owner(_) if leads => (Via::Assigned, "The lead is assigned to the member.".to_owned()),
        Pred::Owner(_) => (Via::Owner, format!("The member owns the {what}.")),
        Pred::Collaborator(_) if what == "campaign" => {
            (Via::Collaborator, "The member is a collaborator on the campaign.".to_owned())
        }
        Pred::Collaborator(_) => (
            Via::Collaborator,
            format!("The member owns the campaign or list of the {what}, or is a collaborator on it."),
        ),
        Pred::Assigned(_) => (Via::Assigned, format!("The {what} is assigned to the member.")),
        Pred::Tag(_) => (Via::Tag, format!("The {what} has a tag from the tag limit.")),
        Pred::Team | Pred::And(_) | Pred::Or(_) | Pred::Workspace(_) => {
            (Via::Team, format!("The {what} is shared with the team."))
        }
    };
    Path { via, detail }
}
