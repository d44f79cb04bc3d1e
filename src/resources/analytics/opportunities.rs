//! Opportunities: labels with a positive number that somebody gave to leads. A label that is set within ten minutes of the
//! previous one is a correction and does not count.

use super::range::Range;
use super::store::Label;
use crate::time::Time;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

const CORRECTION: i64 = 10 * Time::MINUTE;

#[derive(Clone, Debug)]
pub struct Opportunity {
    pub campaign: Uuid,
    /// The name of its event, such as `lead_interested`.
    pub kind: String,
    pub at: Time,
    /// The value of the lead, or else that of the campaign, or else 0.
    pub value: f64,
    /// Whether it is the first of the lead in the campaign.
    pub is_first: bool,
    /// The label that the lead has now.
    pub now: Option<i64>,
    /// The step and variant of the last mail before it, from 0.
    pub step: Option<i64>,
    pub variant: Option<i64>,
}

/// `labels` are those of each lead in the order of time, from its first on.
pub fn opportunities(labels: Vec<Label>, range: &Range) -> Vec<Opportunity> {
    let (from, until) = range.times();
    let (mut last, mut first) = (HashMap::<(Uuid, Uuid), Time>::new(), HashSet::<(Uuid, Uuid)>::new());
    let mut found = Vec::new();
    for label in labels {
        let key = (label.campaign, label.lead);
        let before = last.insert(key, label.at);
        let corrects = before.is_some_and(|before| label.at < before.plus(CORRECTION));
        if corrects || label.interest.is_none_or(|interest| interest <= 0) {
            continue;
        }
        let is_first = first.insert(key);
        if label.at < from || label.at >= until {
            continue;
        }
        let given = label.value.as_deref().and_then(|value| value.trim().parse::<f64>().ok());
        let campaign = label.campaign_value.and_then(|value| value.0.as_f64());
        let value = given.filter(|value| value.is_finite()).or(campaign).unwrap_or_default();
        found.push(Opportunity {
            campaign: label.campaign,
            kind: label.kind,
            at: label.at,
            value,
            is_first,
            now: label.now,
            step: label.step,
            variant: label.variant,
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(lead: u128, minute: i64, interest: i64, value: Option<&str>) -> Label {
        Label {
            campaign: Uuid::from_u128(1),
            lead: Uuid::from_u128(lead),
            kind: "lead_interested".to_owned(),
            interest: Some(interest),
            at: Time(minute * Time::MINUTE),
            value: value.map(str::to_owned),
            campaign_value: None,
            now: Some(interest),
            step: Some(0),
            variant: Some(0),
        }
    }

    #[test]
    fn a_correction_does_not_count() {
        let labels = vec![
            label(1, 0, 1, Some("100")),
            label(1, 5, 2, Some("100")),
            label(1, 30, 4, Some("100")),
            label(2, 0, -1, None),
            label(2, 9, 1, None),
            label(2, 60, 1, Some("NaN")),
        ];
        let found = opportunities(labels, &Range::default());
        let seen: Vec<_> =
            found.iter().map(|one| (one.at.0 / Time::MINUTE, one.is_first, one.value)).collect();
        assert_eq!(seen, [(0, true, 100.0), (30, false, 100.0), (60, true, 0.0)]);
    }
}
