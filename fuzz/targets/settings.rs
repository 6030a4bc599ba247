//! Fuzzes the parsing of `ardoise.toml`.
#![no_main]

// Included by path, because the binary has no library.
#[path = "../../crates/ardoise/src/config.rs"]
#[allow(dead_code, unused_imports)]
mod config;
#[path = "../properties/settings.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|input: &[u8]| property::holds(input));
