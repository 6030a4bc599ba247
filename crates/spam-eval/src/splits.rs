//! Training and test sets.

use std::collections::BTreeSet;

use crate::labelled::Labelled;

/// A split of the comments.
pub(crate) struct Split<'a> {
    pub(crate) train: Vec<&'a Labelled>,
    pub(crate) test: Vec<&'a Labelled>,
}

const FOLDS: usize = 5;
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// Returns five random splits, the same each time. Each tests a fifth with what was learned from the rest.
pub(crate) fn by_chance(all: &[Labelled]) -> Vec<Split<'_>> {
    let order: Vec<&Labelled> = shuffled(all.iter().collect());
    folds(&order)
}

pub(crate) fn folds<'a>(order: &[&'a Labelled]) -> Vec<Split<'a>> {
    (0..FOLDS).map(|fold| split(order.iter().copied().enumerate(), |(n, _)| n % FOLDS == fold)).collect()
}

/// Returns a split per video, which is tested with what was learned from the other sources.
pub(crate) fn by_video(all: &[Labelled]) -> Vec<Split<'_>> {
    let videos: BTreeSet<&str> = all.iter().map(|one| one.source.as_str()).filter(|source| is_video(source)).collect();
    videos.into_iter().map(|video| split(all.iter().enumerate(), |(_, one)| one.source == video)).collect()
}

/// Returns one split: blogs are tested with what was learned from videos.
pub(crate) fn videos_to_blogs(all: &[Labelled]) -> Vec<Split<'_>> {
    vec![split(all.iter().enumerate(), |(_, one)| !is_video(&one.source))]
}

fn is_video(source: &str) -> bool {
    source.starts_with("youtube/")
}

fn split<'a>(all: impl Iterator<Item = (usize, &'a Labelled)>, is_tested: impl Fn(&(usize, &'a Labelled)) -> bool) -> Split<'a> {
    let (test, train): (Vec<_>, Vec<_>) = all.partition(is_tested);
    let bare = |numbered: Vec<(usize, &'a Labelled)>| numbered.into_iter().map(|(_, one)| one).collect();
    Split { train: bare(train), test: bare(test) }
}

fn shuffled(mut all: Vec<&Labelled>) -> Vec<&Labelled> {
    let mut state = SEED;
    for last in (1..all.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let other = usize::try_from(state % (last as u64 + 1)).unwrap_or_default();
        all.swap(last, other);
    }
    all
}
