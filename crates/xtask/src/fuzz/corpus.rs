//! Builds a corpus that is small enough to be committed. The fuzzer's own minimisation keeps every input that reaches something new, which
//! is hundreds of files. This one takes the inputs that reach most first, up to a limit. Files with names given by a person stay.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use xtask::commands::output_of;

const MAX_FILES: usize = 24;
const MAX_BYTES: u64 = 16_000;
/// The maximum length of an input: people read it when it fails.
const MAX_INPUT_BYTES: u64 = 1_500;

#[derive(Debug, Default)]
struct Input {
    file: PathBuf,
    bytes: u64,
    reaches: BTreeSet<u32>,
}

/// Replaces the committed corpus by the best inputs of the corpus and of the runs on this machine.
pub(super) fn rebuild(mut target: Command, seen: &Path, committed: &Path, work: &Path) -> anyhow::Result<()> {
    if work.exists() {
        std::fs::remove_dir_all(work)?;
    }
    let (merged, control) = (work.join("merged"), work.join("control"));
    std::fs::create_dir_all(&merged)?;
    // Count edges, not how often each is taken. The control file lists what each input reaches.
    target.args(["-set_cover_merge=1", "-use_counters=0"]).arg(format!("-merge_control_file={}", control.display()));
    output_of(target.arg(&merged).arg(seen).arg(committed))?;
    let (named, others) = inputs(&std::fs::read_to_string(&control)?)?.into_iter().partition(|input| is_named(&input.file));
    let chosen = choose(others, &named);
    ensure!(chosen.len() + named.len() > 0, "there are no inputs; {} says what was tried", control.display());
    for file in std::fs::read_dir(committed)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()? {
        // Some chosen inputs are in this folder only.
        if !is_named(&file) && !chosen.iter().any(|input| input.file == file) {
            std::fs::remove_file(&file)?;
        }
    }
    for input in &chosen {
        let name = input.file.file_name().with_context(|| format!("{} has no name", input.file.display()))?;
        if input.file.parent() != Some(committed) {
            std::fs::copy(&input.file, committed.join(name))?;
        }
    }
    let bytes: u64 = chosen.iter().map(|input| input.bytes).sum();
    println!("{}: {} files with names, and {} of {bytes} bytes that reach more", committed.display(), named.len(), chosen.len());
    Ok(())
}

/// Whether a person named the file; the fuzzer names files by their hash.
fn is_named(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.len() != 40 || name.contains(|c: char| !c.is_ascii_hexdigit())
}

/// Parses the control file: the number of files, the number of those to keep in any case (0), their names, then `STARTED n bytes` and `FT n
/// …` for each.
fn inputs(control: &str) -> anyhow::Result<Vec<Input>> {
    let mut lines = control.lines();
    let files: usize = lines.next().unwrap_or_default().trim().parse().context("the fuzzer's control file does not begin with a number")?;
    let mut inputs: Vec<_> = lines.by_ref().skip(1).take(files).map(|file| Input { file: file.into(), ..Input::default() }).collect();
    for line in lines {
        let mut words = line.split_whitespace();
        let (kind, input) = (words.next(), words.next().and_then(|number| inputs.get_mut(number.parse::<usize>().ok()?)));
        match (kind, input) {
            (Some("STARTED"), Some(input)) => input.bytes = words.next().and_then(|bytes| bytes.parse().ok()).unwrap_or_default(),
            (Some("FT"), Some(input)) => input.reaches = words.filter_map(|feature| feature.parse().ok()).collect(),
            _ => {}
        }
    }
    Ok(inputs)
}

/// Repeatedly picks the input that adds most to what is reached, and the shorter of two that add the same.
fn choose(mut inputs: Vec<Input>, named: &[Input]) -> Vec<Input> {
    let mut reached: BTreeSet<u32> = named.iter().flat_map(|input| input.reaches.iter().copied()).collect();
    let (mut chosen, mut bytes) = (Vec::new(), 0);
    while chosen.len() < MAX_FILES {
        inputs.retain(|input| input.bytes <= MAX_INPUT_BYTES.min(MAX_BYTES - bytes));
        let adds = |input: &Input| (input.reaches.difference(&reached).count(), std::cmp::Reverse(input.bytes));
        let Some(best) = (0..inputs.len()).max_by_key(|&at| adds(&inputs[at])).filter(|&at| adds(&inputs[at]).0 > 0) else { break };
        let input = inputs.swap_remove(best);
        bytes += input.bytes;
        reached.extend(input.reaches.iter().copied());
        chosen.push(input);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_input_is_first_and_useless_ones_are_dropped() {
        let control = "4\n0\na\nb\nc\nlong\nSTARTED 0 5\nFT 0 1 2\nCOV 0 1\nSTARTED 1 9\nFT 1 1 2 3\nSTARTED 2 3\nFT 2 3\nSTARTED 3 9999\nFT 3 1 2 3 4\n";
        let chosen = |named: &[Input]| {
            let chosen = choose(inputs(control).expect("read"), named);
            chosen.into_iter().map(|input| input.file.display().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(chosen(&[]), ["b"]);
        assert_eq!(chosen(&[Input { reaches: [1, 2].into(), ..Input::default() }]), ["c"]);
        assert!(inputs("no number").is_err());
        assert!(is_named(Path::new("dot-segments")) && !is_named(Path::new("00882f54ba0c02ba838c0a15a2afe4f4207f1980")));
    }
}
