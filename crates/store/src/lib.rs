#![doc = include_str!("../README.md")]

mod about;
mod articles;
mod comments;
mod connection;
mod copy;
mod database;
mod decisions;
mod diagnosis;
mod either;
mod error;
mod file;
mod lead;
mod listening;
mod postgres;
mod published;
mod schema;
mod secret;
mod sqlite;
mod store;
mod url;
mod work;
mod writer;

pub use about::About;
pub use articles::{CatalogueChange, CatalogueEntry, CatalogueRow, Departures};
pub use comments::{CommentDetail, Receipt};
pub use copy::{Copied, copy};
pub use decisions::Decided;
pub use diagnosis::{Diagnosis, diagnose};
pub use error::StoreError;
pub use lead::Lead;
pub use listening::Listening;
pub use published::{CountChange, Latest, RecentComment, Thread};
pub use store::Store;
pub use url::{StoreUrl, StoreUrlError};
pub use work::Work;
