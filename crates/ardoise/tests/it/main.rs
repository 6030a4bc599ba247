//! The binary as its users run it: real processes, HTTP in, files out.

mod commands;
mod harness;
mod killed;
mod service;
mod together;
