//! `ardoise.toml`.
#![no_main]

// The properties name it as `crate::config`, as in the tests of the program.
use ardoise::config;
#[path = "../properties/settings.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|input: &[u8]| property::holds(input));
