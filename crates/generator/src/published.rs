//! The files that readers fetch, byte for byte. One file per kind; their shape is described in docs/published-tree.schema.json.

pub(crate) mod article;
pub(crate) mod counts;
pub(crate) mod latest;
pub(crate) mod recent;

use ardoise_model::Comment;
use serde::Serialize;

/// Additions keep the version, anything else raises it.
pub(crate) const VERSION: u32 = 1;

/// An author as readers see him. His e-mail address has no place here.
#[derive(Serialize)]
pub(crate) struct Author<'a> {
    name: &'a str,
    site: Option<&'a str>,
}

impl<'a> From<&'a Comment> for Author<'a> {
    fn from(comment: &'a Comment) -> Self {
        Self { name: &comment.author, site: comment.site.as_deref() }
    }
}
