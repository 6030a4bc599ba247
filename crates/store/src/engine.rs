//! Everything about the database that does not concern one table: its location, connections, transactions, migrations, and the coordination of
//! processes by leases, wake-ups and locks.

pub(crate) mod about; // properties of a session, for `ardoise check`
pub(crate) mod connection;
pub(crate) mod consumers;
pub(crate) mod copy; // from one database to another
pub(crate) mod database;
pub(crate) mod diagnosis; // why a database cannot be used
pub(crate) mod either; // a connection to either database
pub(crate) mod file; // SQLite's file
pub(crate) mod identity; // the database's id and epoch
pub(crate) mod join_on_drop; // threads that end with their owner
pub(crate) mod leases; // which process may do what one process at a time does
pub(crate) mod listening; // calls after new work
pub(crate) mod migrations;
pub(crate) mod permissions;
#[cfg(not(feature = "postgres"))]
#[path = "engine/without_postgres.rs"]
pub(crate) mod postgres;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
pub(crate) mod presence; // whether the holder of a lease has ended
pub(crate) mod schema_state;
pub(crate) mod sqlite;
pub(crate) mod store;
pub(crate) mod text_search;
pub(crate) mod tokens; // random ids, tokens and keys
pub(crate) mod url;
pub(crate) mod wakeup; // what listeners wait for
pub(crate) mod wal; // SQLite's write-ahead log
pub(crate) mod writer; // group commit
