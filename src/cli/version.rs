//! The version of the program and of its database schema.

use super::out::Out;
use crate::db;
use crate::error::Result;
use serde_json::json;

const NUMBER: &str = env!("CARGO_PKG_VERSION");
/// Set by `make package`.
const COMMIT: Option<&str> = option_env!("GATEPOST_BUILD_COMMIT");

/// The version that `gatepost --version` prints.
pub fn text() -> String {
    let commit = COMMIT.map_or(String::new(), |commit| format!("commit         {commit}\n"));
    format!(
        "{NUMBER}\ndatabase schema {}\n{commit}SQLite         {}\nbuilt for      {}",
        db::newest(),
        db::sqlite_version(),
        target(),
    )
}

pub fn print(out: Out) -> Result<()> {
    let value = json!({
        "version": NUMBER, "schema": db::newest(), "commit": COMMIT, "sqlite": db::sqlite_version(),
        "target": target(),
    });
    out.say(&value, format_args!("gatepost {}", text()))
}

fn target() -> String {
    let kind = if cfg!(debug_assertions) { " (debug)" } else { "" };
    format!("{}-{}{kind}", std::env::consts::ARCH, std::env::consts::OS)
}
