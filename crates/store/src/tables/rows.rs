//! How values of the model are read from columns. This is the only place that parses statuses, ids and ways of acting.
//!
//! The column types wrap the model's types, because diesel's traits can only be implemented for types of this crate.

use ardoise_model::{Actor, ArticlePath, Comment, CommentId, InvalidId, Status, Timestamp, Via};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::error::UnreadableValue;
use crate::schema::comments;

/// A status, as a column holds it.
#[derive(Debug, Clone, Copy, FromSqlRow)]
pub(crate) struct StatusColumn(pub(crate) Status);

impl<DB: Backend> FromSql<Text, DB> for StatusColumn
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, DB>>::from_sql(value)?;
        Ok(Self(text.parse().map_err(UnreadableValue)?))
    }
}

/// A way of acting, as a column holds it.
#[derive(Debug, Clone, Copy, FromSqlRow)]
pub(crate) struct ViaColumn(Via);

impl<DB: Backend> FromSql<Text, DB> for ViaColumn
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, DB>>::from_sql(value)?;
        Ok(Self(text.parse().map_err(UnreadableValue)?))
    }
}

/// A comment's id, as a column holds it.
#[derive(Debug, Clone, FromSqlRow)]
pub(crate) struct IdColumn(pub(crate) CommentId);

impl<DB: Backend> FromSql<Text, DB> for IdColumn
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, DB>>::from_sql(value)?;
        Ok(Self(text.parse().map_err(|error: InvalidId| UnreadableValue(error.to_string()))?))
    }
}

/// The columns `moderator` and `via`.
#[derive(Debug, Clone, Queryable)]
pub(crate) struct ActorRow {
    moderator: String,
    via: ViaColumn,
}

impl From<ActorRow> for Actor {
    fn from(row: ActorRow) -> Self {
        Self { moderator: row.moderator, via: row.via.0 }
    }
}

/// A comment without its article.
#[derive(Queryable, Selectable)]
#[diesel(table_name = comments)]
pub(crate) struct CommentRow {
    id: IdColumn,
    parent_id: Option<IdColumn>,
    status: StatusColumn,
    author: String,
    site: Option<String>,
    text: String,
    created_at: i64,
    by_owner: bool,
    layer: Option<String>,
}

impl CommentRow {
    pub(crate) fn into_comment(self, article: ArticlePath) -> Comment {
        Comment {
            id: self.id.0,
            article,
            parent: self.parent_id.map(|parent| parent.0),
            status: self.status.0,
            by_owner: self.by_owner,
            author: self.author,
            site: self.site,
            text: self.text,
            created_at: Timestamp(self.created_at),
            layer: self.layer,
        }
    }
}
