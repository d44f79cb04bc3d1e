//! A copy of everything, and the way back.

use super::open::{DATABASE, Place, create_folder, fingerprint, kept_key};
use crate::config::Config;
use crate::db::{self, Reader, Time, file, sql};
use crate::error::{Error, Result};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub struct Backup {
    /// Where the copy goes; it must not be there yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(clap::Args)]
pub struct Restore {
    /// A copy that `gatepost backup` made
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Put it in the place of the database that is there, which is kept beside it
    #[arg(long)]
    replace: bool,
}

/// What a database says of itself.
struct Contents {
    workspaces: i64,
    latest: Option<Time>,
}

impl Backup {
    pub async fn run(&self, config: &Config) -> Result<()> {
        let database = sqlite(config, "pg_dump --format=custom --file=FILE")?.join(DATABASE);
        if !database.is_file() {
            return Err(Error::invalid(format!("there is no database in {}", database.display())));
        }
        if self.file.exists() {
            return Err(Error::invalid(format!("{} is there already; name another", self.file.display())));
        }
        let partial = beside(&self.file, "partial");
        let _left_behind = std::fs::remove_file(&partial);
        file::copy(&database, &partial, &mut progress())?;
        file::put(&partial, &self.file)?;
        let contents = contents(&look(&self.file)?).await?;
        println!("{}: {}", self.file.display(), contents.told());
        println!(
            "The secret key is not in it: keep that too, in another place ({} or the setting secret-key).",
            database.with_file_name("secret.key").display()
        );
        Ok(())
    }
}

impl Restore {
    pub async fn run(&self, config: &Config) -> Result<()> {
        let folder = sqlite(config, "pg_restore --clean --if-exists --dbname=URL FILE")?;
        if !self.file.is_file() {
            return Err(Error::invalid(format!("{} is not there", self.file.display())));
        }
        file::check(&self.file)?;
        let reader = look(&self.file)?;
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
        println!("{}: {}", database.display(), contents.told());
        if aside.exists() {
            println!("What was there before is kept as {}.", aside.display());
        }
        println!(
            "Whatever was changed after that is as it was: keys that were revoked and members who were removed \
             since then are there again. See to them before you start the server for others."
        );
        Ok(())
    }

    /// Nobody has the database that is there, and nobody gets it before the other one is in its place.
    fn make_way(&self, database: &Path) -> Result<Option<file::Held>> {
        if !database.exists() {
            return Ok(None);
        }
        if !self.replace {
            let is_there = format!("{} is there already; --replace puts it aside", database.display());
            return Err(Error::invalid(is_there));
        }
        file::hold(database).map(Some)
    }
}

/// The data folder, or how PostgreSQL's own tool does it.
fn sqlite(config: &Config, tool: &str) -> Result<PathBuf> {
    match Place::of(config)? {
        Place::Sqlite(folder) => Ok(folder),
        Place::Postgres(_) => Err(Error::invalid(format!(
            "this command is for SQLite. A PostgreSQL database has better tools of its own: `{tool}`, or its \
             continuous archiving; keep the secret key too, in another place"
        ))),
    }
}

fn beside(file: &Path, what: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{what}"));
    file.with_file_name(name)
}

fn look(file: &Path) -> Result<Reader> {
    db::look(&format!("sqlite:{}", file.display()))
}

/// Made by a Gatepost, not by a newer one, and with the key that is here.
async fn is_ours(reader: &Reader, config: &Config, folder: &Path) -> Result<()> {
    let version = sql("select max(version) from migrations").optional::<Option<i64>>(reader).await;
    let version = version.map_err(|_| Error::invalid("that is no database of Gatepost"))?.flatten();
    if version > Some(db::newest()) {
        return Err(Error::invalid("a newer Gatepost made that; restore it with that one, or a newer one"));
    }
    let made_with =
        sql("select value from server where name = 'secret key'").optional::<String>(reader).await?;
    let here = kept_key(config, folder)?.ok_or_else(|| {
        Error::invalid(format!(
            "put the secret key that belongs to the copy in {} first (mode 0600), or set secret-key",
            folder.join("secret.key").display()
        ))
    })?;
    match made_with == Some(fingerprint(&here)) {
        true => Ok(()),
        false => Err(Error::invalid("that was made with another secret key than the one that is here")),
    }
}

async fn contents(reader: &Reader) -> Result<Contents> {
    let workspaces = sql("select count(*) from workspaces").optional(reader).await?.unwrap_or(0);
    // An index leads with the workspace, so the newest row is asked of each.
    let latest = sql("select max(newest) from (select (select max(l.at) from audit_log l \
         where l.workspace_id = w.id) as newest from workspaces w) as newest_of_each");
    Ok(Contents { workspaces, latest: latest.optional::<Option<Time>>(reader).await?.flatten() })
}

impl Contents {
    fn told(&self) -> String {
        let latest = self.latest.map_or("nothing recorded yet".to_owned(), |at| format!("last change {at}"));
        match self.workspaces {
            1 => format!("1 workspace, {latest}"),
            more => format!("{more} workspaces, {latest}"),
        }
    }
}

/// On a terminal, one line that is written over.
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
