//! What is learnt from, and what is tested on.

use std::collections::BTreeSet;

use super::Labelled;

/// The comments in two.
pub(crate) struct Cut<'a> {
    pub(crate) learnt: Vec<&'a Labelled>,
    pub(crate) tested: Vec<&'a Labelled>,
}

const PARTS: usize = 5;
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// Five parts by chance, the same ones each time; each is tested once by what was learnt from the other four.
pub(crate) fn by_chance(all: &[Labelled]) -> Vec<Cut<'_>> {
    let order: Vec<&Labelled> = shuffled(all.iter().collect());
    parts(&order)
}

pub(crate) fn parts<'a>(order: &[&'a Labelled]) -> Vec<Cut<'a>> {
    (0..PARTS).map(|part| cut(order.iter().copied().enumerate(), |(n, _)| n % PARTS == part)).collect()
}

/// Each video tested by what was learnt from all others.
pub(crate) fn by_video(all: &[Labelled]) -> Vec<Cut<'_>> {
    let videos: BTreeSet<&str> = all.iter().map(|one| one.source.as_str()).filter(|source| is_video(source)).collect();
    videos.into_iter().map(|video| cut(all.iter().enumerate(), |(_, one)| one.source == video)).collect()
}

/// Blogs tested by what was learnt from videos alone.
pub(crate) fn videos_to_blogs(all: &[Labelled]) -> Vec<Cut<'_>> {
    vec![cut(all.iter().enumerate(), |(_, one)| !is_video(&one.source))]
}

fn is_video(source: &str) -> bool {
    source.starts_with("youtube/")
}

fn cut<'a>(all: impl Iterator<Item = (usize, &'a Labelled)>, is_tested: impl Fn(&(usize, &'a Labelled)) -> bool) -> Cut<'a> {
    let (tested, learnt): (Vec<_>, Vec<_>) = all.partition(is_tested);
    let bare = |numbered: Vec<(usize, &'a Labelled)>| numbered.into_iter().map(|(_, one)| one).collect();
    Cut { learnt: bare(learnt), tested: bare(tested) }
}

fn shuffled(mut all: Vec<&Labelled>) -> Vec<&Labelled> {
    let mut dice = SEED;
    for last in (1..all.len()).rev() {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        let other = usize::try_from(dice % (last as u64 + 1)).unwrap_or_default();
        all.swap(last, other);
    }
    all
}
