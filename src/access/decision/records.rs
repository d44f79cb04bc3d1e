//! Records of a workspace: found and listed as far as the caller sees them, and written in the workspace of the caller
//! only.

use super::{Can, Shape};
use crate::access::{Caller, Permission};
use crate::db::{Part, Source, Sql, Stored, Tx, Value, sql};
use crate::error::Result;
use crate::http::Paging;
use uuid::Uuid;

/// A record whose access is decided by facts about it.
pub trait Resource: Stored {
    const SHAPE: Shape;
}

impl Shape {
    /// The facts of a table whose records have none but their workspace.
    pub const fn of<T: Stored>() -> Shape {
        Shape::bare(T::TABLE.from, T::TABLE.id, T::TABLE.workspace)
    }
}

impl<P: Permission> Can<P> {
    /// The record with this key. It is a 404 if the caller does not see it, and a 403 if this action does not reach it.
    pub async fn find<T: Resource>(&self, from: impl Into<Source<'_>>, key: impl Into<Value>) -> Result<T> {
        let found = sql(T::TABLE.find)
            .bind(key)
            .fill("{within}", self.within(&T::SHAPE))
            .fill("{visible}", self.visible(&T::SHAPE))
            .optional(from);
        self.admit(found.await?)
    }

    /// A page of the records that the caller sees, newest first. `filters` writes further conditions, each after ` and `.
    pub fn list<T: Resource>(&self, paging: &Paging, filters: impl FnOnce(&mut Part)) -> Sql {
        sql(T::TABLE.list)
            .bind(paging.before())
            .bind(paging.limit())
            .fill("{visible}", self.visible(&T::SHAPE))
            .fill("{filters}", filters)
    }

    /// The same in another order. `filters` also says where the page begins.
    pub fn list_by<T: Resource>(
        &self,
        order: &'static str,
        limit: i64,
        filters: impl FnOnce(&mut Part),
    ) -> Sql {
        sql(T::TABLE.ordered)
            .bind(limit)
            .fill("{visible}", self.visible(&T::SHAPE))
            .fill("{filters}", filters)
            .fill_text("{order}", order)
    }
}

/// The rows of one statement: a power of two. The remaining rows go in smaller powers of two, so that the cache of
/// statements holds few variants.
const ROWS: usize = 64;

fn insert<T: Stored>(workspace: Uuid, records: &[T]) -> Sql {
    sql(T::TABLE.insert).here(workspace).rows(records, |record, out| {
        for value in record.inserted() {
            out.push(", ").bind(value);
        }
    })
}

impl Caller {
    /// A statement in the workspace of the caller, which `{here}` stands for. A resource gets its statements here or
    /// from `across`.
    pub fn sql(&self, text: &'static str) -> Sql {
        sql(text).here(self.workspace())
    }

    /// The record with this id in the workspace of the caller, whether the caller sees it or not.
    pub async fn own<T: Stored>(&self, from: impl Into<Source<'_>>, id: Uuid) -> Result<Option<T>> {
        self.sql(T::TABLE.own).bind(id).optional(from).await
    }

    pub async fn insert<T: Stored>(&self, tx: &mut Tx, record: &T) -> Result<u64> {
        insert(self.workspace(), std::slice::from_ref(record)).run(tx).await
    }

    /// Any number of records, in statements of at most 64 rows.
    pub async fn insert_all<T: Stored>(&self, tx: &mut Tx, mut records: &[T]) -> Result<()> {
        let mut rows = ROWS;
        while !records.is_empty() {
            while rows > records.len() {
                rows /= 2;
            }
            let (now, rest) = records.split_at(rows);
            insert(self.workspace(), now).run(&mut *tx).await?;
            records = rest;
        }
        Ok(())
    }

    pub async fn update<T: Stored>(&self, tx: &mut Tx, record: &T) -> Result<u64> {
        let set = |out: &mut Part| {
            for (at, (column, value)) in T::TABLE.updated.iter().zip(record.updated()).enumerate() {
                out.push(if at > 0 { ", " } else { "" }).push(column).push(" = ").bind(value);
            }
        };
        self.sql(T::TABLE.update).bind(record.id()).fill("{set}", set).run(tx).await
    }

    pub async fn delete<T: Stored>(&self, tx: &mut Tx, id: Uuid) -> Result<u64> {
        self.sql(T::TABLE.delete).bind(id).run(tx).await
    }
}

/// A statement that rightly reaches outside the workspace of a caller. The reason stands beside the statement.
pub fn across(_why: &'static str) -> Across {
    Across(())
}

/// What `across` permits.
#[derive(Clone, Copy)]
pub struct Across(());

impl Across {
    pub fn unfenced_sql(self, text: &'static str) -> Sql {
        sql(text)
    }

    pub async fn insert<T: Stored>(self, workspace: Uuid, tx: &mut Tx, record: &T) -> Result<u64> {
        insert(workspace, std::slice::from_ref(record)).run(tx).await
    }
}
