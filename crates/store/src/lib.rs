#![doc = include_str!("../README.md")]

mod articles;
mod comments;
mod connection;
mod decisions;
mod error;
mod file;
mod published;
mod schema;
mod secret;
mod store;
mod url;
mod work;
mod writer;

pub use articles::{CatalogueChange, CatalogueEntry, CatalogueRow, Departures};
pub use comments::{CommentDetail, Receipt};
pub use decisions::Decided;
pub use error::StoreError;
pub use published::RecentComment;
pub use store::Store;
pub use url::{StoreUrl, StoreUrlError};
pub use work::Work;
