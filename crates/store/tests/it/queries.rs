//! The number and the cost of queries.

use std::cell::RefCell;

use ardoise_model::{Draft, SenderHashes, Status, Submission, Timestamp};
use ardoise_store::{Consumers, PersonQuery, RetentionLimits, Store, StoreUrl};
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use diesel::prelude::*;
use diesel::sql_types::Text;
use pretty_assertions::assert_eq;

use crate::harness::Case;

thread_local! {
    /// The queries of this thread. The store runs queries on its caller's thread.
    static QUERIES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

struct Recorder;

impl Instrumentation for Recorder {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            QUERIES.with_borrow_mut(|queries| queries.push(query.to_string()));
        }
    }
}

/// Returns the queries that `act` runs.
fn queries_of(case: &Case, act: impl FnOnce(&Store)) -> Vec<String> {
    set_default_instrumentation(|| Some(Box::new(Recorder))).expect("set");
    let store = Store::open(&case.url).expect("a store");
    QUERIES.take();
    act(&store);
    QUERIES.take()
}

fn submit_by(store: &Store, email: &str) {
    let draft = Draft {
        article: "/a/".into(),
        author: "Ada".into(),
        text: "Hello".into(),
        email: email.into(),
        notify: "on".into(),
        ..Draft::default()
    };
    let submission = Submission::check(&draft, &"https://blog.example.org".parse().expect("an origin")).expect("good");
    store.submit(submission, Status::Pending, Timestamp(1)).expect("stored");
}

#[test]
fn the_addresses_of_a_person_are_queried_together() {
    let queries_about_addresses = |addresses: usize| {
        let case = Case::sqlite();
        let store = case.store.clone().with_consumers(Consumers { replies: true, ..Consumers::default() });
        (0..addresses).for_each(|n| submit_by(&store, &format!("ada{n}@example.org")));
        let queries = queries_of(&case, |store| {
            let person = store.person(&PersonQuery::Name("Ada".into())).expect("queried");
            assert_eq!(person.addresses.len(), addresses);
        });
        queries.into_iter().filter(|query| ["subscribers", "subscriptions", "jobs"].iter().any(|table| query.contains(table))).count()
    };
    let few = queries_about_addresses(2);
    assert!(few > 0, "queries are recorded");
    assert_eq!(queries_about_addresses(20), few);
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[test]
fn networks_are_deleted_without_a_full_scan() {
    let case = Case::sqlite();
    let sender = SenderHashes { network: Some("0123456789abcdef0123456789abcdef".into()), author_key: None };
    case.submit_from(&sender, "Hello");
    let later = case.now();
    let queries = queries_of(&case, |store| {
        let keep = RetentionLimits { refused_since: None, networks_since: Timestamp(later.0 + 1) };
        assert_eq!(store.clear(keep, later).expect("cleared").networks, 1);
    });
    let StoreUrl::Sqlite(file) = &case.url else { unreachable!("this is SQLite") };
    let mut connection = SqliteConnection::establish(&file.to_string_lossy()).expect("it opens");
    let queries_about_networks: Vec<_> =
        queries.iter().filter(|query| query.contains("`comments`") && query.contains("`network`")).collect();
    assert!(queries_about_networks.iter().any(|query| query.starts_with("UPDATE")), "{queries:#?}");
    for query in queries_about_networks {
        let bare = query.split(" -- binds").next().expect("a query");
        let plan = diesel::sql_query(format!("EXPLAIN QUERY PLAN {bare}")).load::<Step>(&mut connection).expect("a plan");
        let scans: Vec<_> = plan.into_iter().map(|step| step.detail).filter(|detail| detail.starts_with("SCAN comments")).collect();
        assert_eq!(scans, Vec::<String>::new(), "{bare}");
    }
}
