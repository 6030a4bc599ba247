//! Fuzzes the parsing of articles' paths.
#![no_main]

#[path = "../properties/article.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|input: &[u8]| property::holds(input));
