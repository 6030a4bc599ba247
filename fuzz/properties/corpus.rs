//! The inputs that the fuzzer found worth keeping, without the fuzzer: each is a test.

use std::path::Path;

/// Tries a property on every committed input of a target; the last name that was printed is the one that failed.
pub(crate) fn replay(target: &str, holds: fn(&[u8])) {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let (corpus, findings) = (fuzz.join("corpus").join(target), fuzz.join("findings").join(target));
    assert!(try_all(&corpus, holds) > 0, "{} is empty", corpus.display());
    // There is such a folder only where something was found.
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
