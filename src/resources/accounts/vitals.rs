//! Tests sending accounts: the DNS of the domain, signing in to the mail servers, and whether a tracking host leads here.
//! The server tests only when a caller asks for it, and then stores with each account whether the sign-in worked.

use super::address;
use super::connection::{Connection, State};
use super::store::{self, Stored};
use crate::access::{Can, accounts::Test};
use crate::audit::{CONNECTION, Change, Subject};
use crate::error::{Error, Result};
use crate::http::absent_not_null;
use crate::net::{Domain, Fault};
use crate::resources::events::{self, Event, Kind};
use futures_util::future::join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
pub struct TestVitals {
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

impl TestVitals {
    pub fn of(email: &str) -> TestVitals {
        TestVitals { accounts: Some(vec![email.to_owned()]) }
    }
}

impl Vitals {
    /// What the test of one account found. None if the caller does not reach the account.
    pub fn of_one(self) -> Option<Vital> {
        self.success_list.into_iter().chain(self.failure_list).next()
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Vital {
    #[schemars(default)]
    pub domain: String,
    /// True if the domain passes all four checks and every sign-in works.
    #[serde(rename = "allPass")]
    #[schemars(default)]
    pub all_pass: bool,
    #[schemars(default)]
    pub mx: bool,
    #[schemars(default)]
    pub spf: bool,
    /// Whether a key is published under one of the common selectors.
    #[schemars(default)]
    pub dkim: bool,
    #[schemars(default)]
    pub dmarc: bool,
    /// The sign-ins to the mail servers of the domain's accounts.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub logins: Vec<Login>,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Login {
    pub email: String,
    pub smtp: bool,
    pub imap: bool,
    /// Why the sign-in failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imap_error: Option<String>,
}

pub async fn test_vitals(can: Can<Test>, wanted: TestVitals) -> Result<Vitals> {
    let emails: Vec<_> = wanted.accounts.unwrap_or_default().iter().map(|email| address(email)).collect();
    if emails.is_empty() {
        return Err(Error::invalid("Bad request - no emails sent"));
    }
    let found = store::connections(&can, &emails).await?;
    let logins = join_all(found.iter().map(|stored| login(&can, stored))).await;
    let mut domains: BTreeMap<String, Vec<Login>> = BTreeMap::new();
    let mut news = News::default();
    for (login, stored) in logins.into_iter().zip(&found) {
        let login = login?;
        news.add(&login, stored);
        let domain = login.email.rsplit_once('@').unwrap_or_default().1.to_owned();
        domains.entry(domain).or_default().push(login);
    }
    let looked_up = domains.into_iter().map(async |(domain, logins)| {
        let of = can.app().net.domain(&domain).await;
        vital(domain, of, logins)
    });
    let (success_list, failure_list) =
        join_all(looked_up).await.into_iter().partition(|vital: &Vital| vital.all_pass);
    news.keep(can).await?;
    Ok(Vitals { status: "success".to_owned(), success_list, failure_list })
}

fn vital(domain: String, of: Domain, logins: Vec<Login>) -> Vital {
    let Domain { mx, spf, dkim, dmarc } = of;
    let in_order = logins.iter().all(|login| login.smtp && login.imap);
    Vital { domain, all_pass: mx && spf && dkim && dmarc && in_order, mx, spf, dkim, dmarc, logins }
}

/// Accounts whose state changed since the last test.
#[derive(Default)]
struct News {
    ok: Vec<(Uuid, String)>,
    failed: Vec<(Uuid, String)>,
}

impl News {
    fn add(&mut self, login: &Login, stored: &Stored) {
        let (state, list) = match login.smtp && login.imap {
            true => (State::Ok, &mut self.ok),
            false => (State::Failed, &mut self.failed),
        };
        if State::parse(&stored.state) != state {
            list.push((stored.id, stored.email.clone()));
        }
    }

    async fn keep(self, can: Can<Test>) -> Result<()> {
        let subject = match (self.ok.as_slice(), self.failed.as_slice()) {
            ([], []) => return Ok(()),
            ([(id, _)], []) | ([], [(id, _)]) => Subject::new("account", *id),
            (_, _) => Subject::new("workspace", can.workspace()),
        };
        can.write(async move |can, tx| {
            let mut changed = 0;
            for (state, list) in [(State::Ok, &self.ok), (State::Failed, &self.failed)] {
                let ids: Vec<_> = list.iter().map(|(id, _)| *id).collect();
                if !ids.is_empty() {
                    changed += store::set_connection(can, tx, &ids, state).await?;
                }
            }
            for (id, _) in &self.failed {
                let event = Event::new(Kind::AccountError).of_account(*id);
                events::record(can, tx, event).await?;
            }
            let emails =
                |list: &[(Uuid, String)]| list.iter().map(|(_, email)| email.clone()).collect::<Vec<_>>();
            let after = json!({ "ok": emails(&self.ok), "failed": emails(&self.failed) });
            Ok(Change::new(subject, (), after, ()).numbered(CONNECTION).affecting(changed as usize))
        })
        .await
    }
}

async fn login(can: &Can<Test>, stored: &Stored) -> Result<Login> {
    let connection = Connection::open(can.app(), can.workspace(), stored.id, &stored.sealed)?;
    let (smtp, imap) = (connection.smtp(), connection.imap());
    let net = &can.app().net;
    let (smtp, imap) = tokio::join!(net.smtp(&smtp), net.imap(&imap));
    let why = |outcome: Result<(), Fault>| outcome.err().map(|fault| fault.text().to_owned());
    Ok(Login {
        email: stored.email.clone(),
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

pub async fn tracking_status(can: Can<Test>, Host { host }: Host) -> Result<Tracking> {
    let host = host.trim().trim_end_matches('.').to_lowercase();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '_');
    if host.is_empty() || host.len() > 253 || !host.contains('.') || !host.chars().all(plain) {
        return Err(Error::invalid("querystring/host must be the name of a host, such as track.example.com"));
    }
    let app = can.app();
    let found = app.net.tracking(&host, &app.public_host()).await;
    let (ssl, cname) = (found.ssl, found.cname);
    Ok(Tracking { success: ssl && cname, ssl, cname, host })
}
