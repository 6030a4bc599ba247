//! Runs that end half-way, and trees that vanish or return.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::harness::{Case, files};
use ardoise_generator::{Generator, GeneratorError, Scope, StopSignal};
use ardoise_store::StoreError;
use pretty_assertions::assert_eq;

fn text(case: &Case, file: &str) -> String {
    fs::read_to_string(case.path("published").join(file)).expect("the file is there")
}

#[test]
fn a_tree_that_vanished_comes_back_whole() {
    let case = Case::new();
    case.approved("/a/", "Hello");
    case.approved("/b/", "Hello");
    case.generate(Scope::Changes);
    let good = files(&case.path("published"));
    fs::remove_dir_all(case.path("published")).expect("removed");
    assert!(case.generator("published").has_work().expect("asked"));
    case.generate(Scope::Changes);
    assert_eq!(files(&case.path("published")), good);
}

#[test]
fn a_tree_that_is_removed_during_a_run_is_written_again() {
    let case = Case::new();
    let generator = case.generator("published");
    case.generate(Scope::Full);
    for article in ["/a/", "/b/", "/c/"] {
        case.approved(article, "Hello");
    }
    let removed_meanwhile = |done: usize, _: usize| {
        if done == 3 {
            fs::remove_dir_all(case.path("published")).expect("removed");
        }
    };
    let error = generator.run(Scope::Changes, &removed_meanwhile).expect_err("it vanished");
    assert!(matches!(error, GeneratorError::Vanished(_)), "{error}");
    assert_eq!(case.work().len(), 3, "nothing counts as done");
    assert!(!case.path("published").exists(), "nothing was written after the removal");
    generator.run(Scope::Changes, &|_, _| {}).expect("generated");
    assert_eq!(case.differences(), []);
}

/// A tool that removes a tree removes the mark some time before the folder itself.
#[cfg(unix)]
#[test]
fn a_tree_without_its_mark_lets_no_other_in() {
    let case = Case::new();
    case.approved("/a/", "Hello");
    let generator = case.generator("published");
    let seen = std::cell::Cell::new(false);
    let removed_meanwhile = |done: usize, _: usize| {
        if done > 0 && !seen.replace(true) {
            fs::remove_file(case.path("published/.ardoise")).expect("removed");
            assert!(case.is_held("published"), "the folder is held, not the file in it");
        }
    };
    let error = generator.run(Scope::Changes, &removed_meanwhile).expect_err("it vanished");
    assert!(matches!(error, GeneratorError::Vanished(_)), "{error}");
    assert!(seen.get() && !case.is_held("published"));
    generator.run(Scope::Changes, &|_, _| {}).expect("generated");
    assert_eq!(case.differences(), []);
}

#[cfg(unix)]
#[test]
fn a_restored_tree_is_compared_again() {
    let case = Case::new();
    let generator = case.generator("published");
    let run = || generator.run(Scope::Changes, &|_, _| {}).expect("generated");
    case.approved("/a/", "Hello");
    run();
    fs::rename(case.path("published"), case.path("away")).expect("moved");
    assert!(generator.has_work().expect("asked"));
    case.approved("/a/", "Meanwhile");
    run();
    assert_eq!(case.differences(), []);
    fs::remove_dir_all(case.path("published")).expect("removed");
    fs::rename(case.path("away"), case.path("published")).expect("moved back");
    assert!(case.work().is_empty() && generator.has_work().expect("asked"), "no row says what it lacks");
    run();
    assert_eq!(case.differences(), []);
    assert!(!generator.has_work().expect("asked"));
}

/// Another process has built the tree in the same place and removed the rows of work that name what this one lacks.
#[cfg(unix)]
#[test]
fn a_restored_tree_is_compared_by_a_process_that_saw_no_other_tree() {
    for is_new in [false, true] {
        let case = Case::new();
        let first = case.generator("published");
        let run = |generator: &Generator| generator.run(Scope::Changes, &|_, _| {}).expect("generated");
        case.approved("/a/", "Hello");
        run(&first);
        fs::rename(case.path("published"), case.path("away")).expect("moved");
        case.approved("/a/", "Meanwhile");
        run(&case.generator("published"));
        fs::remove_dir_all(case.path("published")).expect("removed");
        fs::rename(case.path("away"), case.path("published")).expect("moved back");
        assert!(case.work().is_empty(), "no row says what it lacks");
        let first = if is_new { case.generator("published") } else { first };
        assert!(first.has_work().expect("asked"));
        run(&first);
        assert_eq!(case.differences(), []);
        assert!(!first.has_work().expect("asked"));
    }
}

#[cfg(unix)]
#[test]
fn a_copy_of_a_tree_is_compared_again() {
    let case = Case::new();
    case.approved("/a/", "Hello");
    case.generate(Scope::Changes);
    copy(&case.path("published"), &case.path("backup"));
    case.approved("/a/", "Meanwhile");
    case.generate(Scope::Changes);
    fs::remove_dir_all(case.path("published")).expect("removed");
    copy(&case.path("backup"), &case.path("published"));
    assert!(case.work().is_empty() && case.generator("published").has_work().expect("asked"), "no row says what it lacks");
    case.generate(Scope::Changes);
    assert_eq!(case.differences(), []);
}

#[cfg(unix)]
fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").args([from, to]).status().expect("cp runs");
    assert!(copied.success());
}

#[test]
fn two_folders_of_one_database_are_both_right() {
    let case = Case::new();
    let [one, other] = ["published", "elsewhere"].map(|to| case.generator(to));
    for n in 0..3 {
        case.approved("/a/", &format!("Hello {n}"));
        for generator in [&one, &other] {
            generator.run(Scope::Changes, &|_, _| {}).expect("generated");
        }
        assert_eq!(files(&case.path("published")), files(&case.path("elsewhere")));
    }
}

/// The rows name what a tree lacks that another process has begun in the meantime.
#[test]
fn a_run_removes_no_row_that_speaks_of_another_tree() {
    let case = Case::new();
    case.generate(Scope::Full);
    case.approved("/a/", "Hello");
    let other_meanwhile = |done: usize, _: usize| {
        if done == 1 {
            case.tell("UPDATE identity SET tree = 'another'");
        }
    };
    let error = case.generator("published").run(Scope::Changes, &other_meanwhile).expect_err("another tree is written");
    assert!(matches!(error, GeneratorError::Store(StoreError::OtherTree)), "{error}");
    assert_eq!(case.work().len(), 1);
    case.generate(Scope::Changes);
    assert_eq!((case.differences(), case.work()), (vec![], vec![]));
}

#[test]
fn an_interrupted_comparison_of_another_tree_is_resumed() {
    let case = Case::new();
    case.approved("/a/", "Hello");
    case.approved("/b/", "Hello");
    case.generate(Scope::Changes);
    fs::remove_file(case.path("published/b/index.json")).expect("removed");
    assert!(!case.generator("published").has_work().expect("asked"));
    case.tell("UPDATE identity SET tree = 'another'");
    assert!(case.generator("published").has_work().expect("asked"));
    let dies = || case.generator("published").run(Scope::Changes, &|_, _| panic!("it dies on purpose"));
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(dies)).expect_err("it died");
    assert!(case.work().is_empty() && case.generator("published").has_work().expect("asked"), "its mark says so");
    case.generate(Scope::Changes);
    assert_eq!(case.differences(), []);
}

#[cfg(unix)]
#[test]
fn a_tree_restored_while_another_is_built_is_compared_again() {
    let case = Case::new();
    let generator = case.generator("published");
    case.approved("/a/", "Hello");
    generator.run(Scope::Changes, &|_, _| {}).expect("generated");
    fs::rename(case.path("published"), case.path("away")).expect("moved");
    case.approved("/a/", "Meanwhile");
    let back_meanwhile = |_: usize, _: usize| {
        if case.path("away").exists() {
            fs::remove_dir_all(case.path("published")).expect("removed");
            fs::rename(case.path("away"), case.path("published")).expect("moved back");
        }
    };
    let error = generator.run(Scope::Changes, &back_meanwhile).expect_err("it vanished");
    assert!(matches!(error, GeneratorError::Vanished(_)), "{error}");
    assert!(case.work().is_empty() && generator.has_work().expect("asked"), "the row went with the tree that was built");
    generator.run(Scope::Changes, &|_, _| {}).expect("generated");
    assert_eq!(case.differences(), []);
}

#[cfg(unix)]
#[test]
fn a_generator_whose_tree_is_moved_away_writes_nothing_into_the_next() {
    let case = Case::new();
    let generator = case.generator("published");
    case.generate(Scope::Full);
    case.approved("/a/", "Hello");
    let moved_meanwhile = |_: usize, _: usize| {
        if !case.path("away").exists() {
            fs::rename(case.path("published"), case.path("away")).expect("moved");
            fs::create_dir(case.path("published")).expect("made");
        }
    };
    let error = generator.run(Scope::Changes, &moved_meanwhile).expect_err("it vanished");
    assert!(matches!(error, GeneratorError::Vanished(_)), "{error}");
    assert_eq!(files(&case.path("published")).len(), 0, "another generator may be at work there");
    assert!(case.path("away/latest.json").exists(), "it went on where it was");
    generator.run(Scope::Changes, &|_, _| {}).expect("generated");
    assert_eq!((case.differences(), case.work()), (vec![], vec![]));
}

#[test]
fn a_generator_that_dies_half_way_leaves_its_work_to_the_next() {
    let case = Case::new();
    case.generate(Scope::Full);
    for article in ["/a/", "/b/", "/c/"] {
        case.approved(article, "Hello");
    }
    let dies = || case.generator("published").run(Scope::Changes, &|done, _| assert!(done < 2, "it dies on purpose"));
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(dies)).expect_err("it died");
    assert_eq!(case.work().len(), 3, "nothing is done until all of it is on disk");
    case.generate(Scope::Changes);
    assert_eq!(case.differences(), []);
    assert!(!case.store.has_work().expect("asked"));
}

#[test]
fn a_first_run_that_dies_half_way_is_full_again() {
    let case = Case::new();
    for article in ["/a/", "/b/", "/c/"] {
        case.approved(article, "Hello");
    }
    // The rows are gone, as in a database restored beside an empty folder.
    case.forget_work();
    let dies = || case.generator("published").run(Scope::Changes, &|done, _| assert!(done < 2, "it dies on purpose"));
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(dies)).expect_err("it died");
    case.generate(Scope::Changes);
    assert_eq!(case.differences(), []);
}

#[test]
fn a_full_run_that_is_interrupted_goes_on_where_it_was() {
    let case = Case::new();
    for n in 0..1100 {
        case.approved(&format!("/{n:04}/"), "Hello");
    }
    // The rows are gone, as in a database restored beside an empty folder.
    case.forget_work();
    let stop = StopSignal::default();
    stop.set();
    let outcome = case.generator("published").until(&stop).run(Scope::Full, &|_, _| {}).expect("generated");
    assert!(outcome.interrupted && outcome.articles.len() < 1100, "{} articles", outcome.articles.len());
    assert!(text(&case, ".ardoise").contains("built up to /1023/"), "{}", text(&case, ".ardoise"));
    // Files that were written are not compared again.
    fs::remove_file(case.path("published/0000/index.json")).expect("removed");
    let outcome = case.generator("published").run(Scope::Full, &|_, _| {}).expect("generated");
    assert!(!outcome.interrupted && outcome.articles.len() == 76, "{} articles", outcome.articles.len());
    assert_eq!(case.differences().len(), 1);
    // The tree is complete now, so a full run compares every file.
    let outcome = case.generator("published").run(Scope::Full, &|_, _| {}).expect("generated");
    assert_eq!(outcome.articles.len(), 1);
    assert_eq!(case.differences(), []);
}

#[test]
fn counts_that_were_left_behind_are_caught_up_with() {
    let case = Case::new();
    case.approved("/a/", "Hello");
    case.generate(Scope::Full);
    let old = files(&case.path("published"));
    case.approved("/a/", "More");
    case.generate(Scope::Changes);
    // As after a crash between the article and the counts.
    for name in ["counts.json", "counts.json.gz", "counts.json.br"] {
        fs::write(case.path("published").join(name), &old[name]).expect("written");
    }
    assert!(case.work().is_empty() && case.generator("published").has_work().expect("asked"));
    case.generate(Scope::Changes);
    assert_eq!(case.differences(), []);
}
