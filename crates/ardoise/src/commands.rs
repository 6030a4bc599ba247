//! The commands. Each is a file with `Args` and `run`.

pub(crate) mod bans;
pub(crate) mod catalogue;
pub(crate) mod check;
pub(crate) mod copy;
pub(crate) mod decide;
pub(crate) mod dev;
pub(crate) mod generate;
pub(crate) mod init;
pub(crate) mod log;
pub(crate) mod migrate;
pub(crate) mod moderate;
pub(crate) mod moderator;
pub(crate) mod pending;
pub(crate) mod person;
pub(crate) mod reply;
pub(crate) mod rules;
pub(crate) mod serve;
pub(crate) mod show;
