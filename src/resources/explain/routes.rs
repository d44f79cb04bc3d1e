use super::{Explanation, Held, Me, Question, grant_of, particulars, person, sight};
use crate::access::{
    ACTIONS, Action, Ask, Can, Grant, Principal, Sight, access::*, workspace_members::ExplainOthers,
};
use crate::error::{Error, Result};
use crate::http::{Json, Nothing, hint};
use crate::resources::operations;
use crate::resources::{shapes, workspace_members, workspaces};

operations! {
    router:

    /// Get the caller and its permissions
    ///
    /// Shows the workspace, the member or key that calls, its role, its scopes, its tag limit, and the
    /// reach of each permission that it has.
    GET "/api/v2/me" => me as "getMe" + ours;

    /// Explain why something is allowed or refused
    ///
    /// Takes a permission, such as `campaigns:launch`, and optionally a record. Answers with each step of
    /// the decision. It is the same decision that the call itself makes. To ask about another member or
    /// key, the caller needs the permission `workspace_members:explain_others`.
    POST "/api/v2/access/explain" => explain as "explainAccess"
        with { "permission": "campaigns:launch", "record": "01890000-0000-7000-8000-000000000001" } + ours;
}

async fn me(can: Can<Read>, _: Nothing) -> Result<Json<Me>> {
    let workspace = workspaces::store::current(&can, can.reader()).await?;
    let grant = &can.grant;
    let kind = match grant.principal {
        Principal::Key { personal: false, .. } => "workspace_key",
        Principal::Key { personal: true, .. } => "personal_key",
        Principal::Session(_) => "session",
        Principal::Member | Principal::Invitee => "member",
        Principal::Operator => "operator",
    };
    Ok(Json(Me {
        workspace_id: grant.workspace,
        workspace_name: workspace.name,
        kind,
        api_key_id: grant.key(),
        member_id: can.member(),
        user_id: can.user(),
        email: grant.email.clone(),
        role: grant.role,
        scopes: grant.scopes.clone(),
        permissions: held(grant),
        tag_limit: shared(&grant.limits),
        tag_limits: grant.limits.clone(),
        expires_at: grant.expires_at,
    }))
}

fn held(grant: &Grant) -> Vec<Held> {
    let allowed = |action: &&&'static Action| Ask::new(action, Ok(grant), None).refused_by().is_none();
    let held = |action: &&'static Action| Held { permission: action.name, reach: grant.reach(action).name() };
    ACTIONS.iter().filter(|action| !action.needs.is_empty()).filter(allowed).map(held).collect()
}

/// The tags that every limit has.
fn shared(limits: &[Vec<uuid::Uuid>]) -> Option<Vec<uuid::Uuid>> {
    let (first, rest) = limits.split_first()?;
    Some(first.iter().copied().filter(|tag| rest.iter().all(|limit| limit.contains(tag))).collect())
}

async fn explain(can: Can<Explain>, Json(question): Json<Question>) -> Result<Json<Explanation>> {
    let action = Action::of(&question.permission).ok_or_else(|| {
        let hint = hint(&question.permission, ACTIONS.iter().map(|action| action.name));
        Error::invalid(format!(
            "body/permission must be a row of the access matrix, as `campaigns:launch`{hint}"
        ))
    })?;
    if question.record.is_some() && shapes(action).is_empty() {
        let resource = (action.see)().resource;
        return Err(Error::invalid(format!(
            "body/record must be left out for `{}`: a record of `{resource}` cannot be asked about",
            action.name
        )));
    }
    let other = match &question.principal {
        Some(who) if !is_self(&can.grant, who) => {
            can.also::<ExplainOthers>()?;
            let unknown = || Error::invalid("body/principal must be a member or key of this workspace");
            Some(grant_of(&can, who).await?.ok_or_else(unknown)?)
        }
        Some(_) | None => None,
    };
    let subject = other.as_ref().unwrap_or(&can.grant);
    let name = match &other {
        Some(other) => Some(person(other, can.reader()).await?),
        None => None,
    };
    let mut found = None;
    let mut ask = Ask::new(action, Ok(subject), other.is_none().then(|| can.call()));
    if let Some(record) = question.record {
        // What the caller could not find out by a call of its own is to it as what is not there.
        let may = |action| Ask::new(action, Ok(&can.grant), None).refused_by().is_none();
        let may_see = may((action.see)()) || other.is_none() && may(action);
        ask.record = Some(match may_see {
            true => sight(&can.grant, subject, action, record, can.reader()).await?,
            false => Sight::Hidden,
        });
        if let (Some(name), Some(sight), true) = (&name, ask.record, may_see) {
            found = particulars((&can.grant, subject, name), (action, record, sight), can.reader()).await?;
        }
    }
    (ask.whose, ask.particulars) = (name.as_deref(), found.as_deref());
    let decision = ask.explain();
    Ok(Json(Explanation {
        permission: action.name,
        allowed: decision.allowed,
        refused_by: decision.refused_by,
        steps: decision.steps,
    }))
}

fn is_self(grant: &Grant, who: &str) -> bool {
    let ids = [grant.key(), grant.who.member, grant.who.user];
    let person = grant.in_person() && grant.email.as_ref() == Some(&workspace_members::address(who));
    person || who.parse().is_ok_and(|id| ids.contains(&Some(id)))
}
