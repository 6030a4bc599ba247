//! What is fetched for a run. One file per tool that no other task needs.

mod go;
mod strace;
mod wrk;

use std::path::PathBuf;

use anyhow::Context;
use xtask::commands::{find, root};
use xtask::tools::python::{self, Python};
use xtask::tools::{self, MissingTools, nginx};

use go::Go;

/// The measuring programs, and the programs that are measured beside Ardoise.
pub(crate) struct BenchTools {
    pub(crate) nginx: PathBuf,
    pub(crate) wrk: PathBuf,
    pub(crate) strace: PathBuf,
    pub(crate) openssl: PathBuf,
    /// Python with Flask, Gunicorn and Sanic.
    pub(crate) peers: Python,
    pub(crate) isso: Python,
    pub(crate) go: Go,
}

impl BenchTools {
    /// Finds or fetches all tools. The error lists all missing ones.
    pub(crate) fn set_up() -> anyhow::Result<Self> {
        let folder = tools::folder()?;
        let mut missing = MissingTools::default();
        let openssl = find(&["openssl"]).context("install it: sudo apt-get install openssl");
        let peers = python::find(&folder, "python-peers", &source("peers.txt"));
        let isso = python::find(&folder, "python-isso", &source("isso.txt"));
        let tools = (
            missing.record("nginx", nginx::find(&folder)),
            missing.record("wrk", wrk::find(&folder)),
            missing.record("strace", strace::find(&folder)),
            missing.record("openssl", openssl),
            missing.record("Flask and Sanic", peers),
            missing.record("Isso", isso),
            missing.record("Go", go::find(&folder)),
        );
        missing.ensure_none()?;
        let (Some(nginx), Some(wrk), Some(strace), Some(openssl), Some(peers), Some(isso), Some(go)) = tools else {
            anyhow::bail!("a tool is neither found nor missing");
        };
        Ok(Self { nginx, wrk, strace, openssl, peers, isso, go })
    }
}

/// Returns the path of a script or list in `scripts/`.
pub(crate) fn source(name: &str) -> PathBuf {
    root().join("crates/bench/scripts").join(name)
}
