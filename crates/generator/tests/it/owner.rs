//! The published tree of one database used with another database.

use std::fs;

use ardoise_generator::{Generator, GeneratorError, Scope};
use ardoise_model::Decision;
use pretty_assertions::assert_eq;

use super::harness::{Case, files};

/// Returns a generator with the other case's database and this case's tree.
fn of_another(case: &Case, other: &Case) -> Generator {
    Generator::new(other.store.clone(), case.path("published"), other.settings.clone())
}

fn refuses(generator: &Generator) {
    for scope in [Scope::Changes, Scope::Full] {
        let error = generator.run(scope, &|_, _| {}).expect_err("the tree is another database's");
        assert!(matches!(error, GeneratorError::OtherDatabase(_)), "{error}");
        assert!(error.to_string().contains("Correct [store] url") && error.to_string().contains("generate --adopt"), "{error}");
    }
    generator.check_owner().expect_err("it is another database's");
}

#[test]
fn another_database_changes_nothing_without_adopt() {
    let case = Case::new();
    case.approved("/a/", "Hello");
    case.generate(Scope::Full);
    let good = files(&case.path("published"));
    let empty = Case::new();
    refuses(&of_another(&case, &empty));
    let other = Case::new();
    other.approved("/b/", "Hello from elsewhere");
    let other = of_another(&case, &other);
    refuses(&other);
    assert_eq!(files(&case.path("published")), good, "not one byte has changed");
    case.generator("published").check_owner().expect("its own database may");
    other.adopt().expect("adopted");
    other.run(Scope::Changes, &|_, _| {}).expect("generated");
    assert!(case.path("published/b/index.json").exists() && !case.path("published/a").exists());
    case.generator("published").check_owner().expect_err("the first one's time is over");
}

#[test]
fn a_tree_without_comments_may_be_used_by_any_database() {
    let (case, other) = (Case::new(), Case::new());
    let id = case.approved("/a/", "Hello");
    case.decide(&id, Decision::Reject);
    case.generate(Scope::Full);
    other.approved("/b/", "Hello");
    of_another(&case, &other).run(Scope::Full, &|_, _| {}).expect("generated");
    assert!(case.path("published/b/index.json").exists());
}

#[test]
fn a_tree_of_an_earlier_version_is_not_for_a_database_without_comments() {
    let (case, empty) = (Case::new(), Case::new());
    case.approved("/a/", "Hello");
    case.generate(Scope::Full);
    let mark = case.path("published/.ardoise");
    let text = fs::read_to_string(&mark).expect("the mark");
    let earlier = text.split_inclusive('\n').filter(|line| !line.starts_with("Database ")).collect::<String>();
    assert_ne!(earlier, text);
    for mark_of in [earlier.as_str(), ""] {
        fs::write(&mark, mark_of).expect("written");
        refuses(&of_another(&case, &empty));
        assert_eq!(fs::read_to_string(&mark).expect("the mark"), mark_of);
    }
    case.generate(Scope::Changes);
    let database = text.lines().find(|line| line.starts_with("Database ")).expect("it named it");
    assert!(fs::read_to_string(&mark).expect("the mark").contains(database), "now it names its database");
}

#[test]
fn a_database_from_a_backup_begins_another_epoch() {
    let case = Case::new();
    case.approved("/a/", "Hello");
    case.generate(Scope::Full);
    let head = || fs::read_to_string(case.path("published/counts.json")).expect("the counts");
    let epoch = case.store.epoch().expect("an epoch");
    assert!(head().starts_with(&format!("{{\"version\":1,\"revision\":1,\"epoch\":\"{epoch}\",")), "{}", head());
    // The published counts include changes that the database has lost.
    let later = head().replace("\"revision\":1,", "\"revision\":9,");
    fs::write(case.path("published/counts.json"), later).expect("written");
    case.generate(Scope::Full);
    let next = case.store.epoch().expect("an epoch");
    assert_ne!(next, epoch);
    for file in ["counts.json", "latest.json"] {
        let text = fs::read_to_string(case.path("published").join(file)).expect("it is there");
        assert!(text.contains(&format!("\"revision\":1,\"epoch\":\"{next}\"")), "{text}");
    }
    case.generate(Scope::Full);
    assert_eq!(case.store.epoch().expect("an epoch"), next, "once is enough");
}
