//! Replays the committed inputs of the fuzzer as tests, without the fuzzer.

use std::path::Path;

/// Checks a property for every committed input of a target. The last printed name is that of the failed input.
pub(crate) fn replay(target: &str, holds: fn(&[u8])) {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let (corpus, findings) = (fuzz.join("corpus").join(target), fuzz.join("findings").join(target));
    assert!(try_all(&corpus, holds) > 0, "{} is empty", corpus.display());
    // The folder exists only if the fuzzer has found a bug.
    if findings.exists() {
        try_all(&findings, holds);
    }
}

fn try_all(folder: &Path, holds: fn(&[u8])) -> usize {
    let inputs = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    inputs
        .map(|input| {
            let input = input.expect("a file").path();
            println!("{}", input.display());
            holds(&std::fs::read(&input).unwrap_or_else(|error| panic!("{}: {error}", input.display())));
        })
        .count()
}
