//! Completion of commands and flags, as scripts for the common shells.

use super::out::Out;
use crate::error::{Error, Result};
use clap_complete::{Generator, aot};

#[derive(clap::Args)]
pub struct Completion {
    /// The shell that the script is for
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

impl Completion {
    /// Prints the script for `command`, without its hidden parts.
    pub fn run(&self, command: &clap::Command) -> Result<()> {
        let mut command = shown(command).bin_name("gatepost");
        command.build();
        let mut script = Vec::new();
        let generated = match self.shell {
            Shell::Bash => aot::Bash.try_generate(&command, &mut script),
            Shell::Zsh => aot::Zsh.try_generate(&command, &mut script),
            Shell::Fish => aot::Fish.try_generate(&command, &mut script),
        };
        generated.map_err(Error::internal)?;
        let script = String::from_utf8(script).map_err(Error::internal)?;
        Out { json: false }.line(script.trim_end())
    }
}

/// Completes only what the help shows.
fn shown(command: &clap::Command) -> clap::Command {
    let arguments = command.get_arguments().filter(|argument| !argument.is_hide_set()).cloned();
    let commands = command.get_subcommands().filter(|command| !command.is_hide_set());
    let commands: Vec<_> = commands.filter(|command| command.get_name() != "help").map(shown).collect();
    clap::Command::new(command.get_name().to_owned())
        .about(command.get_about().cloned().unwrap_or_default())
        .args(arguments)
        .subcommands(commands)
        .version(env!("CARGO_PKG_VERSION"))
        .disable_version_flag(true)
        .disable_help_flag(true)
        .disable_help_subcommand(true)
}
