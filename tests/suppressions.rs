//! Which addresses are suppressed, on random lists and addresses, against an independent oracle.

use crate::support::{World, on_both};
use gatepost::access::{Can, block_list_entries::Read};
use gatepost::resources::block_list_entries::{Kind, suppressed};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashSet};

on_both! { what_is_blocked_equals_an_oracle }

const ENTRIES: &str = "/api/v2/block-lists-entries";

/// Numbers that repeat themselves.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }
    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
    fn domain(&mut self) -> String {
        let labels: Vec<&str> =
            (0..=self.below(3)).map(|_| self.of(&["a", "B", "ab", "ü", "xn--tda"])).collect();
        format!("{}.{}", labels.join("."), self.of(&["example", "EXAMPLE", "test"]))
    }
    fn email(&mut self) -> String {
        format!("{}@{}", self.of(&["jo", "JO", "a", "b+c"]), self.domain())
    }
}

/// As a person would say it: the same address, or a domain that is the end of it, between two dots.
fn says(list: &BTreeSet<String>, email: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().replace("xn--tda", "ü");
    let (email, list) = (plain(email), list.iter().map(|value| plain(value)));
    list.into_iter().any(|value| match value.contains('@') {
        true => value == email,
        false => email.ends_with(&format!("@{value}")) || email.ends_with(&format!(".{value}")),
    })
}

async fn what_is_blocked_equals_an_oracle(world: World) {
    let can = Can::<Read>::operator(&world.app, world.home);
    let mut dice = Dice(7);
    let (mut blocked, mut free) = (0, 0);
    for _ in 0..25 {
        let count = dice.below(5);
        let list: BTreeSet<String> =
            (0..=count).map(|_| if dice.below(2) == 0 { dice.email() } else { dice.domain() }).collect();
        world.call("owner", &format!("DELETE {ENTRIES}"), Value::Null).await.is(200);
        let body = json!({ "bl_values": list });
        let made = world.call("owner", &format!("POST {ENTRIES}/bulk-create"), body).await.is(200).json();
        assert_eq!(made["invalid_count"], 0, "{list:?}");
        let emails: Vec<String> = (0..60).map(|_| dice.email()).collect();
        let found = suppressed(&can, can.reader(), &emails, &Kind::ALL).await.unwrap();
        let expected: HashSet<String> = emails.iter().filter(|email| says(&list, email)).cloned().collect();
        assert_eq!(found, expected, "{list:?}");
        assert!(suppressed(&can, can.reader(), &emails, &[Kind::Bounced]).await.unwrap().is_empty());
        (blocked, free) = (blocked + expected.len(), free + emails.len() - expected.len());
    }
    assert!(blocked > 100 && free > 100, "{blocked} {free}");
}
