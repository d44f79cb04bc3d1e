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
    pub fn run(&self, command: clap::Command) -> Result<()> {
        let shown = command.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
        let arguments = command.get_arguments().cloned();
        let mut command =
            clap::Command::new("gatepost").bin_name("gatepost").args(arguments).subcommands(shown);
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
