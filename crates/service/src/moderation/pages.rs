//! Whole pages, and the forms of the sign-in and the sessions page.

pub(crate) mod comment;
pub(crate) mod history;
pub(crate) mod queue;
pub(crate) mod sessions;
pub(crate) mod sign_in;
