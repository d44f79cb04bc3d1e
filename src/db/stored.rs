//! The one description of a record that has a table of its own. From it follow the reading, the statements
//! that find, list, insert and update the record, and the columns that access needs.

use super::{Record, Sql};

/// A record that has a table of its own. `stored!` implements this.
pub trait Stored: Record {
    const TABLE: Table;
    /// The text of the statement that inserts a record, made once.
    fn insert_text() -> &'static str;
    fn update_text() -> &'static str;
    /// Binds what `insert_text` writes.
    fn bind_insert(&self, sql: Sql) -> Sql;
    fn bind_update(&self, sql: Sql) -> Sql;
    /// Every statement that follows from the description.
    fn statements() -> Vec<String> {
        let Table { find, own, list, ordered, delete, .. } = Self::TABLE;
        let all = [find, own, list, ordered, delete, Self::insert_text(), Self::update_text()];
        all.map(|text| text.replace("{columns}", Self::COLUMNS)).to_vec()
    }
}

/// Where a record is stored, and the statements that read it. `{here}` takes the workspace of the caller.
pub struct Table {
    pub name: &'static str,
    /// The table with its alias.
    pub from: &'static str,
    pub id: &'static str,
    pub workspace: &'static str,
    /// By its key, with `{within}` after the columns.
    pub find: &'static str,
    /// By its id, whether the caller sees it or not.
    pub own: &'static str,
    /// A page of a list, newest first.
    pub list: &'static str,
    /// A page of a list in an `{order}` of its own.
    pub ordered: &'static str,
    pub delete: &'static str,
}

impl Table {
    /// The text that inserts a record: `$1` is the id, and the columns follow in their order.
    pub fn insert(table: &str, columns: &[&str]) -> String {
        let numbers = (2..columns.len() + 2).map(|number| format!(", ${number}"));
        format!(
            "insert into {table} (workspace_id, id, {}) values ({{here}}, $1{})",
            columns.join(", "),
            numbers.collect::<String>()
        )
    }

    /// The text that updates a record: `$1` is the id, and the columns follow in their order.
    pub fn update(table: &str, columns: &[&str]) -> String {
        let columns = columns.iter().zip(2..).map(|(column, number)| format!("{column} = ${number}"));
        let columns: Vec<String> = columns.collect();
        format!("update {table} set {} where workspace_id = {{here}} and id = $1", columns.join(", "))
    }
}

/// Describes a record that has a table of its own:
///
/// ```text
/// stored! { LeadList: "lead_lists" as "i" {
///     workspace organization_id;                        the field that holds `workspace_id`
///     key "email";                                      the column by which it is found, unless that is `id`
///     joins "left join ...";                            what reading it joins
///     where "i.removed_at is null";                     which rows can be found and listed
///     fixed timestamp_created;                          inserted, and never updated
///     columns name, owned_by, label = "column";         inserted and updated
///     derived "search" = |list| list.name.to_lowercase();    inserted and updated, but not read
///     read maker = "m.email";                           read, but not written
/// } }
/// ```
///
/// Every section except `workspace` and `columns` is optional. A field whose column has another name is
/// followed by `=` and that name.
macro_rules! stored {
    (@ $field:ident) => { stringify!($field) };
    (@ $field:ident $column:literal) => { $column };
    (key) => { "id" };
    (key $key:literal) => { $key };
    (
        $name:ident: $table:literal as $alias:literal {
            workspace $workspace:ident;
            $(key $key:literal;)?
            $(joins $joins:literal;)?
            $(where $where:literal;)?
            $(fixed $($fixed:ident $(= $fixed_column:literal)?),+;)?
            columns $($field:ident $(= $column:literal)?),+;
            $(derived $($derived:literal = |$record:ident| $value:expr),+;)?
            $(read $($read:ident = $expression:literal),+;)?
        }
    ) => {
        impl $crate::db::Record for $name {
            const COLUMNS: &'static str = concat!(
                $alias, ".id, ", $alias, ".workspace_id"
                $($(, ", ", $alias, ".", $crate::db::stored!(@ $fixed $($fixed_column)?))+)?
                $(, ", ", $alias, ".", $crate::db::stored!(@ $field $($column)?))+
                $($(, ", ", $expression)+)?
            );
            fn read(row: &mut $crate::db::Row) -> $crate::error::Result<Self> {
                Ok(Self {
                    id: row.take()?,
                    $workspace: row.take()?,
                    $($($fixed: row.field()?,)+)?
                    $($field: row.field()?,)+
                    $($($read: row.field()?,)+)?
                })
            }
        }

        impl $crate::db::Stored for $name {
            const TABLE: $crate::db::Table = $crate::db::Table {
                name: $table,
                from: concat!($table, " ", $alias),
                id: concat!($alias, ".id"),
                workspace: concat!($alias, ".workspace_id"),
                find: concat!(
                    "select {columns}, {within} from ", $table, " ", $alias, " " $(, $joins)?,
                    " where ", $alias, ".", $crate::db::stored!(key $($key)?), " = $1 and "
                    $(, $where, " and ")?, "{visible}"
                ),
                own: concat!(
                    "select {columns} from ", $table, " ", $alias, " " $(, $joins)?,
                    " where ", $alias, ".workspace_id = {here} and ", $alias, ".id = $1"
                ),
                list: concat!(
                    "select {columns} from ", $table, " ", $alias, " " $(, $joins)?,
                    " where ", $alias, ".id < $1 and " $(, $where, " and ")?, "{visible} {filters} order by ",
                    $alias, ".id desc limit $2"
                ),
                ordered: concat!(
                    "select {columns} from ", $table, " ", $alias, " " $(, $joins)?,
                    " where " $(, $where, " and ")?, "{visible} {filters} order by {order} limit $1"
                ),
                delete: concat!("delete from ", $table, " where workspace_id = {here} and id = $1"),
            };
            fn insert_text() -> &'static str {
                static TEXT: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
                    $crate::db::Table::insert($table, &[
                        $($($crate::db::stored!(@ $fixed $($fixed_column)?),)+)?
                        $($crate::db::stored!(@ $field $($column)?),)+
                        $($($derived,)+)?
                    ])
                });
                &TEXT
            }
            fn update_text() -> &'static str {
                static TEXT: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
                    $crate::db::Table::update($table, &[
                        $($crate::db::stored!(@ $field $($column)?),)+
                        $($($derived,)+)?
                    ])
                });
                &TEXT
            }
            fn bind_insert(&self, sql: $crate::db::Sql) -> $crate::db::Sql {
                use $crate::db::Field;
                sql.bind(self.id)
                    $($(.bind(self.$fixed.value()))+)?
                    $(.bind(self.$field.value()))+
                    $($(.bind((|$record: &Self| $value)(self)))+)?
            }
            fn bind_update(&self, sql: $crate::db::Sql) -> $crate::db::Sql {
                use $crate::db::Field;
                sql.bind(self.id)
                    $(.bind(self.$field.value()))+
                    $($(.bind((|$record: &Self| $value)(self)))+)?
            }
        }
    };
}
pub(crate) use stored;
