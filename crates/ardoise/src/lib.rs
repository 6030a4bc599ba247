#![doc = include_str!("../README.md")]

mod assemble;
mod assets;
mod cli;
mod clock;
mod commands;
pub mod config;
mod dev_address;
mod editor;
mod limits;
mod logging;
mod notifier;
mod output;
mod parts;
mod retention;
mod running;
mod spam_checks;
mod supervisor;

pub use cli::run;
