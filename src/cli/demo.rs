//! From nothing to something to try: a workspace with a member of each role, campaigns, sending accounts, leads and tags, and a stranger
//! next door. Everything is made through the API, by the people themselves, so the audit log tells a story.

use super::scene::{key_of, set_the_scene};
use super::{open, serve};
use crate::access::Role;
use crate::config::Config;
use crate::error::{Error, Result};
use serde::Serialize;
use std::path::PathBuf;
use uuid::Uuid;

#[derive(clap::Args)]
pub struct Demo {
    /// Print one line of JSON with the people and their keys
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
pub struct Cast {
    pub base_url: String,
    pub workspace_id: Uuid,
    pub people: Vec<Person>,
    pub workspace_key: String,
    pub stranger: Stranger,
}

#[derive(Serialize)]
pub struct Person {
    pub role: &'static str,
    pub email: String,
    pub member_id: Uuid,
    pub user_id: Uuid,
    pub api_key: String,
}

#[derive(Serialize)]
pub struct Stranger {
    pub workspace_id: Uuid,
    pub email: String,
    pub member_id: Uuid,
    pub api_key: String,
}

/// Gone with the demo.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

impl Demo {
    pub async fn run(&self, mut config: Config) -> Result<()> {
        let stop = serve::told_to_stop()?;
        let listener = crate::http::listen(config.listen).await?;
        config.listen = listener.local_addr().map_err(Error::internal)?;
        let folder = std::env::temp_dir().join(format!("gatepost-demo-{}", std::process::id()));
        let _temporary = (config.data.is_none() && config.database.is_none()).then(|| {
            config.data = Some(folder.clone());
            Temporary(folder)
        });
        let app = open::any(&config).await?;
        let cast = set_the_scene(&app, format!("http://{}", config.listen)).await?;
        match self.json {
            true => println!("{}", serde_json::to_string(&cast).map_err(Error::internal)?),
            false => cast.introduce(),
        }
        serve::answer(app, listener, None, stop).await
    }
}

impl Cast {
    fn introduce(&self) {
        println!("Gatepost answers at {}, documented at {}/docs\n", self.base_url, self.base_url);
        println!("Workspace {} and its people, each with a personal API key:\n", self.workspace_id);
        for person in &self.people {
            println!("  {:8} {:22} {}", person.role, person.email, person.api_key);
        }
        println!("  {:8} {:22} {}", "(key)", "of the workspace", self.workspace_key);
        println!("  {:8} {:22} {}", "stranger", self.stranger.email, self.stranger.api_key);
        let [owner, sdr, view] = [Role::Owner, Role::Sdr, Role::View].map(|role| key_of(&self.people, role));
        println!(
            "\nPaste this line into another terminal, and then the calls below or those of README.md:\n"
        );
        println!(
            "  base={}/api/v2 owner={owner} sdr={sdr} view={view} stranger={}\n",
            self.base_url, self.stranger.api_key
        );
        println!("  curl $base/me -H \"Authorization: Bearer $sdr\"");
        println!("  curl $base/campaigns -H \"Authorization: Bearer $sdr\"");
        println!("  curl $base/campaigns -H \"Authorization: Bearer $view\" -d '{{\"name\": \"Refused\"}}'");
        println!("\nEverything is gone when the demo ends (Ctrl-C).");
    }
}
