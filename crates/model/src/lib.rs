#![doc = include_str!("../README.md")]

mod actor;
mod article;
mod avatar;
mod comment;
mod decision;
mod draft;
mod fields;
mod markdown;
mod moderator;
mod origin;
mod path;
mod refusal;
mod replies;
mod rules;
mod thread;
mod time;
mod verdict;

pub use actor::{Actor, Via};
pub use article::Article;
pub use avatar::Avatar;
pub use comment::{Comment, CommentId, InvalidId, Status};
pub use decision::Decision;
pub use draft::{Draft, Submission};
pub use fields::checked_text;
pub use markdown::{preview, to_html};
pub use moderator::Moderator;
pub use origin::{Origin, OriginError};
pub use path::{ArticlePath, PathError};
pub use refusal::{Field, Refusal, Rule};
pub use replies::Replies;
pub use rules::{Facts, Policy, admit};
pub use thread::{Order, in_order};
pub use time::Timestamp;
pub use verdict::{Sender, Verdict};
