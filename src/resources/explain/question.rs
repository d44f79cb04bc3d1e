//! Explains why a caller, a member or a key can do something, or why not.

use super::{Case, Explanation, Question, grant_of, particulars, person, sight};
use crate::access::{
    ACTIONS, Action, Ask, Can, Grant, Sight, access::Explain, workspace_members::ExplainOthers,
};
use crate::error::{Error, Result};
use crate::http::{address, hint};
use crate::resources::shapes;

pub async fn explain(can: &Can<Explain>, question: Question) -> Result<Explanation> {
    let action = asked_action(&question)?;
    let other = match &question.principal {
        Some(who) if !is_self(can.grant(), who) => {
            can.also::<ExplainOthers>()?;
            let unknown = || Error::invalid("body/principal must be a member or key of this workspace");
            Some(grant_of(can, who).await?.ok_or_else(unknown)?)
        }
        Some(_) | None => None,
    };
    let subject = other.as_ref().unwrap_or(can.grant());
    let name = match &other {
        Some(other) => Some(person(other, can.reader()).await?),
        None => None,
    };
    let mut found = None;
    let mut ask = Ask::new(action, subject, other.is_none().then(|| can.call()));
    if let Some(record) = question.record {
        // A record that the caller could not find by a call of their own looks like a missing one.
        let may = |action| Ask::new(action, can.grant(), None).refused_by().is_none();
        let may_see = may((action.see)()) || other.is_none() && may(action);
        ask.record = Some(match may_see {
            true => sight(can, subject, action, record, can.reader()).await?,
            false => Sight::Hidden,
        });
        if let (Some(name), Some(sight), true) = (&name, ask.record, may_see) {
            let case = Case { caller: can, subject, name, action, record, sight };
            found = particulars(case, can.reader()).await?;
        }
    }
    (ask.whose, ask.particulars) = (name.as_deref(), found.as_deref());
    let decision = ask.explain();
    Ok(Explanation {
        permission: action.name,
        allowed: decision.allowed,
        refused_by: decision.refused_by,
        steps: decision.steps,
    })
}

fn asked_action(question: &Question) -> Result<&'static Action> {
    let action = Action::of(&question.permission).ok_or_else(|| {
        let hint = hint(&question.permission, ACTIONS.iter().map(|action| action.name));
        Error::invalid(format!(
            "body/permission must be a row of the access matrix, such as `campaigns:launch`{hint}"
        ))
    })?;
    if question.record.is_some() && shapes(action).is_empty() {
        let resource = (action.see)().resource;
        return Err(Error::invalid(format!(
            "body/record must be left out for `{}`: a record of `{resource}` cannot be asked about",
            action.name
        )));
    }
    Ok(action)
}

fn is_self(grant: &Grant, who: &str) -> bool {
    let ids = [grant.key(), grant.member(), grant.user()];
    let person = grant.in_person() && grant.email() == Some(address(who).as_str());
    person || who.parse().is_ok_and(|id| ids.contains(&Some(id)))
}
