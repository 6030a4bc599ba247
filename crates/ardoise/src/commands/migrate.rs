use std::process::ExitCode;

use anyhow::Context;
use ardoise_store::Store;

use crate::config::Config;
use crate::output;

pub(crate) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let url = config.store_url();
    Store::prepare(&url).with_context(|| format!("[store] url = \"{url}\""))?;
    output::line(format_args!("{url} has this version's tables."))?;
    Ok(ExitCode::SUCCESS)
}
