//! The command line: what an operator does on the machine itself.

mod access;
mod backup;
mod credits;
mod demo;
mod doctor;
mod init;
mod key;
mod open;
mod scene;
mod serve;
mod setup;
mod stored;
mod user;
mod workspace;

use crate::config::{Config, LogFormat, Settings, unknown_variables};
use crate::error::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Access control, isolation and audit behind Instantly's API v2, on your own machine.
///
/// To try it: `gatepost demo`. To begin: `gatepost serve`, which prints a link to make the first workspace; or, without
/// a browser, `gatepost init --workspace NAME --owner-email ADDRESS` first.
///
/// Every setting can be given as a flag, in the environment (`GATEPOST_` and its name) or in a TOML file
/// (`--config`); a flag overrides the environment, which overrides the file.
#[derive(Parser)]
#[command(name = "gatepost", version, max_term_width = 110)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    /// Create the database, a workspace, its owner, and an API key for the owner
    Init(init::Init),
    /// Answer requests until SIGTERM or Ctrl-C
    Serve,
    /// Serve a workspace with people and campaigns to try things on, in a temporary folder
    Demo(demo::Demo),
    /// Create and change workspaces
    #[command(subcommand)]
    Workspace(workspace::Workspace),
    /// Help people who cannot sign in
    #[command(subcommand)]
    User(user::User),
    /// Give workspaces credits
    #[command(subcommand)]
    Credits(credits::Credits),
    /// Create API keys
    #[command(subcommand)]
    Key(key::Key),
    /// Copy everything into a file, while the server runs (SQLite)
    Backup(backup::Backup),
    /// Put back what `backup` copied (SQLite)
    Restore(backup::Restore),
    /// Check settings, database, secret key, clock, disk and mail, and say what to mend
    Doctor(doctor::Doctor),
    /// Print who may do what, and explain why somebody may do something
    #[command(subcommand)]
    Access(access::Access),
}

pub async fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match dispatch(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", chain(&error));
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(arguments: Arguments) -> Result<()> {
    let config = Config::of(&arguments.settings)?;
    log(&config)?;
    for name in unknown_variables() {
        tracing::warn!("{name} is set in the environment, and is no setting of this program");
    }
    match arguments.command {
        Command::Init(init) => init.run(&config).await,
        Command::Serve => serve::run(config).await,
        Command::Demo(demo) => demo.run(config).await,
        Command::Workspace(workspace) => workspace.run(&config).await,
        Command::User(user) => user.run(&config).await,
        Command::Credits(credits) => credits.run(&config).await,
        Command::Key(key) => key.run(&config).await,
        Command::Backup(backup) => backup.run(&config).await,
        Command::Restore(restore) => restore.run(&config).await,
        Command::Doctor(doctor) => doctor.run(&config).await,
        Command::Access(access) => access.run(&config).await,
    }
}

fn log(config: &Config) -> Result<()> {
    let wrong = |error: &dyn std::fmt::Display| crate::error::Error::invalid(format!("log: {error}"));
    let filter = EnvFilter::try_new(&config.log).map_err(|error| wrong(&error))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let set = match config.log_format {
        LogFormat::Json => log.json().flatten_event(true).with_current_span(false).try_init(),
        LogFormat::Text => log.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
    };
    set.map_err(|error| wrong(&error))
}

/// At the command line the cause is shown: who stands there may know it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
