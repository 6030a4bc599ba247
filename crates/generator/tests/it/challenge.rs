use ardoise_generator::{Scope, Settings};
use ardoise_model::Timestamp;
use pretty_assertions::assert_eq;

use super::harness::{Case, files};

const HOUR: i64 = 3_600_000;

fn case() -> Case {
    let mut case = Case::new();
    case.settings = Settings { proof_bits: 16, ..case.settings };
    case.approved("/a/", "Hello");
    case
}

#[test]
fn a_new_challenge_changes_its_own_file_alone() {
    let case = case();
    case.generate(Scope::Full);
    let before = files(&case.path("published"));
    assert!(!before.contains_key("challenge.json"), "nothing was drawn yet");
    let drawn = case.store.challenges(Timestamp(0), HOUR).expect("drawn").remove(0);
    assert_eq!(case.generate(Scope::Changes).files, 3, "it and its two compressed forms");
    let mut after = files(&case.path("published"));
    let file = after.remove("challenge.json").expect("there");
    assert_eq!(String::from_utf8_lossy(&file), format!(r#"{{"version":1,"challenge":"{drawn}","bits":16}}"#));
    assert_eq!(case.generate(Scope::Full).files, 0);
    let next = case.store.challenges(Timestamp(2 * HOUR), HOUR).expect("drawn").remove(0);
    case.generate(Scope::Full);
    let mut later = files(&case.path("published"));
    let file = later.remove("challenge.json").expect("there");
    assert!(String::from_utf8_lossy(&file).contains(&next));
    for tree in [&mut after, &mut later] {
        tree.retain(|name, _| !name.starts_with("challenge.json"));
    }
    assert_eq!((&after, &later), (&before, &before), "no other file");
}

#[test]
fn without_proof_of_work_there_is_no_challenge() {
    let mut case = case();
    case.store.challenges(Timestamp(0), HOUR).expect("drawn");
    case.generate(Scope::Full);
    assert!(case.path("published/challenge.json").exists());
    case.settings = Settings { proof_bits: 0, ..case.settings };
    case.generate(Scope::Changes);
    assert!(files(&case.path("published")).keys().all(|name| !name.starts_with("challenge")));
}
