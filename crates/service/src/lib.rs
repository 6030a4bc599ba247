#![doc = include_str!("../README.md")]

mod answer;
mod body;
mod client;
mod comments;
mod crowd;
mod deadline;
mod decode;
mod foreign;
#[cfg(test)]
mod fuzzed_tests;
mod health;
mod keeper;
mod letter;
mod limits;
mod local;
mod moderation;
mod multipart;
mod names;
mod newcomment;
mod own;
mod page;
mod preview;
mod rate;
mod reading;
mod server;
mod service;
#[cfg(unix)]
mod signals;
mod take;
mod trace;
mod trouble;
mod words;

pub use client::{InvalidRange, Proxies};
pub use deadline::Timeouts;
pub use health::FailedParts;
pub use keeper::{KeyLifetimes, ScreeningCache};
pub use local::DevSite;
pub use moderation::{ROUTES as MODERATION, Route, Settings as Moderation};
pub use rate::Rate;
pub use server::{Settings, listen, serve};
#[cfg(unix)]
pub use signals::survive_signals;
