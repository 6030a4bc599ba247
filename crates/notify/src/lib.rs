#![doc = include_str!("../README.md")]

mod decide;
mod deliver;
mod dispatcher;
mod external_call;
mod mail;
mod notifications;
mod owner_reply;
mod queue;
mod request;
mod signed;
mod texts;
mod webhook;

pub use decide::{CommandDecision, decide};
pub use dispatcher::Dispatcher;
pub use external_call::ExternalCall;
pub use mail::{Login, MailServer, Mailbox, Secret, Tls};
pub use notifications::{DispatchContext, MailTiming, Notifications, mail_sign_in};
pub use owner_reply::{OwnerReply, OwnerReplyError, publish_owner_reply};
pub use queue::DeliveryQueue;
pub use request::{RequestError, Response, request};
pub use signed::{BadLink, DecisionLink, Links, ReaderAction, ReaderLink};
pub use texts::Language;
pub use webhook::{Format, Webhook};
