use super::{LeadList, store};
use crate::access::{Can, lead_lists::Read};
use crate::error::Result;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// How the verification of a list's leads went.
#[derive(Serialize, JsonSchema)]
pub struct VerificationStats {
    pub stats: Stats,
    #[schemars(with = "f64")]
    pub total_leads: i64,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Stats {
    #[schemars(with = "f64", default)]
    pub verified: i64,
    #[schemars(with = "f64", default)]
    pub invalid: i64,
    #[schemars(with = "f64", default)]
    pub risky: i64,
    #[schemars(with = "f64", default)]
    pub catch_all: i64,
    #[schemars(with = "f64", default)]
    pub job_change: i64,
    #[schemars(with = "f64", default)]
    pub verification_job_pending_leadfinder: i64,
    #[schemars(with = "f64", default)]
    pub verification_job_pending_user: i64,
}

/// Counts the leads that the caller sees.
pub async fn verification(can: &Can<Read>, id: Uuid) -> Result<VerificationStats> {
    can.find::<LeadList>(can.reader(), id).await?;
    let counts = store::verification(can, id).await?;
    let of = |status: i64| counts.iter().filter(|(of, _)| *of == Some(status)).map(|(_, count)| count).sum();
    Ok(VerificationStats {
        stats: Stats {
            verified: of(1),
            invalid: of(-1),
            risky: of(-2),
            catch_all: of(-3),
            job_change: of(-4),
            verification_job_pending_leadfinder: of(12),
            verification_job_pending_user: of(11),
        },
        total_leads: counts.iter().map(|(_, count)| count).sum(),
    })
}
