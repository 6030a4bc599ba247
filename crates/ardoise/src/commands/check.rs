mod outgoing;
mod owner;

use std::path::Path;
use std::process::ExitCode;

use ardoise_generator::{Survey, probe, writable};
use ardoise_model::Moderator;
use ardoise_store::{StoreError, StoreUrl};

use crate::config::{Config, Privacy};
use crate::{output, wire};

/// What was looked at, and what came of it: fine with a word about it, or wrong with the way to mend it.
struct Finding(&'static str, Result<String, String>);

pub(crate) fn run(file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let config = match Config::load(file) {
        Ok(config) => config,
        Err(error) => return report(&[Finding("settings", Err(format!("{error:#}")))]),
    };
    let settings = Finding("settings", Ok(format!("{}, for {}", config.file.display(), config.site.origin)));
    let (site, survey) = built(&config);
    report(&[
        settings,
        site,
        database(&config),
        tree(&config),
        owner::owner(&config),
        separate(&config),
        listen(&config),
        queue(&config),
        moderators(&config),
        rules(&config, survey.as_ref()),
        privacy(&config),
        outgoing::mail(&config),
        outgoing::webhooks(&config),
        outgoing::messages(&config),
    ])
}

fn report(findings: &[Finding]) -> anyhow::Result<ExitCode> {
    for Finding(what, outcome) in findings {
        match outcome {
            Ok(word) => output::line(format_args!("ok     {what:<15}{word}"))?,
            Err(trouble) => output::line(format_args!("WRONG  {what:<15}{trouble}"))?,
        }
    }
    let fine = findings.iter().all(|Finding(_, outcome)| outcome.is_ok());
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// And what was found there, for others to look at.
fn built(config: &Config) -> (Finding, Option<Survey>) {
    let named = |outcome| Finding("built site", outcome);
    let Some(built) = config.built() else {
        return (named(Ok("none: comments are accepted for any path ([site] built)".to_owned())), None);
    };
    match ardoise_generator::survey(&built, &config.site.origin) {
        Ok(survey) => (named(articles(&survey, &built)), Some(survey)),
        Err(error) => (named(Err(format!("{error}; build the site, or correct [site] built"))), None),
    }
}

fn articles(survey: &Survey, built: &Path) -> Result<String, String> {
    let Survey { articles, pages, problems, .. } = survey;
    if let Some(first) = problems.first() {
        return Err(format!("{} marks are wrong; the first: {first}", problems.len()));
    }
    if *articles == 0 {
        let mend = "put the `ardoise/comments.html` partial into the article template, and build again";
        return Err(format!("{} has {pages} pages, and none carries the comment section's mark; {mend}", built.display()));
    }
    Ok(format!("{articles} articles on {pages} pages of {}", built.display()))
}

fn database(config: &Config) -> Finding {
    let url = config.store_url();
    let looked = ardoise_store::diagnose(&url).map_err(|diagnosis| diagnosis.to_string());
    Finding(
        "database",
        looked.and_then(|()| if let StoreUrl::Sqlite(file) = &url { file_rights(file) } else { Ok(()) }).and_then(|()| open(&url)),
    )
}

fn file_rights(file: &Path) -> Result<(), String> {
    let folder = file.parent().unwrap_or(Path::new("."));
    writable(folder).map_err(|error| format!("{error}; SQLite needs the right to write both the file and its folder: {}", folder.display()))
}

fn open(url: &StoreUrl) -> Result<String, String> {
    if !url.may_exist() {
        return Ok(format!("{url} does not exist yet; it is made at the first start"));
    }
    let asked = || -> Result<_, StoreError> {
        let store = ardoise_store::Store::open(url)?;
        Ok((store.about()?, store.work_waiting()?, store.lead()?.is_none()))
    };
    let word = |(about, work, led)| {
        let led = if led { "; a running `ardoise serve` publishes them" } else { "" };
        format!("{url}: {about}; {work} changes waiting to be published{led}")
    };
    match asked() {
        Err(StoreError::NoDatabase) => Ok(format!("{url} has no tables yet; they are made at the first start")),
        asked => asked.map(word).map_err(|error| format!("{url}: {error}")),
    }
}

fn tree(config: &Config) -> Finding {
    let to = config.to();
    let looked = probe(&to).map_err(|error| error.to_string());
    let looked =
        looked.and_then(|()| writable(&to).map_err(|error| format!("{error}; give the user that runs Ardoise the right to write there")));
    let word = if to.exists() { "" } else { ": it does not exist yet, and is made at the first start" };
    Finding("published tree", looked.map(|()| format!("{}{word}", to.display())))
}

/// A site generator that cleans up would remove the tree.
fn separate(config: &Config) -> Finding {
    let (to, built) = (config.to(), config.built());
    match built {
        Some(built) if to.starts_with(&built) || built.starts_with(&to) => {
            let mend = "keep them side by side, and let the web server join them ([publish] to)";
            Finding(
                "folders",
                Err(format!("{} and {} lie in each other: a build may remove the published files; {mend}", to.display(), built.display())),
            )
        }
        _ => Finding("folders", Ok("the built site and the published tree are apart".to_owned())),
    }
}

fn listen(config: &Config) -> Finding {
    let address = config.service.listen;
    // A running service holds the port, and that is as it should be.
    let word = match std::net::TcpListener::bind(address) {
        Ok(_) => Ok(format!("{address} is free: the service is not running; browsers reach it at {}", config.service_url())),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Ok(format!(
            "{address} is in use: the service is running, or another program has the port; browsers reach it at {}",
            config.service_url()
        )),
        Err(error) => Err(format!("{address}: {error}; correct [service] listen")),
    };
    Finding("address", word)
}

/// Where moderators decide. Its cookie goes over the wire: in the open only where the wire is short.
fn queue(config: &Config) -> Finding {
    let url = config.moderation_url();
    let host = url.strip_prefix("http://").map(|rest| rest.split(['/', ':']).next().unwrap_or_default());
    let where_to = config.moderation.listen.map(|address| format!(", which listens on {address}")).unwrap_or_default();
    let cannot = config.moderation.listen.and_then(|address| std::net::TcpListener::bind(address).err().map(|error| (address, error)));
    Finding(
        "moderation",
        match host {
            // A running service holds the port, and that is as it should be.
            _ if cannot.as_ref().is_some_and(|(_, error)| error.kind() != std::io::ErrorKind::AddrInUse) => {
                Err(cannot.map(|(address, error)| format!("{address}: {error}; correct [moderation] listen")).unwrap_or_default())
            }
            Some(host) if !matches!(host, "localhost" | "127.0.0.1" | "[") => {
                Err(format!("{url} is not https: whoever listens on the way could decide too; correct [service] url or [moderation] url"))
            }
            _ => Ok(format!("the queue is at {url}moderation{where_to}")),
        },
    )
}

fn moderators(config: &Config) -> Finding {
    let moderators = config.moderators();
    let twice = moderators.iter().enumerate().find(|(n, one)| moderators[..*n].iter().any(|other| other.name == one.name));
    let word = |one: &Moderator| one.email.as_ref().map_or_else(|| one.name.clone(), |email| format!("{} <{email}>", one.name));
    Finding(
        "moderators",
        match twice {
            Some((_, one)) => Err(format!("two are called {:?}; the log could not tell them apart: rename one ([[moderator]])", one.name)),
            None => Ok(moderators.iter().map(word).collect::<Vec<_>>().join(", ")),
        },
    )
}

fn rules(config: &Config, survey: Option<&Survey>) -> Finding {
    Finding("rules", config.rules.verdict().and_then(|word| Ok(word + &ages(config, survey)?)))
}

/// Rules on the age of articles are no use where no page says it.
fn ages(config: &Config, survey: Option<&Survey>) -> Result<String, String> {
    let Some(rules) = config.rules.ages() else { return Ok(String::new()) };
    let Some(&Survey { articles, dated, .. }) = survey else {
        return Err(format!("{rules} cannot be kept: without the built site nobody knows how old an article is; set [site] built, or 0"));
    };
    let undated = articles - dated;
    match undated {
        0 => Ok(String::new()),
        _ if dated == 0 => Err(format!(
            "{rules} cannot be kept: no article says its date; build the site again with today's partials, write data-ardoise-date beside data-ardoise-article, or set 0"
        )),
        _ => Ok(format!("; {undated} of {articles} articles have no date, and are never old")),
    }
}

/// What is not kept for ever, and how much of it has had its time.
fn privacy(config: &Config) -> Finding {
    let Privacy { refused_days, network_hours } = config.privacy;
    let kept = match refused_days {
        0 => "rejected comments, spam and deleted ones are kept for ever".to_owned(),
        days => format!("rejected comments, spam and deleted ones go after {days} days{}", overdue(config)),
    };
    Finding("privacy", Ok(format!("{kept}; hashes of networks after {network_hours} hours ([privacy])")))
}

/// Nothing where there is no database yet; what is wrong with it is said elsewhere.
fn overdue(config: &Config) -> String {
    let url = config.store_url();
    if !url.may_exist() {
        return String::new();
    }
    let due = ardoise_store::Store::open(&url).and_then(|store| store.overdue(config.privacy.keep(wire::now())));
    match due {
        Ok(0) => ", and none is due".to_owned(),
        Ok(due) => format!(", and {due} are due: `ardoise serve` removes them when it starts, and each day"),
        Err(_) => String::new(),
    }
}
