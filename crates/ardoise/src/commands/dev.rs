use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use ardoise_generator::{install, install_anew};
use ardoise_service::DevSite;

use crate::config::{Config, FILE};
use crate::parts::RunMode;
use crate::{assemble, assets, clock, dev_address, output, running};

/// The folder with settings and state for a site without settings of its own.
const STATE: &str = "ardoise-dev";
/// The folder of the example blog in it.
const EXAMPLE: &str = "blog";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// A site with an ardoise.toml, or a folder of built pages; without it, the example blog
    site: Option<PathBuf>,
    /// Publish comments at once
    #[arg(long)]
    auto_approve: bool,
    /// Listen on this port of localhost; 0 takes any free one [default: the one in the settings]
    #[arg(long)]
    port: Option<u16>,
}

pub(crate) fn run(args: &Args, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    // A site of the user may be called `blog` too; only the folder that `dev` made contains the example.
    let example = args.site.is_none() && config.is_none();
    let mut config = match (&args.site, config) {
        (None, Some(_)) => Config::load(config)?,
        (Some(site), None) => site_config(site)?,
        (None, None) => state_for(Path::new(EXAMPLE))?,
        (Some(_), Some(_)) => bail!("give either SITE or --config: the settings name the site"),
    };
    let Some(built) = config.built() else {
        bail!("{}: [site] built is missing; `ardoise dev` needs the built site in order to serve it", config.file.display())
    };
    if let Some(port) = args.port {
        config.service.listen.set_port(port);
    }
    // `dev` listens on localhost only, whatever the settings say for the server.
    config.service.listen.set_ip([127, 0, 0, 1].into());
    config.moderation.listen = None;
    let dev_site = DevSite { built: built.clone(), path: config.site.path.clone(), tree: config.to() };
    let mode = RunMode { publish_all: args.auto_approve, origin: None, notifies: false, dev_site: Some(dev_site) };
    let mut address_file = None;
    let greet = |address: SocketAddr| {
        address_file = dev_address::publish(&config, address);
        // Without a reader of standard output `dev` runs on.
        drop(output::line(greeting(&config, &address.to_string(), args.auto_approve)));
    };
    running::run(&config, mode, || prepare(&config, &built, example), greet)
}

fn site_config(site: &Path) -> anyhow::Result<Config> {
    if site.join(FILE).is_file() {
        return Config::load(Some(&site.join(FILE)));
    }
    if !site.join("index.html").is_file() {
        bail!(
            "{} has neither {FILE} nor index.html: give a folder of built pages, or run `ardoise init {}` first",
            site.display(),
            site.display()
        );
    }
    let built = site.canonicalize()?;
    if std::env::current_dir()?.canonicalize()?.starts_with(&built) {
        bail!("run this from another folder: {STATE}/ would lie among the pages, and be served and uploaded with them");
    }
    state_for(&built)
}

/// Copies the pages of the example blog, at every start anew, and creates the published tree.
fn prepare(config: &Config, built: &Path, example: bool) -> anyhow::Result<()> {
    if example {
        install_anew(built, assets::blog()).with_context(|| built.display().to_string())?;
    }
    if !built.is_dir() {
        bail!("{} is not there: build the site first, or correct [site] built in {}", built.display(), config.file.display());
    }
    // The file server needs the folder when it starts.
    Ok(ardoise_generator::create_tree(&config.to())?)
}

/// Loads the settings in the state folder. They are written at the first start; later changes by the user stay.
fn state_for(built: &Path) -> anyhow::Result<Config> {
    let text = assets::DEV_CONFIG.replace("{built}", &toml::Value::from(built.display().to_string()).to_string());
    install(Path::new(STATE), [(PathBuf::from(FILE), text.as_bytes())])?;
    let config = Config::load(Some(&Path::new(STATE).join(FILE)))?;
    if config.site.built.as_deref() != Some(built) {
        bail!("{STATE}/ holds the comments of another site; remove that folder, or run this command in another one");
    }
    Ok(config)
}

fn greeting(config: &Config, address: &str, auto_approve: bool) -> String {
    let program = std::env::args().next().unwrap_or_else(|| "ardoise".to_owned());
    let here = config.file == Path::new(FILE) || config.file == Path::new("./ardoise.toml");
    let option = if here { String::new() } else { format!(" --config {}", config.file.display()) };
    let moderate = if auto_approve {
        "Comments are published as they come (--auto-approve).".to_owned()
    } else {
        let sign_in = sign_in(config, address)
            .map(|link| format!("Post a comment, then decide in the browser; this signs you in, once:\n\n    {link}\n\n"));
        let otherwise = if sign_in.is_some() { "Or in another terminal" } else { "Post a comment, then decide in another terminal" };
        format!("{}{otherwise}:\n\n    {program} pending{option}\n    {program} approve{option} ID", sign_in.unwrap_or_default())
    };
    format!("\nThe site is at http://{address}/\n\n{moderate}\n\nCtrl-C stops; nothing is lost.\n")
}

/// Returns a link that signs in to the queue, as the first moderator.
fn sign_in(config: &Config, address: &str) -> Option<String> {
    let moderator = config.moderators().into_iter().next()?;
    let link = assemble::store(config)
        .and_then(|store| Ok(assemble::sign_in_link(&store, &format!("http://{address}/"), &moderator.name, clock::now())?));
    link.inspect_err(|error| tracing::warn!("no link to the moderators' queue: {error:#}")).ok()
}
