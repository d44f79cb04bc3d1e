//! Finds the resources and the migrations in the source tree, so that nobody keeps a list of them by hand.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("resources.rs"), resources()?)?;
    fs::write(Path::new(&out).join("migrations.rs"), migrations()?)
}

fn read(path: &str) -> io::Result<String> {
    println!("cargo::rerun-if-changed={path}");
    fs::read_to_string(path)
}

/// The operations, the shapes and the statements of the modules in `src/resources/mod.rs`. A module has operations if it
/// has a `routes.rs`, pages if it says `pub use pages::pages;`, and records that can be asked about if it has a public `SHAPE`. `stored!` describes a record.
fn resources() -> io::Result<String> {
    let (mut operations, mut shapes, mut statements) = (String::new(), String::new(), String::new());
    let mut pages = String::new();
    let list = read("src/resources/mod.rs")?;
    for name in list.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')) {
        let module = read(&format!("src/resources/{name}/mod.rs"))?;
        if Path::new(&format!("src/resources/{name}/routes.rs")).exists() {
            let _written = write!(operations, "\n        {name}::operations(),");
        }
        if module.lines().any(|line| line.starts_with("pub use") && line.ends_with("::pages;")) {
            let _written = write!(pages, "\n        {name}::pages(),");
        }
        let is_shape = |line: &str| {
            line.starts_with("pub const SHAPE: Shape") || line.contains("pub use") && line.contains("SHAPE")
        };
        if module.lines().any(is_shape) {
            let _written = write!(shapes, "\n        \"{name}\" => Some(&{name}::SHAPE),");
        }
        for record in records(name)? {
            let _written = write!(statements, "\n        {name}::{record}::statements(),");
        }
    }
    Ok(format!(
        "/// The operations of all resources.\n\
         pub fn all_operations() -> Vec<Operation> {{\n    [{operations}\n    ].into_iter().flatten().collect()\n}}\n\n\
         /// The pages of all resources.\n\
         pub fn pages() -> Vec<crate::web::Pages> {{\n    vec![{pages}\n    ]\n}}\n\n\
         /// Where the records of a resource are stored, for resources that have records.\n\
         pub fn shape(resource: &str) -> Option<&'static Shape> {{\n    match resource {{{shapes}\n        \
         _ => None,\n    }}\n}}\n\n\
         /// The statements that follow from the records which `stored!` describes.\n\
         pub fn statements() -> Vec<Vec<String>> {{\n    vec![{statements}\n    ]\n}}\n"
    ))
}

/// The records that a resource describes by `stored!`.
fn records(resource: &str) -> io::Result<Vec<String>> {
    let mut files: Vec<_> = fs::read_dir(format!("src/resources/{resource}"))?
        .map(|entry| Ok(entry?.path().display().to_string()))
        .collect::<io::Result<_>>()?;
    files.sort_unstable();
    let mut records = Vec::new();
    for file in files.iter().filter(|file| file.ends_with(".rs")) {
        let source = read(file)?;
        let described = source.lines().filter_map(|line| line.strip_prefix("stored! { ")?.split_once(':'));
        records.extend(described.map(|(record, _)| record.to_owned()));
    }
    Ok(records)
}

/// `0004_clustered_keys.sqlite.sql` is for SQLite only, `0001_init.sql` for both engines.
fn migrations() -> io::Result<String> {
    println!("cargo::rerun-if-changed=migrations");
    let names =
        fs::read_dir("migrations")?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names: Vec<String> = names.collect::<io::Result<_>>()?;
    names.sort_unstable();
    let mut all = String::new();
    let mut seen = std::collections::BTreeSet::new();
    for name in names.iter().filter(|name| name.ends_with(".sql")) {
        let wrong = || io::Error::other(format!("migrations/{name} must begin with its number and `_`"));
        let number = name.split_once('_').and_then(|(number, _)| number.parse::<u32>().ok());
        let number = number.ok_or_else(wrong)?;
        let engine = match name.trim_end_matches(".sql").rsplit_once('.') {
            None => "Both",
            Some((_, "sqlite")) => "Sqlite",
            Some((_, "postgres")) => "Postgres",
            Some(_) => return Err(io::Error::other(format!("migrations/{name} names an unknown engine"))),
        };
        for one in ["Sqlite", "Postgres"].into_iter().filter(|one| ["Both", one].contains(&engine)) {
            if !seen.insert((number, one)) {
                return Err(io::Error::other(format!("migrations/{name}: another file has this number")));
            }
        }
        // The folder is named when it is compiled: the checkout may have been moved since this was written.
        let text = format!("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/migrations/{name}\"))");
        let _written = writeln!(
            all,
            "Migration {{ version: {number}, name: {name:?}, engine: Engine::{engine}, text: {text} }},"
        );
    }
    Ok(format!("&[\n{all}]"))
}
