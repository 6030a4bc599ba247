#![doc = include_str!("../README.md")]

mod engine;
mod error;
mod operations;
mod schema;
mod tables;

pub use engine::about::About;
pub use engine::channels::Channels;
pub use engine::copy::{CopyReport, copy};
pub use engine::diagnosis::{Diagnosis, diagnose};
pub use engine::listening::Listener;
pub use engine::permissions::{Account, FileUse, PermissionProblem, database_obstacle, give_to_owner_of};
pub use engine::store::Store;
pub use engine::tokens::draw_tree_id;
pub use engine::url::{StoreUrl, StoreUrlError};
pub use error::StoreError;
pub use operations::author_changes::{AuthorClaim, AuthorOutcome};
pub use operations::decide::{DecideOutcome, Decided, DecisionRecord, SeenComment};
pub use operations::lead::{CatalogueLead, Lead};
pub use operations::lists::{ListSizes, Lists};
pub use operations::person::{Address, Person, PersonComment, PersonQuery};
pub use operations::published::{CountChange, Latest, RecentComment, Thread};
pub use operations::queue::{QueuePage, QueueQuery, QueuedComment, ThreadContext};
pub use operations::replay_samples::ReplaySample;
pub use operations::retention::{RetentionLimits, RetentionReport};
pub use operations::training_samples::TrainingSample;
pub use tables::articles::{CatalogueChange, CatalogueEntry, CatalogueRow, Departures};
pub use tables::bans::Ban;
pub use tables::comments::{CommentDetail, Receipt, SubmitOutcome};
pub use tables::edits::{Edit, Edited};
pub use tables::moderation_log::{Action, LogEntry, LogSubject};
pub use tables::outbox::{Backlog, Destination, Message};
pub use tables::secrets::Key;
pub use tables::sessions::Session;
pub use tables::subscribers::Subscriber;
pub use tables::work::Work;
