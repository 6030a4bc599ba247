use ardoise_model::CommentId;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// What can go wrong in the store. A caller tells "try again later" ([`StoreError::Unavailable`]) from the rest.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, is locked, full or read-only. Nothing was written; later it may work.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The database answered with something that the program did not expect.
    #[error("the database refused a query")]
    Query(#[source] DieselError),
    /// A row holds what this version cannot read.
    #[error("the database holds {0}; was it written by a newer version?")]
    Unreadable(String),
    /// There is no database at the URL, or one without any table of ours.
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
    /// The schema is no version's.
    #[error(
        "the database's tables are not those of this version, though its migrations say so: {0} is missing. A version that was never \
         released made it; restore a backup, or begin with a new database"
    )]
    WrongSchema(String),
    /// The rules, or something else that looked at a submission, panicked: a fault of ours. Nothing of that submission was kept.
    #[error("a fault of Ardoise's: it panicked over a submission, of which nothing was kept; the log has the panic")]
    Panicked,
    /// The schema could not be brought up to date.
    #[error("the database could not be brought to this version's schema: {0}")]
    Migration(String),
    /// The PostgreSQL database has another encoding than UTF-8, so that it refuses, or damages, what readers write.
    #[error(
        "the database's encoding is {0}, and Ardoise needs UTF8; make another database: \
         CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0"
    )]
    Encoding(String),
    /// Another process has taken over what this one was allowed to do alone.
    #[error("another process leads now")]
    LeaseLost,
    /// Rows of work speak of another published tree now.
    #[error(
        "the published tree was moved, or another process publishes this database to another folder: let there be one [publish] to for \
         each database. Nothing is lost; the next run compares every file"
    )]
    OtherTree,
    /// No comment has this id.
    #[error("there is no comment {0:?}")]
    NoSuchComment(String),
    /// A comment whose text is gone: its author, or the time, has taken it.
    #[error("comment {0} is empty: its author withdrew it, or it was erased; nothing can be decided about it any more")]
    Erased(CommentId),
    /// More than one comment's id begins like this.
    #[error("{count} comments begin with {prefix}; give more of the id")]
    Ambiguous {
        /// What was given.
        prefix: String,
        /// How many it means.
        count: usize,
    },
    /// A site is to be copied to where another one is.
    #[error("the database that is copied to has {0} comments already; name one without comments")]
    NotEmpty(u64),
    /// A copy is not what was copied.
    #[error("the copy's table {0} is not what the original holds; do not use the copy")]
    CopyDiffers(&'static str),
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        use DatabaseErrorKind::{ClosedConnection, ReadOnlyTransaction, SerializationFailure, UnableToSendCommand, Unknown};
        match error {
            DieselError::DatabaseError(Unknown, ref information) if is_fault(information.message()) => Self::Query(error),
            // SQLite reports locks, a full disk, a missing right and a failing one under `Unknown`.
            DieselError::DatabaseError(
                Unknown | ClosedConnection | ReadOnlyTransaction | SerializationFailure | UnableToSendCommand,
                ref information,
            ) => Self::Unavailable(information.message().to_owned()),
            // Something failed in it before, and said so then.
            DieselError::BrokenTransactionManager | DieselError::RollbackErrorOnCommit { .. } => {
                Self::Unavailable("the connection was lost in the middle of a transaction".to_owned())
            }
            other => Self::Query(other),
        }
    }
}

/// Whether the database does not understand a query: its schema is another one, or the query is wrong. Waiting does not mend that. Both
/// databases report it under the same kind as a full disk, so it is known by its words; those of a server in another language are taken
/// for the latter.
fn is_fault(message: &str) -> bool {
    let is_lost = message.contains("prepared statement");
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    !is_lost && says(&["no such column", "no such table", "has no column named", "does not exist", "syntax error", "SQL logic error"])
}

impl From<r2d2::Error> for StoreError {
    fn from(error: r2d2::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}
