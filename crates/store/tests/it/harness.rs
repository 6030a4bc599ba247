//! Test cases: a store with comments, in a few lines.

use ardoise_model::{
    Actor, Article, ArticlePath, CommentId, Decision, Draft, FactsQuery, Origin, SenderHashes, Status, Submission, Timestamp,
};
use ardoise_store::{CatalogueEntry, Lead, SeenComment, Store, StoreUrl, SubmitOutcome};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

#[cfg(feature = "postgres")]
use crate::database::Database;

pub(crate) struct Case {
    pub(crate) store: Store,
    pub(crate) url: StoreUrl,
    pub(crate) folder: tempfile::TempDir,
    clock: std::cell::Cell<i64>,
    /// Declared last: the database is dropped when it is no longer used.
    #[cfg(feature = "postgres")]
    _database: Option<Database>,
}

/// Runs SQL on the database, bypassing the store.
pub(crate) fn execute(case: &Case, sql: &str) {
    match &case.url {
        StoreUrl::Sqlite(file) => SqliteConnection::establish(&file.to_string_lossy()).expect("the file").batch_execute(sql),
        #[cfg(feature = "postgres")]
        StoreUrl::Postgres(url) => diesel::PgConnection::establish(url).expect("the server").batch_execute(sql),
        #[cfg(not(feature = "postgres"))]
        StoreUrl::Postgres(_) => unreachable!("no test has one"),
    }
    .unwrap_or_else(|error| panic!("{sql}: {error}"));
}

impl Case {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self::new(sqlite_url(&folder), folder)
    }

    fn new(url: StoreUrl, folder: tempfile::TempDir) -> Self {
        Self {
            store: Store::prepare(&url).expect("a store"),
            url,
            folder,
            clock: std::cell::Cell::new(0),
            #[cfg(feature = "postgres")]
            _database: None,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.set(self.clock.get() + 1);
        Timestamp(self.clock.get())
    }

    pub(crate) fn submit(&self, article: &str, text: &str, reply_to: Option<&CommentId>) -> CommentId {
        self.store.submit(submission(article, text, reply_to), Status::Pending, self.now()).expect("stored").id
    }

    pub(crate) fn submit_as(&self, article: &str, text: &str, status: Status) -> CommentId {
        self.store.submit(submission(article, text, None), status, self.now()).expect("stored").id
    }

    pub(crate) fn approved(&self, article: &str, text: &str) -> CommentId {
        let id = self.submit(article, text, None);
        self.decide(&id, Decision::Approve);
        id
    }

    pub(crate) fn decide(&self, id: &CommentId, decision: Decision) {
        let seen = SeenComment::read(&self.store.detail(id).expect("detail").comment);
        self.store.decide(&[seen], decision, &Actor::COMMAND, self.now()).expect("decided");
    }

    /// Stores a comment of a sender who can be recognised.
    pub(crate) fn submit_from(&self, sender: &SenderHashes, text: &str) -> CommentId {
        let (outcome_sender, outcome) = std::sync::mpsc::channel();
        let (submission, rules) = (submission("/a/", text, None), |_: &_, _: &_| Ok(Status::Pending.into()));
        let on_done = move |outcome| drop(outcome_sender.send(outcome));
        self.store.submit_screened(submission, sender.clone(), FactsQuery::default(), rules, self.now(), on_done);
        match outcome.recv().expect("the callback is called") {
            Ok(SubmitOutcome::Stored(receipt)) => receipt.id,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn lead(&self) -> Lead {
        self.store.lead().expect("queried").expect("no other process leads")
    }

    /// Finishes all work. Returns the number of rows.
    pub(crate) fn finish(&self) -> usize {
        let work = self.store.work(0, 1000).expect("work");
        self.lead().finish_work(&work, &[], Timestamp(0)).expect("finished");
        work.len()
    }

    /// Returns all counts.
    pub(crate) fn counts(&self) -> Vec<(String, u64)> {
        let mut counts = Vec::new();
        self.store.counts(&mut |path, count| counts.push((path.to_owned(), count))).expect("counts");
        counts
    }
}

#[cfg(feature = "postgres")]
impl Case {
    pub(crate) fn postgres() -> Self {
        Self::on(Database::new())
    }

    pub(crate) fn pooled() -> Self {
        Self::on(Database::pooled())
    }

    fn on(database: Database) -> Self {
        let url = database.url().parse().expect("a url");
        Self { _database: Some(database), ..Self::new(url, tempfile::tempdir().expect("a folder")) }
    }
}

pub(crate) fn sqlite_url(folder: &tempfile::TempDir) -> StoreUrl {
    "sqlite:a.db".parse::<StoreUrl>().expect("a url").relative_to(folder.path())
}

pub(crate) fn path(path: &str) -> ArticlePath {
    ArticlePath::from_stored(path.into())
}

pub(crate) fn entry(at: &str, title: &str) -> CatalogueEntry {
    CatalogueEntry {
        article: Article { path: path(at), title: title.into(), open: true, closes_at: None, dated_at: Some(Timestamp(1_489_307_400_000)) },
        page: format!("{at}index.html"),
    }
}

pub(crate) fn submission(article: &str, text: &str, reply_to: Option<&CommentId>) -> Submission {
    let reply_to = reply_to.map(ToString::to_string).unwrap_or_default();
    let draft = Draft { article: article.into(), author: "Ada".into(), text: text.into(), reply_to, ..Draft::default() };
    let origin: Origin = "https://blog.example.org".parse().expect("an origin");
    Submission::check(&draft, &origin).expect("a good draft")
}

/// Runs each function as a test on SQLite, on PostgreSQL, and on PostgreSQL behind a pooler.
macro_rules! on_both {
    ($($name:ident)*) => {
        mod sqlite {
            $(#[test] fn $name() { super::$name(&crate::harness::Case::sqlite()); })*
        }
        #[cfg(feature = "postgres")]
        mod postgres {
            $(#[test] fn $name() { super::$name(&crate::harness::Case::postgres()); })*
        }
        #[cfg(feature = "postgres")]
        mod pooled {
            $(#[test] fn $name() { super::$name(&crate::harness::Case::pooled()); })*
        }
    };
}

pub(crate) use on_both;
