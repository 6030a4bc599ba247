//! `ardoise.toml`.
#![no_main]

// The binary's own file, which takes one type from the store; the store itself would bring two databases with it.
extern crate self as ardoise_store;

#[path = "../../crates/ardoise/src/config.rs"]
#[allow(dead_code)]
mod config;
#[path = "../properties/settings.rs"]
mod property;
#[path = "../../crates/store/src/url.rs"]
#[allow(dead_code)]
mod store_url;

pub use store_url::StoreUrl;

libfuzzer_sys::fuzz_target!(|input: &[u8]| property::holds(input));
