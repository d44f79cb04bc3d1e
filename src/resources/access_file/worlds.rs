//! Random worlds and random files, in memory: what a plan, an application and a dump have in common.

use super::merge::{self, Wanted};
use super::model::{Account, Member, Model, OwnRole, Settings};
use super::parts::parts;
use super::plan::AccessText;
use super::print::{document, yaml};
use super::rails::{Case, judge};
use super::state::{Ids, State};
use crate::access::{ACTIONS, Cells, GuardRails, LoginPolicy, ROLES, Reach, Role};
use crate::resources::workspaces::{Billing, Visibility, Workspace};
use crate::time::Time;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// `make torture` tries two thousand (`PROPTEST_CASES`).
fn worlds() -> u64 {
    let set = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    set.unwrap_or(400)
}

const PEOPLE: [&str; 8] = ["ann", "bob", "cleo", "dan", "eve", "finn", "gil", "hana"];
const LABELS: [&str; 4] = ["East", "West", "true", "a: b"];
const OWN: [&str; 3] = ["sdr-east", "clerk", "robot_1"];

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
    fn one<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
    fn some(&mut self, all: &[&str]) -> BTreeSet<String> {
        all.iter().filter(|_| self.below(3) == 0).map(|one| (*one).to_owned()).collect()
    }
    /// A base below the owner, and cells with the rows that make others visible.
    fn role(&mut self) -> OwnRole {
        let bases: Vec<Role> = ROLES.iter().copied().filter(|role| *role != Role::Owner).collect();
        let base = bases[self.below(bases.len())];
        let off: BTreeSet<&str> =
            ACTIONS.iter().filter(|_| self.below(8) == 0).map(|row| row.resource).collect();
        let reach = |row: &crate::access::Action| {
            let is_off = off.contains(row.resource) || off.contains((row.see)().resource);
            if is_off { Reach::None } else { row.reach(base) }
        };
        OwnRole::new(base, &Cells::new(reach))
    }
}

fn address(name: &str) -> String {
    format!("{name}@acme.example")
}

fn model(random: &mut Random) -> Model {
    let tags: BTreeMap<String, Option<String>> =
        random.some(&LABELS).into_iter().map(|label| (label, None)).collect();
    let mut roles = BTreeMap::new();
    for name in OWN {
        if random.below(2) == 0 {
            roles.insert(name.to_owned(), random.role());
        }
    }
    let labels: Vec<String> = tags.keys().cloned().collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    let mut names: Vec<&str> = ROLES.iter().map(|role| role.name()).filter(|name| *name != "owner").collect();
    names.extend(
        roles.keys().map(String::as_str).map(|name| OWN[OWN.iter().position(|own| *own == name).unwrap()]),
    );
    let mut members = BTreeMap::new();
    for (at, name) in PEOPLE.iter().enumerate() {
        if at > 0 && random.below(3) == 0 {
            continue;
        }
        let role = if at == 0 { "owner" } else { random.one(&names) };
        let tags = (at > 0 && random.below(4) == 0).then(|| random.some(&labels));
        let permissions = (random.below(9) == 0 && at > 0).then(|| vec!["campaigns.view".to_owned()]);
        let accepted = at == 0 || random.below(4) > 0;
        members.insert(address(name), Member { role: role.to_owned(), tags, permissions, accepted });
    }
    let settings = Settings {
        default_campaign_visibility: Visibility::Team,
        default_member_role: Role::View,
        strict_scopes: random.below(2) == 0,
        unique_leads: false,
    };
    let mut model = Model {
        settings,
        tags: tags.clone(),
        roles,
        members,
        accounts: BTreeMap::new(),
        guard_rails: GuardRails { no_exports: random.below(2) == 0, ..GuardRails::default() },
        login_policy: LoginPolicy::default(),
    };
    for name in ["a", "b", "c"] {
        let members: Vec<String> = model.members.keys().cloned().collect();
        let to = (random.below(2) == 0).then(|| members[random.below(members.len())].clone());
        let sends = |email: &String| {
            let row = crate::access::Action::of("accounts:use").unwrap();
            model.role_of(&model.members[email]).reach(row) != Reach::None
        };
        let to = to.filter(sends);
        model.accounts.insert(format!("{name}@outreach.example"), Account { to, tags: random.some(&labels) });
    }
    model
}

fn state(model: Model) -> State {
    let workspace = Workspace {
        id: Uuid::nil(),
        name: "Acme".to_owned(),
        owner: Uuid::nil(),
        timestamp_created: Time(0),
        timestamp_updated: Time(0),
        scheduled_for_removal_at: None,
        org_logo_url: None,
        default_campaign_visibility: model.settings.default_campaign_visibility,
        default_member_role: model.settings.default_member_role,
        strict_scopes: model.settings.strict_scopes,
        strict_bodies: false,
        unique_leads: model.settings.unique_leads,
        billing: Billing::default(),
    };
    State { workspace, model, ids: Ids::default(), senders: vec![] }
}

/// The sections of a file, in any order. Half of the worlds begin from a dump, so that many files fit.
fn sections(random: &mut Random) -> Vec<String> {
    let other = model(random);
    let mut all: Vec<String> = vec![];
    let text = yaml(&document("Acme", &other));
    let mut section = String::new();
    for line in text.lines() {
        if !line.starts_with(' ') && !section.is_empty() {
            all.push(std::mem::take(&mut section));
        }
        section += line;
        section.push('\n');
    }
    all.push(section);
    // A member's list of permissions cannot change, and the owner is the same.
    for section in all.iter_mut().filter(|section| section.starts_with("members:")) {
        *section = section
            .lines()
            .map(|line| {
                line.replace(", permissions: [campaigns.view]", "")
                    .replace("permissions: [campaigns.view], ", "")
                    + "\n"
            })
            .collect();
    }
    all.retain(|_| random.below(5) > 0);
    if random.below(2) == 0 {
        let names: Vec<&str> = ["tags", "roles", "members", "sending_accounts"]
            .into_iter()
            .filter(|_| random.below(2) == 0)
            .collect();
        all.push(format!("exact: [{}]\n", names.join(", ")));
    }
    all
}

fn wanted(text: &str, state: &State) -> Option<Wanted> {
    let source =
        AccessText::read(text.to_owned()).unwrap_or_else(|faults| unreachable!("{text}\n{:?}", faults.0));
    merge::wanted(&source.text, state, &source.file).ok()
}

#[test]
fn what_is_applied_is_the_same_afterwards_whatever_the_order_of_sections() {
    let (mut fitting, mut changing, mut allowed) = (0, 0, 0);
    for seed in 0..worlds() {
        let mut random = Random(seed);
        let before = state(model(&mut random));
        let mut sections = sections(&mut random);
        let text = sections.concat();
        let Some(after) = wanted(&text, &before) else { continue };
        fitting += 1;
        sections.reverse();
        let reversed = wanted(&sections.concat(), &before).unwrap();
        assert_eq!(reversed.model, after.model, "seed {seed}\n{text}");
        let changes = parts(&before.model, &after.model, &after.lines);
        changing += usize::from(!changes.is_empty());
        let then = state(after.model.clone());
        let again = wanted(&text, &then).unwrap_or_else(|| unreachable!("seed {seed}\n{text}"));
        let left = parts(&then.model, &again.model, &again.lines);
        assert!(left.is_empty(), "seed {seed} {left:?}\n{text}");
        // Whatever a caller allows, somebody can apply a file afterwards.
        let case = Case {
            before: &before.model,
            after: &after.model,
            senders: &[],
            caller: None,
            least_admins: 1,
            invited: 0,
        };
        let counted = judge(&case, &BTreeMap::new()).counts;
        let allow = counted.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect();
        if judge(&case, &allow).holds() {
            allowed += 1;
            assert_eq!(after.model.owner(), before.model.owner(), "seed {seed}");
        }
    }
    assert!(fitting > 60 && changing > 50 && allowed > 20, "{fitting} {changing} {allowed}");
}

#[test]
fn a_dump_is_a_file_without_changes() {
    for seed in 0..worlds() {
        let present = state(model(&mut Random(seed)));
        let text = yaml(&document("Acme", &present.model));
        let same = wanted(&text, &present).unwrap_or_else(|| unreachable!("seed {seed}\n{text}"));
        assert!(parts(&present.model, &same.model, &same.lines).is_empty(), "seed {seed}\n{text}");
        assert_eq!(same.model.digest(), present.model.digest());
        let tidy = super::format(&text).unwrap_or_else(|faults| unreachable!("{text}\n{:?}", faults.0));
        let again = wanted(&tidy, &present).unwrap();
        assert!(parts(&present.model, &again.model, &again.lines).is_empty(), "seed {seed}\n{tidy}");
    }
}
