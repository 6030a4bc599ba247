//! A store, a folder and comments in a few lines.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ardoise_generator::{Difference, Feeds, Generator, RunReport, Scope, Settings};
use ardoise_model::{Actor, CommentId, Decision, Draft, Order, Origin, Status, Submission, Timestamp};
use ardoise_store::{SeenComment, Store, StoreUrl, Work};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};

use crate::database::Database;

pub(crate) struct Case {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) store: Store,
    pub(crate) url: StoreUrl,
    /// Default settings unless a test sets others.
    pub(crate) settings: Settings,
    clock: Cell<i64>,
    /// The last field, so that it is dropped after its users.
    _database: Option<Database>,
}

impl Case {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = super::POSTGRES.then(Database::new);
        let url = database.as_ref().map_or("sqlite:a.db".to_owned(), Database::url);
        let url = url.parse::<StoreUrl>().expect("a url").relative_to(folder.path());
        let store = Store::prepare(&url).expect("a store");
        Self { store, url, settings: plain(), folder, clock: Cell::new(1_489_307_400_000), _database: database }
    }

    /// Creates a case with one of everything that is published, in the given order.
    pub(crate) fn whole(order: Order) -> Self {
        Self { settings: Settings { order, feeds: Feeds::Articles, avatars: true, ..plain() }, ..Self::new() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn generator(&self, to: &str) -> Generator {
        Generator::new(self.store.clone(), self.path(to), self.settings.clone())
    }

    pub(crate) fn generate(&self, scope: Scope) -> RunReport {
        self.generator("published").run(scope, &|_, _| {}).expect("generated")
    }

    /// Returns the differences between the published tree and the database.
    pub(crate) fn differences(&self) -> Vec<Difference> {
        let mut found = Vec::new();
        self.generator("published").check(Duration::ZERO, &|_, _| {}, &mut |difference| found.push(difference)).expect("checked");
        found
    }

    /// Returns the number of rows of work.
    pub(crate) fn work(&self) -> Vec<Work> {
        self.store.work(0, 1000).expect("work")
    }

    /// Removes all rows of work, although no generator has done them.
    pub(crate) fn forget_work(&self) {
        let work = self.store.work(0, 2000).expect("work");
        self.store.lead().expect("asked").expect("nobody else").finish_work(&work, &[], Timestamp(0)).expect("finished");
    }

    /// Changes the database without the store.
    pub(crate) fn tell(&self, sql: &str) {
        match &self.url {
            StoreUrl::Sqlite(file) => SqliteConnection::establish(&file.to_string_lossy()).expect("the file").batch_execute(sql),
            StoreUrl::Postgres(url) => PgConnection::establish(url).expect("the server").batch_execute(sql),
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Returns whether a generator has locked the tree's folder.
    pub(crate) fn is_held(&self, tree: &str) -> bool {
        let folder = std::fs::File::open(self.path(tree)).expect("a folder");
        matches!(folder.try_lock(), Err(std::fs::TryLockError::WouldBlock))
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.set(self.clock.get() + 60_000);
        Timestamp(self.clock.get())
    }

    pub(crate) fn submit(&self, article: &str, text: &str, reply_to: Option<&CommentId>) -> CommentId {
        let draft = Draft {
            article: article.into(),
            author: "Zoé <b>".into(),
            email: "zoe@example.org".into(),
            site: "zoe.example".into(),
            text: text.into(),
            reply_to: reply_to.map(ToString::to_string).unwrap_or_default(),
            ..Draft::default()
        };
        let submission = Submission::check(&draft, &origin()).expect("a good draft");
        self.store.submit(submission, Status::Pending, self.now()).expect("stored").id
    }

    pub(crate) fn decide(&self, id: &CommentId, decision: Decision) {
        let seen = SeenComment::read(&self.store.detail(id).expect("detail").comment);
        self.store.decide(&[seen], decision, &Actor::COMMAND, self.now()).expect("decided");
    }

    pub(crate) fn approved(&self, article: &str, text: &str) -> CommentId {
        let id = self.submit(article, text, None);
        self.decide(&id, Decision::Approve);
        id
    }
}

fn origin() -> Origin {
    "https://blog.example.org".parse().expect("an origin")
}

fn plain() -> Settings {
    let (path, tree_url, title) = ("/".into(), "/ardoise/".into(), "A <blog> & more".into());
    let (order, feeds, renderer) = (Order::OldestFirst, Feeds::None, ardoise_model::render);
    Settings {
        origin: origin(),
        path,
        tree_url,
        title,
        order,
        feeds,
        proof_bits: 0,
        avatars: false,
        renderer,
        clock: || Timestamp(1_489_307_400_000),
    }
}

/// Returns all files below `folder` except the generator's mark.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("readable"));
    let name = |path: &Path| path.strip_prefix(folder).expect("below").to_str().expect("UTF-8").to_owned();
    let all =
        files.filter(|entry| entry.file_type().is_file()).map(|entry| (name(entry.path()), std::fs::read(entry.path()).expect("readable")));
    all.filter(|(name, _)| name != ".ardoise").collect()
}

/// Waits until a condition holds. Panics with a description of it after a timeout.
pub(crate) fn wait_for(what: &str, condition: impl Fn() -> bool) {
    let begun = std::time::Instant::now();
    while !condition() {
        assert!(begun.elapsed().as_secs() < 30, "waited for {what}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
