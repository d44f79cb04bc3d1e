//! The tests of a file, on the access that it wants. A test asks the same steps as a real call. Principals and records are
//! read once; judging is a function of plain values, so that it can be repeated on changed models.

use super::file::{Claim, File, On, Right, Says, Whom};
use super::ground::{Ground, key};
use super::model::{Member, Model};
use super::report::Tested;
use super::state::Ids;
use crate::access::{
    Action, Ask, EffectiveRole, Facts, Grant, Group, Imagined, Mark, Principal, Reach, Sight, Who,
};

/// Names in a message.
const NAMED: usize = 5;

/// Every test of a file on a model.
pub fn judge(file: &File, ground: &Ground, ids: &Ids, model: &Model) -> Vec<Tested> {
    let hearing = Hearing { ground, ids, model };
    file.tests.iter().map(|claim| hearing.tested(claim)).collect()
}

struct Hearing<'a> {
    ground: &'a Ground,
    ids: &'a Ids,
    model: &'a Model,
}

/// A principal, with its name in messages.
struct Subject {
    name: String,
    grant: Grant,
}

impl Hearing<'_> {
    fn tested(&self, claim: &Claim) -> Tested {
        let why = match &claim.says {
            Says::About { who, on, can, cannot } => self.about(who, on.as_ref(), (can, cannot)),
            Says::Closed { right, only } => self.closed(right, only),
        };
        let (holds, why) = why.map_or_else(|why| (false, why), |()| (true, String::new()));
        Tested { name: claim.name.clone(), holds, why, line: claim.at.line }
    }

    fn about(&self, who: &Whom, on: Option<&On>, (can, cannot): (&[Right], &[Right])) -> Result<(), String> {
        let record = match on {
            None => None,
            Some(on) => Some(self.record(on)?),
        };
        for subject in self.subjects(who)? {
            for (rights, wanted) in [(can, true), (cannot, false)] {
                for right in rights {
                    for row in &right.rows {
                        let reach = reaches(&subject.grant, row, record.as_ref());
                        let has = match right.reach {
                            Some(least) => reach.covers(least) && least != Reach::None,
                            None => reach != Reach::None,
                        };
                        if has != wanted {
                            return Err(words(&subject.name, row, reach, wanted));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Nobody except these principals has one of the rows.
    fn closed(&self, right: &Right, only: &[Whom]) -> Result<(), String> {
        let mut named = vec![];
        for whom in only {
            named.extend(self.subjects(whom)?.into_iter().map(|subject| subject.name));
        }
        let has = |grant: &Grant| right.rows.iter().any(|row| reaches(grant, row, None) != Reach::None);
        let mut others: Vec<String> = self
            .everybody()
            .into_iter()
            .filter(|subject| !named.contains(&subject.name) && has(&subject.grant))
            .map(|subject| subject.name)
            .collect();
        let group = self.ground.template.as_ref().and_then(Grant::group);
        if let Some(group) = group.filter(|group| right.rows.iter().any(|row| admin_can(group, row))) {
            others.push(format!("the admin workspace, {}", group.admin_name));
        }
        let more = others.len().saturating_sub(NAMED);
        let shown = others.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        match (others.is_empty(), more) {
            (true, _) => Ok(()),
            (false, 0) => Err(format!("{shown} can do `{}` too", right.name)),
            (false, more) => Err(format!("{shown} and {more} more can do `{}` too", right.name)),
        }
    }

    fn subjects(&self, who: &Whom) -> Result<Vec<Subject>, String> {
        let found = match who {
            Whom::Everybody => self.everybody(),
            Whom::Member(email) => self
                .model
                .members
                .get(email)
                .and_then(|member| self.member(email, member))
                .into_iter()
                .collect(),
            Whom::Role(name) => {
                let members = self.model.members.iter().filter(|(_, member)| member.role == *name);
                let example = self.model.role(name).and_then(|role| self.holder(name, role));
                members.filter_map(|(email, member)| self.member(email, member)).chain(example).collect()
            }
            Whom::Key(name) => {
                self.keys().into_iter().filter(|subject| subject.name == format!("key {name}")).collect()
            }
        };
        let unknown = match who {
            Whom::Everybody => "there is nobody".to_owned(),
            Whom::Member(email) => format!("{email} is not a member"),
            Whom::Role(name) => format!("there is no role `{name}`"),
            Whom::Key(name) => format!("there is no live API key `{name}`"),
        };
        if found.is_empty() { Err(unknown) } else { Ok(found) }
    }

    fn everybody(&self) -> Vec<Subject> {
        let members = self.model.members.iter().filter_map(|(email, member)| self.member(email, member));
        members.chain(self.keys()).collect()
    }

    /// An invitation counts like the member that it makes.
    fn member(&self, email: &str, member: &Member) -> Option<Subject> {
        let imagined = self.imagined(email, member);
        let grant = self.ground.template.as_ref()?.imagined(imagined);
        Some(Subject { name: email.to_owned(), grant })
    }

    fn imagined(&self, email: &str, member: &Member) -> Imagined {
        let role = self.model.role_of(member);
        let limit = self.model.limit_of(member);
        let limit = limit.map(|tags| tags.iter().map(|label| self.ids.tag(label)).collect());
        let known = self.ids.members.get(email);
        let who = Who { user: known.map(|(_, user)| *user), member: known.map(|(member, _)| *member) };
        Imagined {
            email: email.to_owned(),
            who,
            role,
            permissions: member.permissions.clone(),
            tag_limit: limit,
        }
    }

    /// Somebody with a role, without a tag limit.
    fn holder(&self, name: &str, role: EffectiveRole) -> Option<Subject> {
        let email = format!("somebody with the role {name}");
        let imagined =
            Imagined { email: email.clone(), who: Who::default(), role, permissions: None, tag_limit: None };
        let grant = self.ground.template.as_ref()?.imagined(imagined);
        Some(Subject { name: email, grant })
    }

    /// The live keys. A personal key has what its member has.
    fn keys(&self) -> Vec<Subject> {
        let strict = self.model.settings.strict_scopes;
        let key = |grant: &Grant| {
            let Principal::Key { name, personal, .. } = grant.principal() else { return None };
            let name = format!("key {name}");
            if !personal {
                return Some(Subject { name, grant: grant.clone().with_strict_scopes(strict) });
            }
            let email = grant.email()?;
            let member = self.model.members.get(email)?;
            Some(Subject {
                name,
                grant: grant.imagined_key(self.imagined(email, member)).with_strict_scopes(strict),
            })
        };
        self.ground.keys.iter().filter_map(key).collect()
    }

    fn record(&self, on: &On) -> Result<Facts, String> {
        let known = self.ground.facts.get(&key(on));
        let mut facts = known.cloned().unwrap_or_else(|| Err(format!("there is no {}", key(on))))?;
        if let On::SendingAccount(email) = on {
            let account = self
                .model
                .accounts
                .get(email)
                .ok_or_else(|| format!("there is no sending account {email}"))?;
            let member = account.to.as_ref().and_then(|to| self.ids.members.get(to));
            facts.assignee = member.map(|(member, _)| *member);
            facts.tags = account.tags.iter().filter_map(|label| self.ids.tags.get(label).copied()).collect();
        }
        Ok(facts)
    }
}

/// How far a row reaches for a principal: none if a step refuses it.
fn reaches(grant: &Grant, row: &'static Action, record: Option<&Facts>) -> Reach {
    let mut ask = Ask::new(row, grant, None);
    ask.record = record.map(|facts| {
        let seen = grant.pred((row.see)()).eval(facts);
        Sight::of(seen.then(|| grant.pred(row).eval(facts)))
    });
    match ask.refused_by() {
        None => grant.reach(row),
        Some(_) => Reach::None,
    }
}

/// Whether the people of an admin workspace could do something here.
fn admin_can(group: &Group, row: &'static Action) -> bool {
    let own = [Mark::Own, Mark::InPerson, Mark::SignedIn].iter().any(|mark| row.is(*mark));
    let rails = group.rails.refuses(row, None, None).is_some();
    !own && !rails && !row.is_for_everyone() && group.delegation.refuses(row).is_none()
}

fn words(name: &str, row: &Action, reach: Reach, wanted: bool) -> String {
    match (wanted, reach) {
        (true, Reach::None) => format!("{name} cannot do `{}`", row.name),
        (_, reach) => format!("{name} can do `{}`, which reaches `{}`", row.name, reach.name()),
    }
}
