use std::process::ExitCode;

use crate::config::Config;
use crate::running::{self, RunMode};

pub(crate) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let manner = RunMode { publish_all: false, origin: Some(config.site.origin.clone()), tells: true, local: None };
    running::run(config, manner, || Ok(()), |_| {})
}
