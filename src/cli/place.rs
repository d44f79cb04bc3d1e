//! Where a command acts: on a server, with a key, or on the database, as the operator.

use super::remote::Remote;
use super::{open, workspace::exists};
use crate::app::App;
use crate::config::Config;
use crate::db::sql;
use crate::error::{Error, Result};
use uuid::Uuid;

#[derive(clap::Args)]
pub struct Place {
    /// The address of the server, or GATEPOST_HOST; the key is in GATEPOST_TOKEN. Not for `gatepost admin`
    #[arg(long, value_name = "URL")]
    host: Option<String>,
    /// The sub-workspace to act in. Not for `gatepost admin`
    #[arg(long, value_name = "ID")]
    as_workspace: Option<Uuid>,
    /// The workspace, for `gatepost admin`; needed if there are several
    #[arg(long, value_name = "ID")]
    workspace: Option<Uuid>,
}

/// Where a command acts.
pub enum Door {
    Remote(Remote),
    Here(Box<App>, Uuid),
}

impl Place {
    /// With a key, on a server.
    pub fn on_server(&self) -> Result<Door> {
        let unknown = || {
            Error::invalid(
                "give the address of the server with --host or GATEPOST_HOST, or use `gatepost admin` on the database",
            )
        };
        let host = self.host.clone().or_else(|| std::env::var("GATEPOST_HOST").ok()).ok_or_else(unknown)?;
        let token = std::env::var("GATEPOST_TOKEN")
            .map_err(|_| Error::invalid("set GATEPOST_TOKEN to an API key of the workspace"))?;
        Remote::new(&host, token.trim().to_owned(), self.as_workspace).map(Door::Remote)
    }

    /// As the operator, on the database.
    pub async fn here(&self, config: &Config) -> Result<Door> {
        let app = open::existing(config).await?;
        let workspace = match self.workspace {
            Some(workspace) => workspace,
            None => only(&app).await?,
        };
        exists(&app, workspace).await?;
        Ok(Door::Here(Box::new(app), workspace))
    }
}

/// The workspace, if there is exactly one.
async fn only(app: &App) -> Result<Uuid> {
    let all: Vec<Uuid> = sql("select id from workspaces order by id limit 2").all(&app.reader).await?;
    match all.as_slice() {
        [one] => Ok(*one),
        _ => Err(Error::invalid(
            "name the workspace with --workspace; `gatepost admin workspace list` lists them",
        )),
    }
}
