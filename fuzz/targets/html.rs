//! Fuzzes the conversion of Markdown to HTML.
#![no_main]

#[path = "../properties/html.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|input: &[u8]| property::holds(input));
