//! Starts a server with sample data: a workspace with a member of each role, campaigns, sending accounts,
//! leads and tags, and a second workspace. The members create everything through the API, so the audit log is
//! realistic.

use super::out::Out;
use super::scene::{PASSWORD, key_of, set_the_scene};
use super::{open, serve, serving};
use crate::access::Role;
use crate::app::{self, DemoPerson};
use crate::config::{Config, Sending};
use crate::error::{Error, Result};
use serde::Serialize;
use std::path::PathBuf;
use uuid::Uuid;

#[derive(clap::Args)]
pub struct Demo {}

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

/// The temporary folder, which is deleted when the demo ends.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

impl Demo {
    pub async fn run(&self, mut config: Config, out: Out) -> Result<()> {
        let stop = serve::told_to_stop()?;
        let listener = crate::http::listen(config.listen).await?;
        config.listen = listener.local_addr().map_err(Error::internal)?;
        let folder = std::env::temp_dir().join(format!("gatepost-demo-{}", std::process::id()));
        let _temporary = (config.data.is_none() && config.database.is_none()).then(|| {
            config.data = Some(folder.clone());
            Temporary(folder)
        });
        let _alone = serving::alone(&open::Place::of(&config)?)?;
        let app = open::any(&config).await?;
        serving::note(&app).await?;
        let cast = set_the_scene(&app, format!("http://{}", config.listen)).await?;
        out.say(&cast, cast.introduction())?;
        let app = app.demo(cast.on_the_page());
        // The accounts of the scene have no mail servers, so a demo sends nothing.
        serve::answer(app, (listener, None), Sending(None), stop).await
    }
}

impl Cast {
    /// The people, as the sign-in page offers them.
    fn on_the_page(&self) -> app::Demo {
        let person = |person: &Person| {
            let mut name = person.role.to_owned();
            name.get_mut(..1).map(str::make_ascii_uppercase);
            DemoPerson { name: format!("{name} Acme"), email: person.email.clone() }
        };
        app::Demo { people: self.people.iter().map(person).collect(), password: PASSWORD.to_owned() }
    }

    fn introduction(&self) -> String {
        let base = &self.base_url;
        let mut lines = vec![
            format!(
                "Open {base} and choose one of the people to sign in as. The API is documented at {base}/docs\n"
            ),
            format!("Workspace {} and its people, each with a personal API key:\n", self.workspace_id),
        ];
        let line = |role: &str, who: &str, key: &str| format!("  {role:8} {who:22} {key}");
        lines.extend(self.people.iter().map(|person| line(person.role, &person.email, &person.api_key)));
        lines.push(line("(key)", "of the workspace", &self.workspace_key));
        lines.push(line("stranger", &self.stranger.email, &self.stranger.api_key));
        let [owner, sdr, view] = [Role::Owner, Role::Sdr, Role::View].map(|role| key_of(&self.people, role));
        lines.push(
            "\nPaste this line into another terminal, and then the calls below or those of README.md:\n"
                .to_owned(),
        );
        lines.push(format!(
            "  base={base}/api/v2 owner={owner} sdr={sdr} view={view} stranger={}\n",
            self.stranger.api_key
        ));
        lines.push("  curl $base/me -H \"Authorization: Bearer $sdr\"".to_owned());
        lines.push("  curl $base/campaigns -H \"Authorization: Bearer $sdr\"".to_owned());
        lines.push(
            "  curl $base/campaigns -H \"Authorization: Bearer $view\" -d '{\"name\": \"Refused\"}'"
                .to_owned(),
        );
        lines.push("\nEverything is deleted when the demo ends (Ctrl-C).".to_owned());
        lines.join("\n")
    }
}
