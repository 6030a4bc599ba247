use ardoise_store::CommentDetail;

/// The most characters of a text that goes to a chat. All supported chats accept this many.
const MAX_EXCERPT: usize = 800;

/// An event: a comment that is pending or published.
pub(crate) struct Event<'a> {
    /// `pending` or `approved`.
    pub(crate) kind: &'a str,
    pub(crate) detail: &'a CommentDetail,
    /// The URL of the comment, or of the article if the comment is pending.
    pub(crate) url: String,
    /// The URL of the moderators' queue.
    pub(crate) queue: String,
    /// The title of the site.
    pub(crate) site: &'a str,
}

impl Event<'_> {
    fn title(&self) -> &str {
        self.detail.article.display_title()
    }

    /// Returns a summary in one line; `escape` is applied to every part that a visitor or the site wrote.
    pub(super) fn line(&self, escape: fn(&str) -> String) -> String {
        let what = if self.kind == "pending" { "A comment waits" } else { "A new comment" };
        format!("{what} on {}: {} on {}", escape(self.site), escape(&self.detail.comment.author), escape(self.title()))
    }

    /// Returns the beginning of the text, on one line.
    pub(super) fn excerpt(&self) -> String {
        let line = self.detail.comment.text.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(MAX_EXCERPT) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    }

    /// Returns the URL to follow: the queue for a pending comment, the comment itself for a published one.
    pub(super) fn link(&self) -> &str {
        if self.kind == "pending" { &self.queue } else { &self.url }
    }
}
