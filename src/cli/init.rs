//! The first workspace, its owner, and a key to begin with.

use super::open;
use super::workspace::{Made, make};
use crate::config::Config;
use crate::error::Result;
use serde_json::json;

#[derive(clap::Args)]
pub struct Init {
    /// The name of the workspace
    #[arg(long, value_name = "NAME")]
    workspace: String,
    /// The address of its owner
    #[arg(long, value_name = "ADDRESS")]
    owner_email: String,
    /// Print one line of JSON: workspace_id, user_id, member_id, email, api_key
    #[arg(long)]
    json: bool,
}

impl Init {
    pub async fn run(&self, config: &Config) -> Result<()> {
        let app = open::any(config).await?;
        let made = make(&app, &self.workspace, &self.owner_email, true).await?;
        made.print(self.json);
        if !self.json {
            println!("\nThe key is shown this once. Next: gatepost serve{}", same_place(config));
        }
        Ok(())
    }
}

impl Made {
    pub fn print(&self, as_json: bool) {
        match as_json {
            true => println!(
                "{}",
                json!({
                    "workspace_id": self.workspace, "user_id": self.user, "member_id": self.member,
                    "email": self.email, "api_key": self.api_key,
                })
            ),
            false => println!(
                "workspace  {}\nowner      {}\nAPI key    {}",
                self.workspace, self.email, self.api_key
            ),
        }
    }
}

/// The flags with which the other commands find the same data.
fn same_place(config: &Config) -> String {
    match (&config.data, &config.database) {
        (Some(data), _) => format!(" --data {}", data.display()),
        (None, Some(_)) => " (with the same GATEPOST_DATABASE and GATEPOST_SECRET_KEY)".to_owned(),
        (None, None) => String::new(),
    }
}
