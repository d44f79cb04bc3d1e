//! The first workspace, its owner, and the owner's first key.

use super::open;
use super::out::Out;
use super::workspace::{Made, make_first};
use crate::config::Config;
use crate::error::Result;
use serde_json::json;

#[derive(clap::Args)]
#[command(
    after_help = "The key is shown only once. If the database already has a workspace, nothing changes."
)]
pub struct Init {
    /// The name of the workspace
    #[arg(long, value_name = "NAME")]
    workspace: String,
    /// The owner's e-mail address
    #[arg(long, value_name = "ADDRESS")]
    owner_email: String,
}

impl Init {
    pub async fn run(&self, config: &Config, out: Out) -> Result<()> {
        let app = open::any(config).await?;
        let made = make_first(&app, &self.workspace, &self.owner_email).await?;
        super::setup::used(config)?;
        made.print(out, &format!("The key is shown only once. Next: {}{}", program(), same_place(config)))
    }
}

impl Made {
    pub fn print(&self, out: Out, last: &str) -> Result<()> {
        let value = json!({
            "workspace_id": self.workspace, "user_id": self.user, "member_id": self.member,
            "email": self.email, "api_key": self.api_key,
        });
        let Made { workspace, email, api_key, .. } = self;
        out.say(
            &value,
            format_args!("workspace  {workspace}\nowner      {email}\nAPI key    {api_key}\n\n{last}"),
        )
    }
}

/// `serve`, by the name under which this program was run.
fn program() -> String {
    let name = std::env::args_os().next().unwrap_or_else(|| "gatepost".into());
    format!("{} serve", quoted(&name.to_string_lossy()))
}

/// The flags that other commands need to find the same data.
fn same_place(config: &Config) -> String {
    match (&config.data, &config.database) {
        (Some(data), _) => format!(" --data {}", quoted(&data.to_string_lossy())),
        (None, Some(_)) => " (with the same GATEPOST_DATABASE and GATEPOST_SECRET_KEY)".to_owned(),
        (None, None) => String::new(),
    }
}

/// Quotes a text so that a shell reads it as one word.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@%,".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_are_quoted_for_a_shell() {
        for word in ["a b", "späces & quote's/deep er", "", "$(x)", "a\"b", "~", "-x;y", "plain/path-1.0"] {
            let line = format!("printf %s {}", super::quoted(word));
            let said = std::process::Command::new("sh").args(["-c", &line]).output().unwrap().stdout;
            assert_eq!(String::from_utf8(said).unwrap(), word);
        }
        assert_eq!(super::quoted("plain/path-1.0"), "plain/path-1.0");
    }
}
