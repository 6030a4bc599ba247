use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use ardoise_generator::{Installed, install};
use ardoise_model::Origin;

use crate::assets;
use crate::config::FILE;

/// Where a Hugo site keeps its themes, and a module beside them.
const MODULE: &str = "themes/ardoise";
const HUGO_FILES: [&str; 4] = ["hugo.toml", "config.toml", "config/_default/hugo.toml", "config/_default/config.toml"];

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder of the site's source
    #[arg(default_value = ".")]
    dir: PathBuf,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let origin = origin(&args.dir);
    let config = assets::CONFIG.replace("{origin}", origin.as_ref().map_or("https://blog.example.org", Origin::as_str));
    let own = std::iter::once((PathBuf::from(FILE), config.as_bytes()));
    let module = assets::hugo_module().into_iter().map(|(path, bytes)| (Path::new(MODULE).join(path), bytes));
    let installed = install(&args.dir, own.chain(module)).with_context(|| args.dir.display().to_string())?;
    report(&installed);
    println!("{}", next_steps(&args.dir, origin.is_some()));
    Ok(ExitCode::SUCCESS)
}

fn report(installed: &[Installed]) {
    let (written, kept): (Vec<_>, Vec<_>) = installed.iter().partition(|file| file.written);
    for file in &written {
        println!("wrote  {}", file.file.display());
    }
    for file in &kept {
        println!("kept   {} (it was there already)", file.file.display());
    }
}

/// What the site says of itself.
fn origin(dir: &Path) -> Option<Origin> {
    let text = HUGO_FILES.iter().find_map(|file| std::fs::read_to_string(dir.join(file)).ok())?;
    let settings: toml::Table = text.parse().ok()?;
    // Hugo does not mind how the key is spelt.
    let (_, url) = settings.iter().find(|(key, _)| key.eq_ignore_ascii_case("baseURL"))?;
    let url = url.as_str()?;
    let host = url.find("://").map(|scheme| scheme + 3)?;
    let end = url[host..].find('/').map_or(url.len(), |slash| host + slash);
    url[..end].parse().ok()
}

fn next_steps(dir: &Path, origin_known: bool) -> String {
    let origin = if origin_known { "" } else { "\n0. In ardoise.toml, set `origin` to the address of your site." };
    format!(
        r#"
Next:{origin}
1. In hugo.toml, name the module before your own theme, and mount the published tree:

       theme = ["ardoise", "your-theme"]

       [[module.mounts]]
       source = "assets"
       target = "assets"
       [[module.mounts]]
       source = "published"
       target = "assets/ardoise"

2. In your templates:

       {{{{ partial "ardoise/head.html" . }}}}       in the <head> of every page
       {{{{ partial "ardoise/comments.html" . }}}}   at the end of an article
       {{{{ partial "ardoise/count.html" . }}}}      for each article of a list

3. Build the site and try it out:

       {}hugo && ardoise dev ."#,
        if dir == Path::new(".") { String::new() } else { format!("cd {} && ", dir.display()) }
    )
}
