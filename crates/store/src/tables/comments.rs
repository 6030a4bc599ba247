use ardoise_model::{
    Actor, Article, ArticlePath, Comment, CommentId, Facts, Questions, Refusal, Sender, Status, Submission, Timestamp, Verdict,
};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::tokens;
use crate::operations::decide;
use crate::operations::facts;
use crate::operations::facts::About;
use crate::schema::comments;
use crate::tables::articles;
use crate::tables::articles::ArticleRow;
use crate::tables::moderation_log;
use crate::tables::outbox;
use crate::tables::subscribers;
use crate::{Action, Channels, DecisionRecord, Store, StoreError, schema};

/// Whatever was stored counts.
const EVER: Timestamp = Timestamp(i64::MAX);

/// The answer to a submission that was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The new comment's identity.
    pub id: CommentId,
    /// Its status.
    pub status: Status,
    /// The check that was suspicious of it; its author is not told.
    pub layer: Option<&'static str>,
    /// What its author needs in order to change or withdraw it. Only a hash of it is kept.
    pub edit_token: String,
}

/// What became of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubmitOutcome {
    /// It is on disk.
    In(Receipt),
    /// The rules refused it.
    Refused(Vec<Refusal>),
}

/// A comment with its article and what was decided about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentDetail {
    /// The comment.
    pub comment: Comment,
    /// Its article.
    pub article: Article,
    /// What was decided about it, oldest first.
    pub decisions: Vec<DecisionRecord>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = comments)]
pub(crate) struct CommentRow {
    id: String,
    parent_id: Option<String>,
    status: String,
    author: String,
    email: Option<String>,
    site: Option<String>,
    text: String,
    created_at: i64,
    by_owner: bool,
    layer: Option<String>,
}

impl CommentRow {
    pub(crate) fn into_comment(self, article: ArticlePath) -> Result<Comment, StoreError> {
        Ok(Comment {
            id: parse_id(&self.id)?,
            article,
            parent: self.parent_id.as_deref().map(parse_id).transpose()?,
            status: self.status.parse().map_err(StoreError::Unreadable)?,
            by_owner: self.by_owner,
            author: self.author,
            email: self.email,
            site: self.site,
            text: self.text,
            created_at: Timestamp(self.created_at),
            layer: self.layer,
        })
    }
}

pub(crate) fn parse_id(text: &str) -> Result<CommentId, StoreError> {
    text.parse().map_err(|error: ardoise_model::InvalidId| StoreError::Unreadable(error.to_string()))
}

impl Store {
    /// Stores a submission with `status`, whatever the rules say. When this returns, it is on disk.
    pub fn submit(&self, submission: Submission, status: Status, now: Timestamp) -> Result<Receipt, StoreError> {
        let (channels, now) = (self.channels.clone(), self.date(now));
        self.writer.write(move |connection| {
            let article = articles::id_of(connection, submission.article())?;
            insert(connection, &channels, article, &submission, ((Writer::Reader, &Sender::default()), status.into(), now))
        })
    }

    /// Stores what the site's owner wrote, and publishes it.
    pub fn submit_as_owner(&self, submission: Submission, actor: &Actor, now: Timestamp) -> Result<Receipt, StoreError> {
        let (channels, actor, now) = (self.channels.clone(), actor.clone(), self.date(now));
        self.writer.write(move |connection| {
            let article = articles::id_of(connection, submission.article())?;
            let writer = (Writer::Owner, &Sender::default());
            let receipt = insert(connection, &channels, article, &submission, (writer, Status::Approved.into(), now))?;
            moderation_log::add(connection, Action::Replied, Some(&receipt.id), &actor, now)?;
            Ok(receipt)
        })
    }

    /// Asks the rules about a submission, and stores it if they admit it, in one transaction with others that came meanwhile: what
    /// the rules were told still holds when it is stored. Returns at once.
    ///
    /// `questions` are what the rules want to know; what was not asked, they are told the default of.
    ///
    /// `told` is called when it is on disk, or refused; or when it is unavailable, under too great a load or with a database that
    /// keeps it waiting: then nothing was kept. It must return soon, for others wait behind it. `rules` may be asked twice.
    pub fn submit_screened(
        &self,
        (submission, sender): (Submission, Sender),
        questions: Questions,
        mut rules: impl FnMut(&Submission, &Facts) -> Result<Verdict, Vec<Refusal>> + Send + 'static,
        now: Timestamp,
        told: impl FnOnce(Result<SubmitOutcome, StoreError>) + Send + 'static,
    ) {
        let (channels, now) = (self.channels.clone(), self.date(now));
        let queries = move |connection: &mut Connection| {
            let (article, facts) = articles::facts(connection, submission.article(), submission.reply_to())?;
            let about = About { sender: &sender, fingerprint: submission.fingerprint(), before: EVER, itself: None };
            let proof_is_spent = questions.proof.is_some() && facts::is_spent(connection, &submission)?;
            let facts = Facts { proof_is_spent, ..facts::ask(connection, facts, &about, questions)? };
            let verdict = match rules(&submission, &facts) {
                Ok(verdict) => verdict,
                Err(refusals) => return Ok(SubmitOutcome::Refused(refusals)),
            };
            let article = article.map_or_else(|| articles::add(connection, submission.article()), Ok)?;
            facts::spend(connection, &submission, &facts, questions)?;
            insert(connection, &channels, article, &submission, ((Writer::Reader, &sender), verdict, now)).map(SubmitOutcome::In)
        };
        self.writer.write_then(queries, told);
    }

    /// Comments with a status, oldest first.
    pub fn comments(&self, status: Status) -> Result<Vec<Comment>, StoreError> {
        self.read(|connection| {
            let rows = comments::table
                .inner_join(schema::articles::table)
                .filter(comments::status.eq(status.as_str()))
                .order((comments::created_at, comments::id))
                .select((schema::articles::path, CommentRow::as_select()))
                .load::<(String, CommentRow)>(connection)?;
            rows.into_iter().map(|(path, row)| row.into_comment(ArticlePath::from_stored(path))).collect()
        })
    }

    /// The comment whose id begins with `prefix`, as a moderator types it.
    pub fn resolve(&self, prefix: &str) -> Result<CommentId, StoreError> {
        let known = || StoreError::NoSuchComment(prefix.to_owned());
        let wanted = prefix.trim().to_ascii_lowercase();
        if wanted.is_empty() || !wanted.chars().all(|c| CommentId::ALPHABET.contains(c)) {
            return Err(known());
        }
        let mut ids = self.read(|connection| {
            Ok(comments::table.filter(comments::id.like(format!("{wanted}%"))).select(comments::id).load::<String>(connection)?)
        })?;
        match (ids.pop(), ids.len()) {
            (None, _) => Err(known()),
            (Some(id), 0) => parse_id(&id),
            (Some(_), others) => Err(StoreError::Ambiguous { prefix: wanted, count: others + 1 }),
        }
    }

    /// A comment with its article and its history.
    pub fn detail(&self, id: &CommentId) -> Result<CommentDetail, StoreError> {
        self.read(|connection| {
            let (article, row) = comments::table
                .inner_join(schema::articles::table)
                .filter(comments::id.eq(id.as_str()))
                .select((ArticleRow::as_select(), CommentRow::as_select()))
                .get_result::<(ArticleRow, CommentRow)>(connection)
                .optional()?
                .ok_or_else(|| StoreError::NoSuchComment(id.to_string()))?;
            let article = article.into_article();
            Ok(CommentDetail { comment: row.into_comment(article.path.clone())?, article, decisions: decide::of(connection, id)? })
        })
    }
}

/// Who wrote a submission: nothing in it says so.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writer {
    Reader,
    Owner,
}

/// One row, within a transaction of the caller's.
fn insert(
    connection: &mut Connection,
    channels: &Channels,
    article: i64,
    submission: &Submission,
    ((writer, sender), Verdict { status, layer }, now): ((Writer, &Sender), Verdict, Timestamp),
) -> Result<Receipt, StoreError> {
    let edit_token = tokens::draw_token()?;
    let id = unused_id(connection)?;
    let row = (
        comments::id.eq(id.as_str()),
        comments::article_id.eq(article),
        comments::parent_id.eq(submission.reply_to().map(CommentId::as_str)),
        comments::status.eq(status.as_str()),
        comments::author.eq(submission.author()),
        comments::site.eq(submission.site()),
        comments::text.eq(submission.text()),
        comments::edit_token_hash.eq(tokens::hash(&edit_token)),
        comments::created_at.eq(now.0),
        comments::by_owner.eq(writer == Writer::Owner),
        comments::layer.eq(layer),
        comments::network.eq(sender.network.as_deref()),
        comments::author_key.eq(sender.author_key.as_deref()),
        comments::fingerprint.eq(submission.fingerprint()),
    );
    diesel::insert_into(comments::table).values(row).execute(connection)?;
    // Of what is spam at first sight no address is kept.
    if let (Some(email), true) = (submission.email(), channels.replies && status != Status::Spam) {
        subscribers::ask(connection, email, &id, now)?;
    }
    match status {
        Status::Approved => {
            articles::published_change(connection, article, 1)?;
            outbox::tell_approved(connection, channels, &id, now)?;
        }
        Status::Pending => outbox::tell_pending(connection, channels, &id, now)?,
        _ => {}
    }
    Ok(Receipt { id, status, layer, edit_token })
}

fn unused_id(connection: &mut Connection) -> Result<CommentId, StoreError> {
    loop {
        let id = tokens::draw_id()?;
        let taken: i64 = comments::table.filter(comments::id.eq(id.as_str())).count().get_result(connection)?;
        if taken == 0 {
            return Ok(id);
        }
    }
}
