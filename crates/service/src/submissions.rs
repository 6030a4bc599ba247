//! Submissions from readers: decode, check, store, answer.

pub(crate) mod author_changes;
pub(crate) mod body;
pub(crate) mod comments;
pub(crate) mod decode;
pub(crate) mod error;
pub(crate) mod error_page;
pub(crate) mod field_names;
pub(crate) mod multipart;
pub(crate) mod preview;
pub(crate) mod problem;
pub(crate) mod response;
pub(crate) mod stacosys;
pub(crate) mod submit;
pub(crate) mod words;
