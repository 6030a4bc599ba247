//! Fuzzes Stacosys' form as `multipart/form-data`, up to a checked submission.
#![no_main]

// Included by path to leave out the HTTP server.
#[path = "../../crates/service/src/submissions/field_names.rs"]
#[allow(dead_code)]
mod field_names;
#[path = "../../crates/service/src/submissions/multipart.rs"]
mod multipart;
#[path = "../properties/multipart.rs"]
mod property;
#[path = "../properties/submission.rs"]
mod submission;

libfuzzer_sys::fuzz_target!(|input: &[u8]| property::holds(input));
