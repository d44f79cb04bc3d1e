//! Access as code from the command line. `gatepost access` calls a server, with the rights of a key. `gatepost admin access`
//! does the same on the database, as the operator.

use super::access_text as text;
use super::open;
use super::out::Out;
use super::place::{Door, Place};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::resources::access_file::{self as files, Applying};
use serde_json::Value;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Exit codes besides 0 and 1. A wrong command line is 2.
const DIFFERS: u8 = 3;
const REFUSED: u8 = 4;
const FAILED: u8 = 5;

#[derive(clap::Args)]
pub struct Allowed {
    /// What the plan counts as a surprise, and exactly how often, such as raise-role=1,lower-role=2
    #[arg(long, value_name = "KIND=NUMBER,...")]
    pub allow: Option<String>,
    /// How many members besides the owner must be able to apply files afterwards
    #[arg(long, value_name = "NUMBER")]
    pub least_admins: Option<i64>,
}

#[derive(clap::Subcommand)]
pub enum Files {
    /// Check an access file: its form, its names, and what it says about built-in roles
    Validate {
        /// The file, or - for standard input
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Show what an access file would change; the exit code is 0 for nothing, 3 for changes, 4 if a rail refuses them, 5 if
    /// a test fails
    Plan {
        /// The file, or - for standard input
        file: PathBuf,
        #[command(flatten)]
        allowed: Allowed,
        #[command(flatten)]
        place: Place,
    },
    /// Apply an access file in one transaction; the exit code is 0 if the workspace is then as the file says
    Apply {
        /// The file, or - for standard input
        file: PathBuf,
        /// Why the access changes
        #[arg(long, value_name = "TEXT")]
        because: Option<String>,
        /// The state that a plan printed; another state is an error
        #[arg(long, value_name = "STATE")]
        expect: Option<String>,
        /// Do not ask for confirmation
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        allowed: Allowed,
        #[command(flatten)]
        place: Place,
    },
    /// Print the access of the workspace as a file
    Dump {
        #[command(flatten)]
        place: Place,
    },
    /// Run the tests in an access file on the access that it wants; the exit code is 5 if one fails
    Test {
        /// The file, or - for standard input
        file: PathBuf,
        /// Also list small changes to the access that no test notices
        #[arg(long)]
        mutate: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Print an access file in its canonical form, which is valid YAML
    Fmt {
        /// The file, or - for standard input
        file: PathBuf,
        /// Write the file instead of printing it
        #[arg(long)]
        write: bool,
    },
    /// List the access files that were applied
    Log {
        #[command(flatten)]
        place: Place,
    },
}

impl Files {
    fn place(&self) -> Option<&Place> {
        match self {
            Files::Validate { place, .. }
            | Files::Plan { place, .. }
            | Files::Apply { place, .. }
            | Files::Dump { place }
            | Files::Test { place, .. }
            | Files::Log { place } => Some(place),
            Files::Fmt { .. } => None,
        }
    }

    /// With a key, on a server.
    pub async fn remote(&self, out: Out) -> Result<ExitCode> {
        let Some(place) = self.place() else { return self.fmt(out) };
        self.run(&place.on_server()?, out).await
    }

    /// As the operator, on the database.
    pub async fn here(&self, config: &Config, out: Out) -> Result<ExitCode> {
        let Some(place) = self.place() else { return self.fmt(out) };
        self.run(&place.here(config).await?, out).await
    }

    async fn run(&self, door: &Door, out: Out) -> Result<ExitCode> {
        match self {
            Files::Validate { file, .. } => {
                let report = door.validate(read(file)?).await?;
                out.say(&report, text::validation(&report))?;
                Ok(if report.get("valid") == Some(&Value::Bool(true)) {
                    ExitCode::SUCCESS
                } else {
                    ExitCode::FAILURE
                })
            }
            Files::Plan { file, allowed, .. } => {
                let plan = door.plan(read(file)?, allowed).await?;
                out.say(&plan, text::plan(&plan))?;
                Ok(code(&plan))
            }
            Files::Apply { file, because, expect, yes, allowed, .. } => {
                let asked = Asked { because: because.as_deref(), expect: expect.as_deref(), yes: *yes };
                apply(door, out, read(file)?, allowed, asked).await
            }
            Files::Dump { .. } => out.line(door.dump(out.json).await?.trim_end()).map(|()| ExitCode::SUCCESS),
            Files::Test { file, mutate, .. } => {
                let tests = door.test(read(file)?, *mutate).await?;
                out.say(&tests, text::tests(&tests))?;
                Ok(if tests.get("holds") == Some(&Value::Bool(true)) {
                    ExitCode::SUCCESS
                } else {
                    ExitCode::from(FAILED)
                })
            }
            Files::Log { .. } => {
                let log = door.log().await?;
                out.say(&log, text::log(&log)).map(|()| ExitCode::SUCCESS)
            }
            Files::Fmt { .. } => self.fmt(out),
        }
    }

    /// It needs neither a server nor a database.
    fn fmt(&self, out: Out) -> Result<ExitCode> {
        let Files::Fmt { file, write } = self else { return Ok(ExitCode::SUCCESS) };
        let tidy = files::format(&read(file)?)?;
        match write {
            true if file == Path::new("-") => {
                return Err(Error::invalid("give a file with --write; standard input cannot be written"));
            }
            true => std::fs::write(file, tidy).map_err(|error| open::failed("cannot write", file, &error))?,
            false => out.line(tidy.trim_end())?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What an application was asked for on the command line.
struct Asked<'a> {
    because: Option<&'a str>,
    expect: Option<&'a str>,
    yes: bool,
}

/// Shows the plan first, and applies exactly that plan.
async fn apply(door: &Door, out: Out, file: String, allowed: &Allowed, asked: Asked<'_>) -> Result<ExitCode> {
    let plan = door.plan(file.clone(), allowed).await?;
    if !out.json {
        out.line(text::plan(&plan))?;
    }
    match plan.get("outcome").and_then(Value::as_str) {
        Some("refused" | "failed") => {
            if out.json {
                out.say(&plan, "")?;
            }
            return Ok(code(&plan));
        }
        Some("differs") if !asked.yes && !confirmed()? => return Ok(ExitCode::FAILURE),
        _ => (),
    }
    let state = asked.expect.or(plan.get("state").and_then(Value::as_str)).unwrap_or_default().to_owned();
    let applying = Applying {
        expect: Some(state),
        because: asked.because.map(str::to_owned),
        allow: allowed.allow.clone(),
        least_admins: allowed.least_admins,
    };
    let done = door.apply(file, applying).await?;
    out.say(&done, text::applied(&done)).map(|()| ExitCode::SUCCESS)
}

/// Asks a person. A program must say `--yes`.
fn confirmed() -> Result<bool> {
    use std::io::IsTerminal;
    if !std::io::stdin().is_terminal() {
        return Err(Error::invalid("add --yes to apply the file without a question"));
    }
    eprint!("Apply these changes? [y/N] ");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(Error::internal)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn code(plan: &Value) -> ExitCode {
    match plan.get("outcome").and_then(Value::as_str) {
        Some("same") => ExitCode::SUCCESS,
        Some("differs") => ExitCode::from(DIFFERS),
        Some("refused") => ExitCode::from(REFUSED),
        Some("failed") => ExitCode::from(FAILED),
        Some(_) | None => ExitCode::FAILURE,
    }
}

fn read(file: &Path) -> Result<String> {
    let failed = |error: std::io::Error| open::failed("cannot read", file, &error);
    if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(failed)?;
        return Ok(text);
    }
    std::fs::read_to_string(file).map_err(failed)
}
