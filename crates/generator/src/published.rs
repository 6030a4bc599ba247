//! The content of the files that readers fetch, one module per kind. Their shapes are described in docs/published-tree.schema.json.

pub(crate) mod article;
pub(crate) mod atom;
pub(crate) mod challenge;
pub(crate) mod counts;
pub(crate) mod json_feed;
pub(crate) mod latest;
pub(crate) mod recent;

use ardoise_model::{Avatar, Comment, catch_panic};
use serde::{Serialize, Serializer};

use crate::Settings;

/// The version of the files' shapes. Additions keep the version; any other change raises it.
pub(crate) const VERSION: u32 = 1;

/// A comment with its text as HTML, rendered once for all files that show it.
pub(crate) struct Rendered<'a> {
    pub(crate) comment: &'a Comment,
    /// The article's title; empty if the site has no catalogue.
    pub(crate) title: &'a str,
    pub(crate) html: String,
}

impl<'a> Rendered<'a> {
    /// Returns `None` if the comment cannot be rendered.
    pub(crate) fn new(comment: &'a Comment, title: &'a str, settings: &Settings) -> Option<Self> {
        let html = (settings.renderer)(&comment.text).ok()?;
        // The other values that are computed from the reader's input.
        catch_panic(|| Avatar::of(&comment.author, comment.site.as_deref()).path + &comment.created_at.to_string()).ok()?;
        Some(Self { comment, title, html })
    }

    /// Returns the entry's title in feeds of the whole site.
    pub(crate) fn heading(&self) -> String {
        let title = if self.title.is_empty() { self.comment.article.as_str() } else { self.title };
        format!("{} · {title}", self.comment.author)
    }

    /// Returns the URL of the comment on the article's page.
    pub(crate) fn url(&self, settings: &Settings) -> String {
        format!("{}{}#comment-{}", settings.origin, self.comment.article.to_url_path(), self.comment.id)
    }
}

/// An author as shown to readers. The e-mail address is never published.
#[derive(Serialize)]
pub(crate) struct Author<'a> {
    name: &'a str,
    site: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    owner: bool,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "avatar")]
    avatar: Option<Avatar>,
}

impl<'a> Author<'a> {
    pub(crate) fn of(comment: &'a Comment, settings: &Settings) -> Self {
        let (name, site) = (comment.author.as_str(), comment.site.as_deref());
        Self { name, site, owner: comment.by_owner, avatar: settings.avatars.then(|| Avatar::of(name, site)) }
    }
}

#[expect(clippy::ref_option, reason = "serde calls it so")]
fn avatar<S: Serializer>(avatar: &Option<Avatar>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Picture<'a> {
        colour: &'a str,
        path: &'a str,
    }
    avatar.as_ref().map(|Avatar { colour, path }| Picture { colour, path }).serialize(serializer)
}
