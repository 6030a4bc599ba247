//! The features of a comment, each as an index into the table of weights.

use linkify::{LinkFinder, LinkKind};

use crate::screening::bayes::Sample;
use crate::screening::words::{plain, words};

/// The size of the table, a power of two. Two features may collide, which costs little, and the table stays at one megabyte whatever the
/// number of features.
pub(super) const TABLE_SIZE: usize = 1 << 18;
/// The maximum number of words of a comment, and of characters of each word.
const MAX_WORDS: usize = 600;
const MAX_WORD_CHARS: usize = 24;
/// The length of prefixes. Words with the same prefix are related: checking, checks, checked.
const PREFIX_CHARS: usize = 5;

/// Returns the indices of all features of a comment, sorted and without duplicates.
pub(super) fn feature_indices(sample: Sample<'_>) -> Vec<usize> {
    let mut found = Vec::new();
    let mut add = |kind: u8, what: &str, more: &str| found.push(feature_index(kind, what, more));
    let mut all = words(sample.text);
    all.truncate(MAX_WORDS);
    let all: Vec<String> = all.iter().map(|word| shape(word)).collect();
    for word in &all {
        add(b'w', word, "");
        if let Some((end, _)) = word.char_indices().nth(PREFIX_CHARS) {
            add(b'p', &word[..end], "");
        }
    }
    for pair in all.windows(2) {
        add(b'2', &pair[0], &pair[1]);
    }
    for three in all.windows(3) {
        add(b'3', &three[0], &three[2]);
    }
    if let (Some(first), Some(last)) = (all.first(), all.last()) {
        add(b'f', first, "");
        add(b'l', last, "");
    }
    let links = links(&plain(sample.text));
    for link in &links {
        add(b'h', host(link), "");
    }
    add(b's', "links", &links.len().min(3).to_string());
    add(b's', "length", &(all.len() + 1).ilog2().to_string());
    for feature in style_features(sample.text) {
        add(b's', feature, "");
    }
    for word in words(sample.author) {
        add(b'a', &shape(&word), "");
    }
    if let Some(site) = sample.site {
        add(b's', "site", "");
        add(b'h', host(site), "");
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Returns the URLs in a text, also those without `https://`.
pub(crate) fn links(text: &str) -> Vec<String> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]).url_must_have_scheme(false);
    finder.links(text).map(|link| link.as_str().to_lowercase()).collect()
}

/// Normalises a word: all numbers are equal, `sooooo` becomes `soo`, and the length is limited.
fn shape(word: &str) -> String {
    if word.chars().all(char::is_numeric) {
        return "0".to_owned();
    }
    let mut shaped = String::new();
    let (mut last, mut run) = (None, 0);
    for c in word.chars().take(MAX_WORD_CHARS) {
        run = if last == Some(c) { run + 1 } else { 1 };
        last = Some(c);
        if run <= 2 {
            shaped.push(c);
        }
    }
    shaped
}

fn host(link: &str) -> &str {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

/// Features of the style of a text.
fn style_features(text: &str) -> Vec<&'static str> {
    let count = |wanted: fn(char) -> bool| text.chars().filter(|c| wanted(*c)).count();
    let (letters, capitals) = (count(char::is_alphabetic), count(char::is_uppercase));
    let loud = ["", "one!", "two!", "many!"][count(|c| c == '!').min(3)];
    let all = [
        (letters > 0 && capitals * 5 > letters * 2, "capitals"),
        (!loud.is_empty(), loud),
        (text.contains('?'), "question"),
        (count(char::is_numeric) > 4, "digits"),
        (plain(text).chars().count() + 2 < text.chars().count(), "hidden"),
    ];
    all.into_iter().filter(|(is_present, _)| *is_present).map(|(_, feature)| feature).collect()
}

/// FNV-1a. It is not for secrets, and must never change.
fn feature_index(kind: u8, what: &str, more: &str) -> usize {
    let bytes = [kind].into_iter().chain(what.bytes()).chain([0]).chain(more.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (hash ^ (hash >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from((mixed >> 40) & (TABLE_SIZE as u64 - 1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_and_hosts() {
        for (word, shaped) in [("sooooo", "soo"), ("2026", "0"), ("a1", "a1"), ("commettre", "commettre")] {
            assert_eq!(shape(word), shaped);
        }
        assert!(shape(&"ab".repeat(100)).len() == MAX_WORD_CHARS);
        for (link, of) in [("https://www.example.org/a?b", "example.org"), ("example.org:80", "example.org"), ("https://", "")] {
            assert_eq!(host(link), of);
        }
    }

    #[test]
    fn hidden_words_have_the_same_features() {
        let indices = |text| feature_indices(Sample { author: "", site: None, text });
        assert_eq!(indices("buy a watch"), indices("buy a wat\u{200b}ch"));
        assert_eq!(
            indices("buy a watch"),
            indices("BUY  a watch").into_iter().filter(|p| indices("buy a watch").contains(p)).collect::<Vec<_>>()
        );
        assert!(indices("").len() == 2 && indices(&"word ".repeat(10_000)).len() < 20);
    }
}
