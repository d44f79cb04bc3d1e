//! Whether all is as it should be, from the outside in: what an operator checks after an installation, after a
//! change of settings, and first of all when something is wrong. It changes nothing unless it is told to.

use super::open::{self, Place, fingerprint, kept_key, mailer};
use super::stored;
use crate::app::{Ambient, System, host};
use crate::config::{Config, unknown_variables};
use crate::db::{self, Reader, file, sql};
use crate::error::{Error, Result};
use crate::jobs;
use crate::mail::Failure;
use rustix::fs::statvfs;
use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Instant;

#[derive(clap::Args)]
pub struct Doctor {
    /// Print one line of JSON for each check: check, verdict, text
    #[arg(long)]
    json: bool,
    /// Believe the system's clock again, after one that was ahead by mistake; stop the servers first
    #[arg(long)]
    trust_clock: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warning,
    Problem,
}

#[derive(serde::Serialize)]
struct Finding {
    check: &'static str,
    verdict: Verdict,
    text: String,
}

/// What is found, in order.
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, check: &'static str, verdict: Verdict, text: impl Into<String>) {
        self.0.push(Finding { check, verdict, text: text.into() });
    }
}

use Verdict::{Ok as Fine, Problem, Warning};

/// Below this a disk is about to be full.
const SPARE: u64 = 1024 * 1024 * 1024;
/// Milliseconds by which clocks may differ.
const TOLERATED: i64 = 5_000;
/// Milliseconds that a durable write should take at most.
const SLOW: u128 = 50;

impl Doctor {
    pub async fn run(&self, config: &Config) -> Result<()> {
        if self.trust_clock {
            let app = open::existing(config).await?;
            jobs::forget(&app).await?;
        }
        let mut findings = Findings(Vec::new());
        settings(config, &mut findings);
        database(config, &mut findings).await;
        mail(config, &mut findings).await;
        let problems = findings.0.iter().filter(|finding| finding.verdict == Problem).count();
        for finding in &findings.0 {
            self.print(finding)?;
        }
        match problems {
            0 => Ok(()),
            1 => Err(Error::invalid("1 problem was found")),
            more => Err(Error::invalid(format!("{more} problems were found"))),
        }
    }

    fn print(&self, finding: &Finding) -> Result<()> {
        if self.json {
            println!("{}", serde_json::to_string(finding).map_err(Error::internal)?);
            return Ok(());
        }
        let verdict = match finding.verdict {
            Verdict::Ok => "ok",
            Verdict::Warning => "warning",
            Verdict::Problem => "PROBLEM",
        };
        println!("{verdict:8} {:9} {}", finding.check, finding.text);
        Ok(())
    }
}

fn settings(config: &Config, findings: &mut Findings) {
    for name in unknown_variables() {
        findings.add("settings", Warning, format!("{name} is set in the environment, and is no setting"));
    }
    let public = config.public_url.as_deref().unwrap_or_default();
    let local = |host: &str| matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    match (config.public_url.is_some(), config.listen.ip().is_loopback()) {
        (false, true) => findings.add(
            "settings",
            Warning,
            "public-url is not set: links in invitations lead to this machine alone",
        ),
        (false, false) => {
            findings.add("settings", Problem, "public-url is not set, and links lead nowhere without it");
        }
        (true, _) if host(public).is_empty() => findings.add("settings", Problem, "public-url is no URL"),
        (true, _) if public.starts_with("http://") && !local(&host(public)) => findings.add(
            "settings",
            Warning,
            "public-url begins with http://: keys and passwords cross the network in the open",
        ),
        (true, _) => findings.add("settings", Fine, format!("links begin with {public}")),
    }
    if !config.listen.ip().is_loopback() && config.trusted_proxies.is_empty() {
        findings.add(
            "settings",
            Warning,
            format!("{} is open to the network, and speaks no TLS: put a proxy before it", config.listen),
        );
    }
    if config.metrics_listen.is_some_and(|address| address.ip().is_unspecified()) {
        findings.add("settings", Warning, "metrics-listen is open to every network, and asks for no key");
    }
}

async fn database(config: &Config, findings: &mut Findings) {
    let place = match Place::of(config) {
        Err(error) => return findings.add("database", Problem, error.to_string()),
        Ok(place) if !place.exists() => {
            return findings.add("database", Problem, "there is none yet; `gatepost init` makes one");
        }
        Ok(place) => place,
    };
    if let Place::Sqlite(folder) = &place {
        files(folder, findings);
    }
    let looked = match db::look(&place.url()) {
        Ok(reader) => ask(&reader, config, &place, findings).await,
        Err(error) => Err(error),
    };
    if let Err(error) = looked {
        findings.add("database", Problem, format!("it cannot be read: {}", super::chain(&error)));
    }
}

/// What only a database that can be read tells.
async fn ask(reader: &Reader, config: &Config, place: &Place, findings: &mut Findings) -> Result<()> {
    let version = sql("select max(version) from migrations").optional::<Option<i64>>(reader).await?.flatten();
    match (version.unwrap_or(0), db::newest()) {
        (is, wanted) if is == wanted => findings.add("database", Fine, format!("its schema is version {is}")),
        (is, wanted) if is < wanted => findings.add(
            "database",
            Warning,
            format!("its schema is version {is}; the next start brings it to {wanted}: make a backup first"),
        ),
        (is, wanted) => findings.add(
            "database",
            Problem,
            format!("its schema is version {is}, and this program knows {wanted}: it is too old"),
        ),
    }
    let workspaces = sql("select count(*) from workspaces").optional::<i64>(reader).await?.unwrap_or(0);
    match workspaces {
        0 => findings.add("database", Warning, "there is no workspace yet; `gatepost init` makes one"),
        1 => findings.add("database", Fine, "1 workspace"),
        many => findings.add("database", Fine, format!("{many} workspaces")),
    }
    secret_key(reader, config, place, findings).await?;
    clock(reader, findings).await?;
    queue(reader, findings).await?;
    if version == Some(db::newest())
        && let Some((near, text)) = stored::largest(reader, config).await?
    {
        findings.add("storage", if near { Warning } else { Fine }, text);
    }
    Ok(())
}

async fn secret_key(reader: &Reader, config: &Config, place: &Place, findings: &mut Findings) -> Result<()> {
    let made_with =
        sql("select value from server where name = 'secret key'").optional::<String>(reader).await?;
    let here = match place {
        Place::Sqlite(folder) => kept_key(config, folder)?,
        Place::Postgres(_) => config.secret_key.clone(),
    };
    match (made_with, here.as_deref().map(fingerprint)) {
        (_, None) => findings.add("key", Problem, "the secret key is not here"),
        (Some(made), Some(is)) if made == is => findings.add("key", Fine, "it is the database's"),
        (_, Some(_)) => findings.add("key", Problem, "the database was made with another secret key"),
    }
    Ok(())
}

async fn clock(reader: &Reader, findings: &mut Findings) -> Result<()> {
    let now = System::default().now();
    let behind = jobs::mark(reader).await?.map_or(0, |mark| mark.0 - now.0);
    match behind > TOLERATED {
        true => findings.add(
            "clock",
            Problem,
            format!(
                "{now} is {} s behind what the database has seen. If that was a mistake: stop the servers, and \
                 `gatepost doctor --trust-clock`",
                behind / 1000
            ),
        ),
        false => findings.add("clock", Fine, format!("it is {now}")),
    }
    Ok(())
}

async fn queue(reader: &Reader, findings: &mut Findings) -> Result<()> {
    let late = System::default().now().minus(60 * 60 * 1000);
    let stuck =
        sql("select count(*) from jobs where status in ('pending', 'in-progress') and created_at < $1");
    match stuck.bind(late).optional::<i64>(reader).await?.unwrap_or(0) {
        0 => findings.add("jobs", Fine, "nothing waits for longer than an hour"),
        stuck => findings.add(
            "jobs",
            Warning,
            format!("{stuck} jobs or mails wait for longer than an hour: does a server run, and mail leave?"),
        ),
    }
    Ok(())
}

/// The data folder: who may read it, its pages, and the disk that it is on.
fn files(folder: &Path, findings: &mut Findings) {
    for name in ["gatepost.db", "secret.key"] {
        let open = fs::metadata(folder.join(name)).is_ok_and(|file| file.mode() & 0o077 != 0);
        if open {
            findings.add("files", Problem, format!("others may read {name}: chmod 600 {name}"));
        }
    }
    match file::check(&folder.join(open::DATABASE)) {
        Ok(()) => findings.add("files", Fine, "every page of the database is whole"),
        Err(error) => findings.add("files", Problem, super::chain(&error)),
    }
    if let Ok(disk) = statvfs(folder) {
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let verdict = if free < SPARE { Warning } else { Fine };
        findings.add("disk", verdict, format!("{} MiB are free", free / 1024 / 1024));
    }
    match durable_write(folder) {
        Ok(took) if took > SLOW => {
            findings.add("disk", Warning, format!("a durable write takes {took} ms; changes will be slow"));
        }
        Ok(took) => findings.add("disk", Fine, format!("a durable write takes {took} ms")),
        Err(error) => findings.add("disk", Problem, format!("nothing can be written: {error}")),
    }
}

/// Milliseconds of the quickest of a few.
fn durable_write(folder: &Path) -> std::io::Result<u128> {
    let path = folder.join(format!("doctor-{}", std::process::id()));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&path)?;
    let mut once = || {
        let began = Instant::now();
        file.write_all(&[0; 4096]).and_then(|()| file.sync_data()).map(|()| began.elapsed().as_millis())
    };
    let all: std::io::Result<Vec<_>> = (0..5).map(|_| once()).collect();
    fs::remove_file(path)?;
    Ok(all?.into_iter().min().unwrap_or(0))
}

async fn mail(config: &Config, findings: &mut Findings) {
    let public = config.public_url.clone().unwrap_or_default();
    match mailer(config, &public) {
        Err(error) => findings.add("mail", Problem, error.to_string()),
        Ok(None) => findings.add("mail", Warning, "smtp-url is not set: links are shown instead of mailed"),
        Ok(Some(mailer)) => match mailer.greet().await {
            Ok(()) => findings.add("mail", Fine, "the mail server lets us in"),
            Err(Failure::Permanent(why) | Failure::Transient(why)) => findings.add("mail", Problem, why),
        },
    }
}
