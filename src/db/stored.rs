//! The one description of a record that has a table of its own. From it follow the reading, the statements
//! that find, list, insert and update the record, and the columns that access needs.

use super::{Record, Value};
use uuid::Uuid;

/// A record that has a table of its own. `stored!` implements this.
pub trait Stored: Record {
    const TABLE: Table;
    fn id(&self) -> Uuid;
    /// The values of a new row, after its workspace: the id, and then the columns that an insert writes.
    fn inserted(&self) -> Vec<Value>;
    /// The values of the columns in `Table::updated`.
    fn updated(&self) -> Vec<Value>;
    /// Every statement that follows from the description, with its columns filled in.
    fn statements() -> Vec<String> {
        let Table { find, own, list, ordered, insert, update, delete, updated, .. } = Self::TABLE;
        let set: Vec<_> = updated.iter().map(|column| format!("{column} = null")).collect();
        let filled = |text: &str| text.replace("{columns}", Self::COLUMNS).replace("{set}", &set.join(", "));
        [find, own, list, ordered, insert, update, delete].map(filled).to_vec()
    }
}

/// Where a record is stored, and its statements. `{here}` takes the workspace of the caller.
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
    /// Any number of records: the values of `Stored::inserted` fill `{rows}`.
    pub insert: &'static str,
    /// The columns of `updated` fill `{set}`.
    pub update: &'static str,
    pub delete: &'static str,
    pub updated: &'static [&'static str],
}

/// Describes a record that has a table of its own:
///
/// ```text
/// stored! { Lead: "leads" as "l" {
///     workspace organization;                           the field that holds `workspace_id`
///     key "email";                                      the column by which it is found, unless that is `id`
///     joins "left join ...";                            what reading it joins
///     where "l.removed_at is null";                     which rows can be found and listed
///     fixed timestamp_created;                          inserted, and never updated
///     columns status, campaign = "campaign_id";         inserted and updated
///     group person: Person { phone, website };          the same, as fields of a field
///     packed "settings" = Rest { schedule, sequences }; fields that share one JSON column, through the struct `Rest`
///     derived "search" = |lead| lead.search();          inserted and updated, but not read
///     secret "connection" = |lead| lead.sealed();       inserted, but neither read nor updated
///     read maker = "m.email";                           read, but not written
///     read_group engagement: Engagement { opens };      the same, as fields of a field; its other fields are the default
///     plain payload = None;                             not stored
///     placed "(select ...)" = Lead::place_senders;      read, and placed in the record by a function
///     finish Lead::with_payload;                        changes each record that was read
///     weight |lead| lead.payload.weight();              see `Record::weight`
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
    (finish $record:ident) => { Ok($record) };
    (finish $record:ident $finish:expr) => { Ok($finish($record)) };
    (
        $name:ident: $table:literal as $alias:literal {
            workspace $workspace:ident;
            $(key $key:literal;)?
            $(joins $joins:literal;)?
            $(where $where:literal;)?
            $(fixed $($fixed:ident $(= $fixed_column:literal)?),+;)?
            columns $($field:ident $(= $column:literal)?),+;
            $(group $group:ident: $group_type:ident { $($member:ident),+ };)?
            $(packed $packed:literal = $packed_type:ident { $($part:ident),+ };)?
            $(derived $($derived:literal = |$record:ident| $value:expr),+;)?
            $(secret $secret:literal = |$holder:ident| $hidden:expr;)?
            $(read $($read:ident = $expression:literal),+;)?
            $(read_group $read_group:ident: $read_type:ident { $($read_member:ident),+ };)?
            $(plain $($plain:ident = $default:expr),+;)?
            $(placed $($placed:literal = $place:expr),+;)?
            $(finish $finish:expr;)?
            $(weight |$weighed:ident| $weight:expr;)?
        }
    ) => {
        impl $crate::db::Record for $name {
            const COLUMNS: &'static str = concat!(
                $alias, ".id, ", $alias, ".workspace_id"
                $($(, ", ", $alias, ".", $crate::db::stored!(@ $fixed $($fixed_column)?))+)?
                $(, ", ", $alias, ".", $crate::db::stored!(@ $field $($column)?))+
                $($(, ", ", $alias, ".", stringify!($member))+)?
                $(, ", ", $alias, ".", $packed)?
                $($(, ", ", $expression)+)?
                $($(, ", ", $alias, ".", stringify!($read_member))+)?
                $($(, ", ", $placed)+)?
            );
            fn read(row: &mut $crate::db::Row) -> $crate::error::Result<Self> {
                let (id, $workspace) = (row.take()?, row.take()?);
                $($(let $fixed = row.field()?;)+)?
                $(let $field = row.field()?;)+
                $(let $group = $group_type { $($member: row.field()?),+ };)?
                $(let $crate::db::Json($packed_type { $($part),+ }) = row.take()?;)?
                $($(let $read = row.field()?;)+)?
                $(let $read_group = $read_type { $($read_member: row.field()?,)+ ..Default::default() };)?
                let record = Self {
                    id, $workspace, $($($fixed,)+)? $($field,)+ $($group,)? $($($part,)+)? $($($read,)+)?
                    $($read_group,)? $($($plain: $default,)+)?
                };
                $(
                    let mut record = record;
                    $($place(&mut record, row.take()?)?;)+
                )?
                $crate::db::stored!(finish record $($finish)?)
            }
            $(fn weight(&self) -> usize {
                (|$weighed: &Self| $weight)(self)
            })?
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
                insert: concat!(
                    "insert into ", $table, " (workspace_id, id"
                    $($(, ", ", $crate::db::stored!(@ $fixed $($fixed_column)?))+)?
                    $(, ", ", $secret)?
                    $(, ", ", $crate::db::stored!(@ $field $($column)?))+
                    $($(, ", ", stringify!($member))+)?
                    $(, ", ", $packed)?
                    $($(, ", ", $derived)+)?, ") values {rows}"
                ),
                update: concat!("update ", $table, " set {set} where workspace_id = {here} and id = $1"),
                delete: concat!("delete from ", $table, " where workspace_id = {here} and id = $1"),
                updated: &[
                    $($crate::db::stored!(@ $field $($column)?),)+
                    $($(stringify!($member),)+)?
                    $($packed,)?
                    $($($derived,)+)?
                ],
            };
            fn id(&self) -> uuid::Uuid {
                self.id
            }
            fn inserted(&self) -> Vec<$crate::db::Value> {
                use $crate::db::Field;
                let mut values = vec![
                    self.id.value(),
                    $($(self.$fixed.value(),)+)?
                    $((|$holder: &Self| $hidden)(self).value(),)?
                ];
                values.append(&mut $crate::db::Stored::updated(self));
                values
            }
            fn updated(&self) -> Vec<$crate::db::Value> {
                use $crate::db::Field;
                vec![
                    $(self.$field.value(),)+
                    $($(self.$group.$member.value(),)+)?
                    $($crate::db::Json::value(&$packed_type { $($part: self.$part.clone()),+ }).into(),)?
                    $($((|$record: &Self| $value)(self).value(),)+)?
                ]
            }
        }
    };
}
pub(crate) use stored;
