#![doc = include_str!("../README.md")]

mod answer;
mod body;
mod comments;
mod crowd;
mod decode;
#[cfg(test)]
mod fuzzed_tests;
mod health;
mod local;
mod moderation;
mod multipart;
mod names;
mod newcomment;
mod own;
mod page;
mod preview;
mod reading;
mod server;
mod service;
mod take;
mod trouble;
mod words;

pub use local::Local;
pub use moderation::{ROUTES as MODERATION, Route, Settings as Moderation};
pub use server::{Settings, listen, serve};
