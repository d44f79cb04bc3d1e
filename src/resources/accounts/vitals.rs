//! What the world sees of an account: the DNS of its domain, whether its mail servers let it in, and whether a
//! tracking host leads here. Looked up when it is asked for, and never otherwise.

use super::connection::Connection;
use super::{address, store};
use crate::access::{Can, accounts::Test};
use crate::error::{Error, Result};
use crate::http::{Json, Query, absent_not_null};
use crate::net::{Domain, Fault};
use futures_util::future::join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
pub struct Wanted {
    #[schemars(transform = absent_not_null, length(max = 50))]
    accounts: Option<Vec<String>>,
}

#[derive(Serialize, JsonSchema)]
pub struct Vitals {
    #[schemars(default)]
    status: String,
    #[schemars(default)]
    success_list: Vec<Vital>,
    #[schemars(default)]
    failure_list: Vec<Vital>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Vital {
    #[schemars(default)]
    domain: String,
    /// All four of the domain's, and every login.
    #[serde(rename = "allPass")]
    #[schemars(default)]
    all_pass: bool,
    #[schemars(default)]
    mx: bool,
    #[schemars(default)]
    spf: bool,
    /// Whether a key is published under one of the selectors that are common.
    #[schemars(default)]
    dkim: bool,
    #[schemars(default)]
    dmarc: bool,
    /// What the mail servers of the domain's accounts said to their logins.
    #[schemars(extend("x-gatepost-extension" = true))]
    logins: Vec<Login>,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Login {
    pub email: String,
    pub smtp: bool,
    pub imap: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imap_error: Option<String>,
}

pub async fn vitals(can: Can<Test>, Json(wanted): Json<Wanted>) -> Result<Json<Vitals>> {
    let emails: Vec<_> = wanted.accounts.unwrap_or_default().iter().map(|email| address(email)).collect();
    if emails.is_empty() {
        return Err(Error::invalid("Bad request - no emails sent"));
    }
    let found = store::connections(&can, &emails).await?;
    let logins = join_all(found.iter().map(|(id, (email, sealed))| login(&can, *id, email, sealed))).await;
    let mut domains: BTreeMap<String, Vec<Login>> = BTreeMap::new();
    for login in logins {
        let login = login?;
        let domain = login.email.rsplit_once('@').unwrap_or_default().1.to_owned();
        domains.entry(domain).or_default().push(login);
    }
    let looked_up = domains.into_iter().map(async |(domain, logins)| {
        let of = can.app().net.domain(&domain).await;
        vital(domain, of, logins)
    });
    let (success_list, failure_list) =
        join_all(looked_up).await.into_iter().partition(|vital: &Vital| vital.all_pass);
    Ok(Json(Vitals { status: "success".to_owned(), success_list, failure_list }))
}

fn vital(domain: String, of: Domain, logins: Vec<Login>) -> Vital {
    let Domain { mx, spf, dkim, dmarc } = of;
    let in_order = logins.iter().all(|login| login.smtp && login.imap);
    Vital { domain, all_pass: mx && spf && dkim && dmarc && in_order, mx, spf, dkim, dmarc, logins }
}

async fn login(can: &Can<Test>, id: Uuid, email: &str, sealed: &str) -> Result<Login> {
    let connection = Connection::open(can.app(), can.workspace(), id, sealed)?;
    let (smtp, imap) = (connection.smtp(), connection.imap());
    let net = &can.app().net;
    let (smtp, imap) = tokio::join!(net.smtp(&smtp), net.imap(&imap));
    let why = |outcome: Result<(), Fault>| outcome.err().map(|fault| fault.text().to_owned());
    Ok(Login {
        email: email.to_owned(),
        smtp: smtp.is_ok(),
        imap: imap.is_ok(),
        smtp_error: why(smtp),
        imap_error: why(imap),
    })
}

#[derive(Deserialize, JsonSchema)]
pub struct Host {
    host: String,
}

#[derive(Serialize, JsonSchema)]
pub struct Tracking {
    #[schemars(default)]
    success: bool,
    #[schemars(default)]
    ssl: bool,
    #[schemars(default)]
    cname: bool,
    #[schemars(default)]
    host: String,
}

pub async fn tracking(can: Can<Test>, Query(Host { host }): Query<Host>) -> Result<Json<Tracking>> {
    let host = host.trim().trim_end_matches('.').to_lowercase();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '_');
    if host.is_empty() || host.len() > 253 || !host.contains('.') || !host.chars().all(plain) {
        return Err(Error::invalid("querystring/host must be the name of a host, such as track.example.com"));
    }
    let app = can.app();
    let found = app.net.tracking(&host, &app.public_host()).await;
    let (ssl, cname) = (found.ssl, found.cname);
    Ok(Json(Tracking { success: ssl && cname, ssl, cname, host }))
}
