//! Which article a path or URL means.
#![no_main]

#[path = "../properties/article.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|input: &[u8]| property::holds(input));
