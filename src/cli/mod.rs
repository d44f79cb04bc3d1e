//! The command line, for the operator of the server.

mod access;
mod access_answers;
mod access_door;
mod access_file;
mod access_text;
mod advice;
mod backup;
mod completion;
mod credits;
mod demo;
mod doctor;
mod init;
mod key;
mod key_care;
mod leads;
mod list;
mod open;
mod out;
mod place;
mod probe;
mod remote;
mod scene;
mod secret;
mod serve;
mod serving;
mod setup;
mod stored;
mod user;
mod version;
mod workspace;

use crate::config::{Config, LogFormat, Settings, unknown_variables};
use crate::error::{Error, Result};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use out::Out;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Access control, isolation and audit behind Instantly's API v2, on your own machine
#[derive(Parser)]
#[command(name = "gatepost", version, long_version = version::text(), max_term_width = 110, after_help = BEGIN)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Print JSON instead of text, one object on each line
    #[arg(long, global = true)]
    json: bool,
    #[command(flatten)]
    settings: Settings,
}

// Uses short descriptions and text after the options, because with a long description clap puts every option
// into a separate paragraph.
const BEGIN: &str = "\
To try it:  gatepost demo
To begin:   gatepost serve    and open the link that it prints, which creates the first workspace
or first:   gatepost init --workspace NAME --owner-email ADDRESS    without a browser

Exit codes:
  0  the command did what it was asked to do
  1  it failed; or `access explain` says no, or `doctor` found a problem
  2  the command line is wrong
  3  `access plan` found changes
  4  a rail refuses an access file
  5  a test in an access file fails

All settings: `gatepost serve --help`.";

/// Added to every help text that shows only some of the settings.
const MORE: &str = "All settings: `gatepost serve --help`. The operator's commands must be given the same settings as \
                    the server.";

/// Added to the help of `serve`, which shows all settings.
const SETTINGS: &str = "\
Each setting can also be given in the environment, as GATEPOST_LISTEN for --listen, or in the file of --config. A flag \
overrides the environment, which overrides the file. Other users of the machine can see flags: passwords and keys \
belong in the environment or the file.";

#[derive(Subcommand)]
enum Command {
    /// Create the database, a workspace, its owner, and an API key for the owner
    Init(init::Init),
    /// Answer requests until SIGTERM or Ctrl-C
    #[command(after_help = SETTINGS)]
    Serve,
    /// Serve a sample workspace with people and campaigns, in a temporary folder
    Demo(demo::Demo),
    /// Manage this server: workspaces, users, keys, leads, credits, backups, checks
    #[command(subcommand)]
    Admin(Admin),
    /// Print the version of the program and of the database schema
    Version,
    /// Print a script that completes commands in a shell
    Completion(completion::Completion),
    /// The former names of the operator's commands.
    #[command(flatten)]
    Formerly(Admin),
}

/// The operator's commands. The audit log of the workspace records their changes, with the actor `operator`.
#[derive(Subcommand)]
enum Admin {
    /// List, create and change workspaces
    #[command(subcommand)]
    Workspace(workspace::Workspace),
    /// List users, and help those who cannot sign in
    #[command(subcommand)]
    User(user::User),
    /// List, create and revoke API keys
    #[command(subcommand)]
    Key(key::Key),
    /// Print the access matrix, explain decisions, ask who can do what, and keep the access of a workspace in a file
    #[command(subcommand)]
    Access(access::Access),
    /// Import leads from a file
    #[command(subcommand)]
    Leads(leads::Leads),
    /// Grant credits to workspaces
    #[command(subcommand)]
    Credits(credits::Credits),
    /// Copy the database into a file while the server runs (SQLite)
    Backup(backup::Backup),
    /// Restore a copy that `backup` made (SQLite)
    Restore(backup::Restore),
    /// Check settings, database, secret key, clock, disk and mail
    Doctor(doctor::Doctor),
}

/// The settings that locate the data. Only `serve --help` shows the others.
const WHERE: [&str; 4] = ["config", "data", "database", "secret_key"];

/// The command line that the help shows. The operator's commands are under `admin`. Their former names still
/// work, but are hidden.
fn commands() -> clap::Command {
    let command = Arguments::command();
    let admin = command.find_subcommand("admin").into_iter().flat_map(clap::Command::get_subcommands);
    let formerly: Vec<_> = admin.map(|command| command.get_name().to_owned()).collect();
    let hidden = |command: clap::Command| command.hide(true);
    let formerly = formerly.into_iter().filter(|name| name != "access" && name != "key");
    let mut command = formerly.fold(command, |command, name| command.mut_subcommand(name, hidden));
    // `gatepost access` and `gatepost key` call a server. Their other commands are former names too.
    command = command.mut_subcommand("access", |access| {
        let access =
            access.about("Ask who can do what on a server, and keep the access of a workspace in a file");
        ["matrix", "explain"].into_iter().fold(access, |access, name| access.mut_subcommand(name, hidden))
    });
    command = command.mut_subcommand("key", |key| {
        let key = key.about("Advice about the API keys of a workspace on a server, and their rotation");
        ["list", "revoke", "create"].into_iter().fold(key, |key, name| key.mut_subcommand(name, hidden))
    });
    // Only after this does each command have the settings as its own arguments.
    command.build();
    brief(command)
}

/// Only `serve` shows all settings in its help.
fn brief(command: clap::Command) -> clap::Command {
    if command.get_name() == "serve" {
        return command;
    }
    let command = command.mut_subcommands(brief).mut_args(|argument| {
        let setting = argument.get_help_heading() == Some("Settings");
        let hidden = setting && !WHERE.contains(&argument.get_id().as_str());
        argument.hide(hidden)
    });
    let after = command.get_after_help().map(ToString::to_string);
    match after {
        Some(text) if text.contains("serve --help") => command,
        Some(text) => command.after_help(format!("{text}\n\n{MORE}")),
        None => command.after_help(MORE),
    }
}

pub async fn run() -> ExitCode {
    let matches = commands().get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    match dispatch(arguments).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", told(&error));
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(arguments: Arguments) -> Result<ExitCode> {
    let out = Out { json: arguments.json };
    match &arguments.command {
        Command::Version => return version::print(out).map(|()| ExitCode::SUCCESS),
        Command::Completion(completion) => return completion.run(&commands()).map(|()| ExitCode::SUCCESS),
        Command::Init(_) | Command::Serve | Command::Demo(_) | Command::Admin(_) | Command::Formerly(_) => (),
    }
    let config = Config::of(&arguments.settings)?;
    log(&config)?;
    for name in unknown_variables() {
        tracing::warn!("{name} is set in the environment, but is not a setting of this program");
    }
    let done = match arguments.command {
        Command::Formerly(Admin::Access(access::Access::File(files))) => return files.remote(out).await,
        Command::Formerly(Admin::Access(access::Access::Answers(answers))) => {
            return answers.remote(out).await;
        }
        Command::Formerly(Admin::Key(key::Key::Care(care))) => care.remote(out).await,
        Command::Init(init) => init.run(&config, out).await,
        Command::Serve => serve::run(config, out).await,
        Command::Demo(demo) => demo.run(config, out).await,
        Command::Admin(admin) | Command::Formerly(admin) => return admin.run(&config, out).await,
        Command::Version | Command::Completion(_) => Ok(()),
    };
    done.map(|()| ExitCode::SUCCESS)
}

impl Admin {
    async fn run(self, config: &Config, out: Out) -> Result<ExitCode> {
        let done = match self {
            Admin::Workspace(workspace) => workspace.run(config, out).await,
            Admin::User(user) => user.run(config, out).await,
            Admin::Key(key) => key.run(config, out).await,
            Admin::Access(access) => return access.run(config, out).await,
            Admin::Leads(leads) => leads.run(config, out).await,
            Admin::Credits(credits) => credits.run(config, out).await,
            Admin::Backup(backup) => backup.run(config, out).await,
            Admin::Restore(restore) => restore.run(config, out).await,
            Admin::Doctor(doctor) => doctor.run(config, out).await,
        };
        done.map(|()| ExitCode::SUCCESS)
    }
}

fn log(config: &Config) -> Result<()> {
    let wrong = |error: &dyn std::fmt::Display| Error::invalid(format!("log: {error}"));
    let filter = EnvFilter::try_new(&config.log).map_err(|error| wrong(&error))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let set = match config.log_format {
        LogFormat::Json => log.json().flatten_event(true).with_current_span(false).try_init(),
        LogFormat::Text => log.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
    };
    set.map_err(|error| wrong(&error))
}

/// The command line shows the real cause, which clients of the API must not see.
fn told(error: &Error) -> String {
    if let Error::Internal(cause) = error {
        return chain(&**cause);
    }
    if let Error::Unavailable(cause) = error {
        return format!("the database is not available: {}", chain(&**cause));
    }
    match matches!(error, Error::Busy) {
        true => "the database is busy: another process holds it. Run the command again".to_owned(),
        false => chain(error),
    }
}

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
