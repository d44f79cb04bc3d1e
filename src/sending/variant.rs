//! Which variant of a step a lead gets, and when one variant has won.

use uuid::Uuid;

use super::draw;

/// Mails that each variant needs before one can win.
const SAMPLE: i64 = 100;
/// Of a bound that holds in 90 of 100 cases.
const Z: f64 = 1.28;

/// One of the enabled variants, in equal shares. The same lead gets the same variant of a step at each try.
pub fn choose(enabled: &[usize], lead: Uuid, sequence: Uuid, step: usize) -> Option<usize> {
    let count = u64::try_from(enabled.len()).ok()?;
    let step = u64::try_from(step).unwrap_or(u64::MAX).to_be_bytes();
    let chosen = draw::below(count, &[b"variant", lead.as_bytes(), sequence.as_bytes(), &step]);
    enabled.get(usize::try_from(chosen).ok()?).copied()
}

/// How often a variant was sent, and how often it had the effect that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    pub sent: i64,
    pub hits: i64,
}

/// The place of the variant whose rate is certainly above the rates of all others: the lower bound of its rate is above
/// their upper bounds.
pub fn winner(scores: &[Score]) -> Option<usize> {
    if scores.len() < 2 || scores.iter().any(|score| score.sent < SAMPLE) {
        return None;
    }
    scores.iter().enumerate().position(|(at, score)| {
        let (lower, _) = wilson(*score);
        let mut others = scores.iter().enumerate().filter(|(other, _)| *other != at);
        others.all(|(_, other)| wilson(*other).1 < lower)
    })
}

/// The lower and the upper bound of a rate (Wilson, 1927).
pub fn wilson(Score { sent, hits }: Score) -> (f64, f64) {
    if sent <= 0 {
        return (0.0, 1.0);
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of mails are far below 2^52")]
    let (n, hits) = (sent as f64, hits.clamp(0, sent) as f64);
    let rate = hits / n;
    let middle = rate + Z * Z / (2.0 * n);
    let width = Z * (rate * (1.0 - rate) / n + Z * Z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + Z * Z / n;
    (((middle - width) / whole).max(0.0), ((middle + width) / whole).min(1.0))
}
