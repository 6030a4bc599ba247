use std::path::PathBuf;

use anyhow::Context;

use crate::programs::{find, root};
use crate::tools::go::{self, Go};
use crate::tools::python::{self, Python};
use crate::tools::{self, Missing, nginx, strace, wrk};

/// The programs that measure, and those that are measured beside us.
pub(crate) struct Instruments {
    pub(crate) nginx: PathBuf,
    pub(crate) wrk: PathBuf,
    pub(crate) strace: PathBuf,
    pub(crate) openssl: PathBuf,
    /// Flask, Gunicorn, Sanic.
    pub(crate) peers: Python,
    pub(crate) isso: Python,
    pub(crate) go: Go,
}

impl Instruments {
    /// Finds or fetches all of them; names all that could not be had at once.
    pub(crate) fn set_up() -> anyhow::Result<Self> {
        let folder = tools::folder()?;
        let mut missing = Missing::default();
        let openssl = find(&["openssl"]).context("install it: sudo apt-get install openssl");
        let peers = python::find(&folder, "python-peers", &source("peers.txt"));
        let isso = python::find(&folder, "python-isso", &source("isso.txt"));
        let instruments = (
            missing.unless("nginx", nginx::find(&folder)),
            missing.unless("wrk", wrk::find(&folder)),
            missing.unless("strace", strace::find(&folder)),
            missing.unless("openssl", openssl),
            missing.unless("Flask and Sanic", peers),
            missing.unless("Isso", isso),
            missing.unless("Go", go::find(&folder)),
        );
        missing.none()?;
        let (Some(nginx), Some(wrk), Some(strace), Some(openssl), Some(peers), Some(isso), Some(go)) = instruments else {
            anyhow::bail!("a tool is neither there nor missing");
        };
        Ok(Self { nginx, wrk, strace, openssl, peers, isso, go })
    }
}

/// A script or a list of ours.
pub(crate) fn source(name: &str) -> PathBuf {
    root().join("crates/xtask/bench").join(name)
}
