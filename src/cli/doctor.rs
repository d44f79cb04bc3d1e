//! Checks an installation. The operator runs it after an installation, after a change of settings, and first
//! when something is wrong. It changes nothing unless a flag says so.

use super::advice::{self, Advice};
use super::open::{self, Place, mailer};
use super::out::Out;
use super::probe::{answers, can_make, durable_write};
use super::secret::{self, fingerprint};
use super::stored;
use crate::app::{Ambient, System};
use crate::config::{Config, unknown_variables};
use crate::db::{self, Reader, file, sql};
use crate::error::{Error, Result};
use crate::http;
use crate::jobs;
use crate::mail::Failure;
use crate::time::Time;
use rustix::fs::statvfs;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

#[derive(clap::Args)]
pub struct Doctor {
    /// Trust the system's clock again after it was ahead by mistake; stop the servers first
    #[arg(long)]
    trust_clock: bool,
    /// Also count the mails of all campaigns again, and compare them with the figures; it can take minutes
    #[arg(long)]
    recount: bool,
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

/// The findings, in order.
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, check: &'static str, verdict: Verdict, text: impl Into<String>) {
        self.0.push(Finding { check, verdict, text: text.into() });
    }

    fn advise(&mut self, check: &'static str, advices: Vec<Advice>) {
        for advice in advices {
            match advice {
                Advice::Warning(text) => self.add(check, Warning, text),
                Advice::Problem(text) => self.add(check, Problem, text),
            }
        }
    }
}

use Verdict::{Ok as Fine, Problem, Warning};

/// With less free space than this, `doctor` warns about the disk.
const SPARE: u64 = 1024 * 1024 * 1024;
/// The most milliseconds by which clocks can differ.
const TOLERATED: i64 = 5_000;
/// The most milliseconds that a durable write should take.
const SLOW: u128 = 50;

impl Doctor {
    pub async fn run(&self, config: &Config, out: Out) -> Result<()> {
        if self.trust_clock {
            let app = open::existing(config).await?;
            jobs::forget(&app).await?;
        }
        let mut findings = Findings(Vec::new());
        settings(config, &mut findings);
        listening(config, &mut findings).await;
        database(config, &mut findings).await;
        mail(config, &mut findings).await;
        if self.recount {
            let (right, text) = stored::figures(config).await;
            findings.add("figures", if right { Fine } else { Problem }, text);
        }
        let problems = findings.0.iter().filter(|finding| finding.verdict == Problem).count();
        for finding in &findings.0 {
            let verdict = match finding.verdict {
                Verdict::Ok => "ok",
                Verdict::Warning => "warning",
                Verdict::Problem => "PROBLEM",
            };
            out.say(finding, format_args!("{verdict:8} {:9} {}", finding.check, finding.text))?;
        }
        match problems {
            0 => Ok(()),
            1 => Err(Error::invalid("1 problem was found")),
            more => Err(Error::invalid(format!("{more} problems were found"))),
        }
    }
}

fn settings(config: &Config, findings: &mut Findings) {
    for name in unknown_variables() {
        let text = format!("{name} is set in the environment, but is not a setting");
        findings.add("settings", Warning, text);
    }
    match &config.public_url {
        Some(public) => findings.add("settings", Fine, format!("links begin with {public}")),
        None if config.listen.ip().is_loopback() => findings.add(
            "settings",
            Warning,
            "public-url is not set: links in invitations work on this machine only",
        ),
        None => (),
    }
    findings.advise("settings", advice::of(config).settings);
}

/// Whether the server can listen on the address, or a server already answers there.
async fn listening(config: &Config, findings: &mut Findings) {
    let address = config.listen;
    if address.port() != 0 && answers(address).await {
        return findings.add("listen", Fine, format!("a server answers at {address}"));
    }
    match http::can_listen(address) {
        Ok(_) => findings.add("listen", Fine, format!("{address} is free for the server")),
        Err(error) => findings.add("listen", Problem, error.to_string()),
    }
}

async fn database(config: &Config, findings: &mut Findings) {
    let place = match Place::of(config) {
        Err(error) => return findings.add("database", Problem, error.to_string()),
        Ok(Place::Sqlite(folder)) if !folder.join(open::DATABASE).is_file() => {
            let text = match can_make(&folder) {
                Ok(()) => "there is none yet; `gatepost serve` or `gatepost init` creates it".to_owned(),
                Err(error) => format!("the data folder {} cannot be created: {error}", folder.display()),
            };
            return findings.add("database", Problem, text);
        }
        Ok(place) => place,
    };
    if let Place::Sqlite(folder) = &place {
        files(folder, findings);
    }
    let looked = match db::look(&place.url()).await {
        Ok(reader) => ask(&reader, config, &place, findings).await,
        Err(error) => Err(error),
    };
    if let Err(error) = looked {
        findings.add("database", Problem, super::told(&error));
    }
}

/// The checks that need a readable database.
async fn ask(reader: &Reader, config: &Config, place: &Place, findings: &mut Findings) -> Result<()> {
    let version = sql("select max(version) from migrations").optional::<Option<i64>>(reader).await;
    let version = match version {
        Err(error) if super::told(&error).contains("migrations") => {
            let text = "it has no tables of Gatepost yet; `gatepost serve` or `gatepost init` creates them";
            findings.add("database", Problem, text);
            return Ok(());
        }
        version => version?,
    };
    match (version.flatten().unwrap_or(0), db::newest()) {
        (is, wanted) if is == wanted => findings.add("database", Fine, format!("its schema is version {is}")),
        (is, wanted) if is < wanted => findings.add(
            "database",
            Warning,
            format!("its schema is version {is}; the next start updates it to {wanted}: make a backup first"),
        ),
        (is, wanted) => findings.add(
            "database",
            Problem,
            format!("its schema is version {is}, but this program only knows {wanted}: use a newer Gatepost"),
        ),
    }
    let workspaces = sql("select count(*) from workspaces").optional::<i64>(reader).await?.unwrap_or(0);
    match workspaces {
        0 => findings.add(
            "database",
            Warning,
            "there is no workspace yet; `gatepost serve` prints a link to create one",
        ),
        1 => findings.add("database", Fine, "1 workspace"),
        many => findings.add("database", Fine, format!("{many} workspaces")),
    }
    secret_key(reader, config, place, findings).await?;
    clock(reader, findings).await?;
    queue(reader, findings).await?;
    if version.flatten() == Some(db::newest())
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
        Place::Sqlite(folder) => secret::kept(config, folder)?,
        Place::Postgres(_) => config.secret_key.clone(),
    };
    let (verdict, text) = match (made_with, here.as_deref().map(fingerprint), place) {
        (Some(made), Some(is), _) if made == is => (Fine, "the database was made with this key".to_owned()),
        (None, Some(_), _) => (Fine, "the first start will make the database with this key".to_owned()),
        (Some(_), Some(_), _) => (Problem, "the database was made with another secret key".to_owned()),
        (Some(_), None, Place::Sqlite(folder)) => (Problem, secret::missing(folder).to_string()),
        (None, None, Place::Sqlite(_)) => (Fine, "the first start makes one".to_owned()),
        (_, None, Place::Postgres(_)) => (Problem, "GATEPOST_SECRET_KEY is not set".to_owned()),
    };
    findings.add("key", verdict, text);
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
                "{now} is {} s behind what the database has seen. If the clock was ahead by mistake: stop the servers \
                 and run `gatepost admin doctor --trust-clock`",
                behind / 1000
            ),
        ),
        false => findings.add("clock", Fine, format!("it is {now}")),
    }
    Ok(())
}

async fn queue(reader: &Reader, findings: &mut Findings) -> Result<()> {
    let late = System::default().now().minus(Time::HOUR);
    let stuck =
        sql("select count(*) from jobs where status in ('pending', 'in-progress') and created_at < $1");
    match stuck.bind(late).optional::<i64>(reader).await?.unwrap_or(0) {
        0 => findings.add("jobs", Fine, "no job waits for longer than an hour"),
        stuck => findings.add(
            "jobs",
            Warning,
            format!("{stuck} jobs or mails wait for longer than an hour: is a server running, and does its mail server answer?"),
        ),
    }
    Ok(())
}

/// Checks the data folder: its permissions, the database pages, and the disk.
fn files(folder: &Path, findings: &mut Findings) {
    for name in ["gatepost.db", "secret.key"] {
        let open = fs::metadata(folder.join(name)).is_ok_and(|file| file.mode() & 0o077 != 0);
        if open {
            findings.add("files", Problem, format!("others can read {name}: run chmod 600 {name}"));
        }
    }
    match file::check(&folder.join(open::DATABASE)) {
        Ok(()) => findings.add("files", Fine, "every page of the database is intact"),
        Err(error) => findings.add("files", Problem, super::told(&error)),
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

async fn mail(config: &Config, findings: &mut Findings) {
    findings.advise("mail", advice::of(config).mail);
    match mailer(config) {
        Err(error) => findings.add("mail", Problem, error.to_string()),
        Ok(None) => findings.add("mail", Warning, "smtp-url is not set: links are shown instead of mailed"),
        Ok(Some(mailer)) => match mailer.greet().await {
            Ok(()) => findings.add("mail", Fine, "the mail server accepts the sign-in"),
            Err(Failure::Permanent(why) | Failure::Transient(why)) => findings.add("mail", Problem, why),
        },
    }
}
