use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ardoise_generator::{Installed, install, install_folder, install_private};
use ardoise_model::Origin;
use ardoise_store::{FileUse, PermissionProblem};

use crate::config::FILE;
use crate::{assets, output};

/// The folder of the Hugo module, among the themes of the site.
const MODULE: &str = "themes/ardoise";
/// The folder of the published tree in the settings that are written.
const TREE: &str = "published";
const HUGO_FILES: [&str; 4] = ["hugo.toml", "config.toml", "config/_default/hugo.toml", "config/_default/config.toml"];

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder of the site's source
    #[arg(default_value = ".")]
    dir: PathBuf,
}

pub(crate) fn run(args: &Args, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    if let Some(other) = config.filter(|file| **file != args.dir.join(FILE)) {
        let own = args.dir.join(FILE);
        anyhow::bail!("`init` writes {}, not {}; run it without --config and ARDOISE_CONFIG", own.display(), other.display());
    }
    let address = address(&args.dir);
    let (origin, path) = address.as_ref().map_or(("https://blog.example.org", "/"), |(origin, path)| (origin.as_str(), path));
    let config = assets::CONFIG.replace("{origin}", origin).replace("{path}", path);
    let module = assets::hugo_module().into_iter().map(|(path, bytes)| (Path::new(MODULE).join(path), bytes));
    let put = || -> std::io::Result<_> {
        // Private, because it will contain passwords.
        let own = install_private(&args.dir, Path::new(FILE), config.as_bytes())?;
        Ok(std::iter::once(own).chain(install(&args.dir, module)?).collect::<Vec<_>>())
    };
    let installed = put().map_err(|error| explained(&args.dir, error))?;
    for Installed { file, written } in &installed {
        let line =
            if *written { format!("wrote  {}", file.display()) } else { format!("kept   {} (it was there already)", file.display()) };
        output::line(line)?;
    }
    // Hugo mounts only folders that exist when it starts.
    let tree = args.dir.join(TREE);
    if installed.first().is_some_and(|settings| settings.written) && install_folder(&tree)? {
        output::line(format!("made   {}", tree.display()))?;
    }
    output::line(next_steps(&args.dir, address.is_some(), path))?;
    Ok(ExitCode::SUCCESS)
}

/// Explains a permission error: names the owner of the folder, and what mends it.
fn explained(dir: &Path, error: std::io::Error) -> anyhow::Error {
    let obstacle = [dir.to_owned(), dir.join("themes"), dir.join(MODULE)]
        .iter()
        .find_map(|folder| PermissionProblem::find(folder, FileUse::CreateFilesIn));
    match obstacle.filter(|_| error.kind() == std::io::ErrorKind::PermissionDenied) {
        Some(obstacle) => anyhow::anyhow!("{obstacle}"),
        None => anyhow::Error::from(error).context(dir.display().to_string()),
    }
}

/// Returns the site's origin and path from Hugo's configuration.
fn address(dir: &Path) -> Option<(Origin, String)> {
    let text = HUGO_FILES.iter().find_map(|file| std::fs::read_to_string(dir.join(file)).ok())?;
    let settings: toml::Table = text.parse().ok()?;
    // Hugo ignores the case of keys.
    let (_, url) = settings.iter().find(|(key, _)| key.eq_ignore_ascii_case("baseURL"))?;
    let url = url.as_str()?;
    let host = url.find("://").map(|scheme| scheme + 3)?;
    let end = url[host..].find('/').map_or(url.len(), |slash| host + slash);
    Some((url[..end].parse().ok()?, format!("{}/", url[end..].trim_end_matches('/'))))
}

fn next_steps(dir: &Path, origin_known: bool, path: &str) -> String {
    let origin = if origin_known { "" } else { "\n0. In ardoise.toml, set `origin` to the address of your site." };
    format!(
        r#"
Next:{origin}
1. In hugo.toml, name the module before your own theme, above the first [table]:

       theme = ["ardoise", "your-theme"]      # or ["ardoise"] alone

   and at the end of the file, mount the published tree:

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

3. Build the site for this machine and try it out; for your readers, build it anew with plain hugo:

       {}hugo -b http://127.0.0.1:8100{path} && ardoise dev .

4. Keep readers' addresses out of git. In .gitignore:

       /ardoise.db*
       /published/
       /.ardoise-dev

`ardoise check` says what is wrong. ardoise.toml will hold passwords: you and its group may read it, so on the server give it to the group
that the service runs as (sudo chgrp ardoise ardoise.toml). There, `ardoise serve` runs, and the web server hands out published/ at {path}ardoise/."#,
        if dir == Path::new(".") { String::new() } else { format!("cd {} && ", dir.display()) }
    )
}
