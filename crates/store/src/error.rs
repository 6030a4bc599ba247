use ardoise_model::CommentId;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::engine::url::StoreUrlError;

/// An error of the store. Callers tell [`StoreError::Unavailable`], after which a retry may succeed, from the others.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, or is locked, full or read-only. Nothing was written; a retry may succeed.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The database reported an error that the program does not expect.
    #[error("the database refused a query")]
    Query(#[source] DieselError),
    /// A row holds a value that this version cannot read.
    #[error("the database holds {0}; was it written by a newer version?")]
    Unreadable(String),
    /// There is no database at the URL, or a database without any table of Ardoise.
    #[error(
        "there is no database yet: `ardoise serve` makes one at its first start, and so does `ardoise migrate`. If there should be one, \
         correct [store] url"
    )]
    NoDatabase,
    /// The schema is an older version's.
    #[error("the database has an older version's tables: stop `ardoise serve`, make a backup, and run `ardoise migrate`")]
    OlderSchema,
    /// The schema is a newer version's.
    #[error("a newer version of Ardoise has changed the database's tables (migration {0}): run that version, or restore a backup")]
    NewerSchema(String),
    /// The schema has this version's migrations, but not its columns.
    #[error(
        "the database's tables are not those of this version, though its migrations say so: {0} is missing. A version that was never \
         released made it; restore a backup, or begin with a new database"
    )]
    WrongSchema(String),
    /// The rules, or other code that checks a submission, panicked, which is a bug. Nothing of the submission was stored.
    #[error("a bug in Ardoise: it panicked over a submission, of which nothing was stored; the log has the panic")]
    Panicked,
    /// A migration failed.
    #[error("the database could not be brought to this version's schema: {0}")]
    Migration(String),
    /// The PostgreSQL database has another encoding than UTF-8, so that it refuses or damages texts.
    #[error(
        "the database's encoding is {0}, and Ardoise needs UTF8; make another database: \
         CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0"
    )]
    Encoding(String),
    /// This program cannot use the database that the URL names.
    #[error(transparent)]
    Url(#[from] StoreUrlError),
    /// Another process has taken this process's lease.
    #[error("another process has taken over the lead")]
    LeaseLost,
    /// Rows of work belong to another published tree.
    #[error(
        "the published tree was moved, or another process publishes this database to another folder: let there be one [publish] to for \
         each database. Nothing is lost; the next run compares every file"
    )]
    OtherTree,
    /// No comment has this id.
    #[error("there is no comment {0:?}")]
    NoSuchComment(String),
    /// The comment's text was erased: by its author, for a person, or by retention.
    #[error("comment {0} is empty: its author withdrew it, or it was erased; nothing can be decided about it any more")]
    Erased(CommentId),
    /// The ids of several comments begin with the prefix.
    #[error("{count} comments begin with {prefix}; give more of the id")]
    Ambiguous {
        /// The prefix that was given.
        prefix: String,
        /// The number of comments.
        count: usize,
    },
    /// The target of a copy holds comments.
    #[error("the database that is copied to has {0} comments already; name one without comments")]
    NotEmpty(u64),
    /// A table of the copy differs from the original.
    #[error("the copy's table {0} is not what the original holds; do not use the copy")]
    CopyDiffers(&'static str),
}

/// Why a database cannot be used. Each message says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Diagnosis {
    /// The URL is wrong: its host, database or folder does not exist, or a parameter is misspelt.
    #[error("{0}; correct [store] url")]
    Url(String),
    /// The server does not answer.
    #[error("{0}; is the server running, and does it let this machine in?")]
    Unreachable(String),
    /// The server answers and refuses the connection.
    #[error("{0}")]
    Refused(String),
    /// The connection works, but the role lacks a permission that Ardoise needs.
    #[error("{0}")]
    Permission(String),
}

/// A column's value that this version cannot read. diesel carries it from the column's type to [`StoreError::Unreadable`].
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct UnreadableValue(pub(crate) String);

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        use DatabaseErrorKind::{ClosedConnection, ReadOnlyTransaction, SerializationFailure, UnableToSendCommand, Unknown};
        match error {
            DieselError::DatabaseError(Unknown, ref information) if is_wrong_query(information.message()) => Self::Query(error),
            // SQLite reports locks, a full disk, a missing permission and a failing disk as `Unknown`.
            DieselError::DatabaseError(
                Unknown | ClosedConnection | ReadOnlyTransaction | SerializationFailure | UnableToSendCommand,
                ref information,
            ) => Self::Unavailable(information.message().to_owned()),
            // An earlier query of the transaction failed, and its error was returned.
            DieselError::BrokenTransactionManager | DieselError::RollbackErrorOnCommit { .. } => {
                Self::Unavailable("the connection was lost in the middle of a transaction".to_owned())
            }
            DieselError::DeserializationError(ref cause) => match unreadable_value(&**cause) {
                Some(value) => Self::Unreadable(value),
                None => Self::Query(error),
            },
            other => Self::Query(other),
        }
    }
}

/// Finds the [`UnreadableValue`] among an error and its causes.
fn unreadable_value(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    causes.find_map(|cause| cause.downcast_ref::<UnreadableValue>()).map(|value| value.0.clone())
}

/// Whether the database does not understand a query, because its schema is another version's or the query is wrong. A retry does not help
/// then. Both databases report this under the same kind as a full disk, so it is recognised by its words. The message of a server in
/// another language is not recognised, and counts as unavailability.
fn is_wrong_query(message: &str) -> bool {
    let is_lost_statement = message.contains("prepared statement");
    let contains_any = |words: &[&str]| words.iter().any(|word| message.contains(word));
    !is_lost_statement
        && contains_any(&["no such column", "no such table", "has no column named", "does not exist", "syntax error", "SQL logic error"])
}

impl From<r2d2::Error> for StoreError {
    fn from(error: r2d2::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}
