//! Everything about the database that does not concern one table: its location, connections, transactions, migrations, and the coordination of
//! processes by leases, wake-ups and locks.

pub(crate) mod about;
pub(crate) mod connection;
pub(crate) mod copy;
pub(crate) mod database;
pub(crate) mod diagnosis;
pub(crate) mod either;
pub(crate) mod file;
pub(crate) mod identity;
pub(crate) mod join_on_drop;
pub(crate) mod leases;
pub(crate) mod listening;
pub(crate) mod migrations;
pub(crate) mod permissions;
pub(crate) mod postgres;
pub(crate) mod presence;
pub(crate) mod schema_state;
pub(crate) mod sqlite;
pub(crate) mod store;
pub(crate) mod text_search;
pub(crate) mod tokens;
pub(crate) mod url;
pub(crate) mod wakeup;
pub(crate) mod wal;
pub(crate) mod writer;
