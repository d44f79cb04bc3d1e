//! Backup and restore.

use super::open::{DATABASE, Place, create_folder};
use super::out::Out;
use super::secret::{fingerprint, kept};
use crate::config::Config;
use crate::db::{self, Reader, file, sql};
use crate::error::{Error, Result};
use crate::time::Time;
use serde_json::json;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub struct Backup {
    /// The new file; it must not exist yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(clap::Args)]
pub struct Restore {
    /// A copy that `gatepost admin backup` made
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Replace the existing database, and keep it under another name
    #[arg(long)]
    replace: bool,
}

/// Facts about a database.
struct Contents {
    workspaces: i64,
    latest: Option<Time>,
}

impl Backup {
    pub async fn run(&self, config: &Config, out: Out) -> Result<()> {
        let database = sqlite(config, "pg_dump --format=custom --file=FILE")?.join(DATABASE);
        if !database.is_file() {
            return Err(Error::invalid(format!("there is no database in {}", database.display())));
        }
        if self.file.exists() {
            return Err(Error::invalid(format!(
                "{} exists already; choose another name",
                self.file.display()
            )));
        }
        let partial = beside(&self.file, "partial");
        let _left_behind = std::fs::remove_file(&partial);
        file::copy(&database, &partial, &mut progress())?;
        file::put(&partial, &self.file)?;
        let contents = contents(&look(&self.file).await?).await?;
        let text = format!(
            "{}: {}\nThe secret key is not in this file. Keep it too, in another place ({} or GATEPOST_SECRET_KEY).",
            self.file.display(),
            contents.told(),
            database.with_file_name("secret.key").display()
        );
        out.say(&contents.json(&self.file, None), text)
    }
}

impl Restore {
    pub async fn run(&self, config: &Config, out: Out) -> Result<()> {
        let folder = sqlite(config, "pg_restore --clean --if-exists --dbname=URL FILE")?;
        if !self.file.is_file() {
            return Err(Error::invalid(format!("the file {} does not exist", self.file.display())));
        }
        file::check(&self.file)?;
        let reader = look(&self.file).await?;
        is_ours(&reader, config, &folder).await?;
        let contents = contents(&reader).await?;
        let (database, fresh) = (folder.join(DATABASE), folder.join("gatepost.db.restoring"));
        let _held = self.make_way(&database)?;
        create_folder(&folder)?;
        let _left_behind = std::fs::remove_file(&fresh);
        file::copy(&self.file, &fresh, &mut progress())?;
        let aside =
            (1..).map(|n| beside(&database, &format!("before-restore-{n}"))).find(|path| !path.exists());
        let aside = aside.ok_or_else(|| Error::internal("no name is left"))?;
        file::replace(&database, &fresh, &aside)?;
        let aside = aside.exists().then_some(aside);
        let kept = aside.iter().map(|aside| format!("The former database is kept as {}.\n", aside.display()));
        let text = format!(
            "{}: {}\n{}Changes made after the copy are gone: keys that were revoked and members who were removed \
             since then have access again. Revoke and remove them before you start the server for others.",
            database.display(),
            contents.told(),
            kept.collect::<String>()
        );
        out.say(&contents.json(&database, aside.as_deref()), text)
    }

    /// Ensures that no process uses the existing database, and that none can open it until the copy has
    /// replaced it.
    fn make_way(&self, database: &Path) -> Result<Option<file::Held>> {
        if !database.exists() {
            return Ok(None);
        }
        if !self.replace {
            let is_there =
                format!("{} exists already; --replace keeps it under another name", database.display());
            return Err(Error::invalid(is_there));
        }
        file::hold(database).map(Some)
    }
}

/// The data folder. With PostgreSQL, an error that names PostgreSQL's own tool.
fn sqlite(config: &Config, tool: &str) -> Result<PathBuf> {
    match Place::of(config)? {
        Place::Sqlite(folder) => Ok(folder),
        Place::Postgres(_) => Err(Error::invalid(format!(
            "this command is for SQLite. Use PostgreSQL's own tools: `{tool}`, or continuous archiving. Keep the \
             secret key too, in another place"
        ))),
    }
}

fn beside(file: &Path, what: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{what}"));
    file.with_file_name(name)
}

async fn look(file: &Path) -> Result<Reader> {
    db::look(&format!("sqlite:{}", file.display())).await
}

/// Checks that this or an older version of Gatepost made the copy, with the key of this folder.
async fn is_ours(reader: &Reader, config: &Config, folder: &Path) -> Result<()> {
    let version = sql("select max(version) from migrations").optional::<Option<i64>>(reader).await;
    let version = version.map_err(|_| Error::invalid("this file is not a database of Gatepost"))?.flatten();
    if version > Some(db::newest()) {
        return Err(Error::invalid(
            "a newer Gatepost made this copy; restore it with that version or a newer one",
        ));
    }
    let made_with =
        sql("select value from server where name = 'secret key'").optional::<String>(reader).await?;
    let here = kept(config, folder)?.ok_or_else(|| {
        Error::invalid(format!(
            "first put the secret key that belongs to the copy in {} (mode 0600), or set GATEPOST_SECRET_KEY",
            folder.join("secret.key").display()
        ))
    })?;
    match made_with == Some(fingerprint(&here)) {
        true => Ok(()),
        false => Err(Error::invalid("this copy was made with another secret key")),
    }
}

async fn contents(reader: &Reader) -> Result<Contents> {
    let workspaces = sql("select count(*) from workspaces").optional(reader).await?.unwrap_or(0);
    // The index begins with the workspace, so the newest row is read for each workspace.
    let latest = sql("select max(newest) from (select (select max(l.at) from audit_log l \
         where l.workspace_id = w.id) as newest from workspaces w) as newest_of_each");
    Ok(Contents { workspaces, latest: latest.optional::<Option<Time>>(reader).await?.flatten() })
}

impl Contents {
    fn json(&self, file: &Path, aside: Option<&Path>) -> serde_json::Value {
        json!({ "file": file, "workspaces": self.workspaces, "last_change": self.latest, "kept_as": aside })
    }

    fn told(&self) -> String {
        let latest = self.latest.map_or("nothing recorded yet".to_owned(), |at| format!("last change {at}"));
        match self.workspaces {
            1 => format!("1 workspace, {latest}"),
            more => format!("{more} workspaces, {latest}"),
        }
    }
}

/// Shows the progress on a terminal, in one line that is overwritten.
fn progress() -> impl FnMut(i32) {
    let (shown, mut last) = (std::io::stderr().is_terminal(), 0);
    move |percent| {
        if shown && percent != last {
            last = percent;
            let end = if percent == 100 { "\n" } else { "" };
            let _unseen = write!(std::io::stderr(), "\r{percent:3} %{end}");
        }
    }
}
