use std::process::ExitCode;

use crate::config::Config;
use crate::parts::RunMode;
use crate::running;

pub(crate) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let mode = RunMode { publish_all: false, origin: Some(config.site.origin.clone()), notifies: true, dev_site: None };
    running::run(config, mode, || Ok(()), |_| {})
}
