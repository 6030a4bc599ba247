//! The command line: the commands, and the dispatch to each one's `run`.

use std::path::PathBuf;
use std::process::ExitCode;

use ardoise_model::Decision;
use clap::{Parser, Subcommand};

use crate::commands::{
    bans, catalogue, check, copy, decide, dev, generate, init, log, migrate, moderate, moderator, pending, person, reply, rules, serve,
    show,
};
use crate::config::Config;
use crate::{logging, output};

/// Comments and comment counts for static sites, read as plain files.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    /// The settings file [default: ardoise.toml in the working directory]
    #[arg(long, global = true, value_name = "FILE", env = "ARDOISE_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write ardoise.toml and the Hugo module into a site; overwrites nothing
    Init(init::Args),
    /// Try it out: serve the built site, the published tree and the service on localhost
    Dev(dev::Args),
    /// Accept comments, follow the built site and publish; the command for a server
    Serve,
    /// Update the published tree from the database, once
    Generate(generate::Args),
    /// List the pending comments
    Pending(pending::Args),
    /// Decide on one pending comment after another, with a key for each action
    Moderate,
    /// Show one comment
    Show(show::Args),
    /// Publish comments
    Approve(decide::ApproveArgs),
    /// Reject comments that are not spam
    Reject(decide::Args),
    /// Reject comments as spam
    Spam(decide::Args),
    /// Unpublish comments; their text stays in the database, and `approve` restores them
    Delete(decide::Args),
    /// Publish a reply under the name in [site] owner
    Reply(reply::Args),
    /// Print or delete everything that is stored about a person
    Person(person::Args),
    /// List the articles of the site with their numbers of comments
    Catalogue(catalogue::Args),
    /// List the actions of moderators, newest first
    Log(log::Args),
    /// List the bans, or lift one
    Bans(bans::Args),
    /// Manage moderators' sign-in links and sessions
    Moderator(moderator::Args),
    /// Test the rules on past comments
    Rules(rules::Args),
    /// Copy a site from one database to another, and compare the two; the first is not changed
    Copy(copy::Args),
    /// Create the database, or migrate it to this version; `serve` does so when it starts
    Migrate,
    /// Check settings, database and folders, and say how to mend what is wrong
    Check(check::Args),
}

/// Reads the command line and runs the command. Errors go to standard error and give the exit code 1; clap ends the process itself, with 2,
/// when the command line is wrong.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    logging::start(matches!(cli.command, Command::Serve | Command::Dev(_)));
    dispatch(cli).unwrap_or_else(|error| {
        // `ardoise pending | head`: the reader of the pipe has closed it, which is no error.
        if error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe) {
            return ExitCode::SUCCESS;
        }
        eprintln!("ardoise: {}", output::without_codes(&format!("{error:#}")));
        ExitCode::FAILURE
    })
}

fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let config = || Config::load(cli.config.as_deref());
    match cli.command {
        Command::Init(args) => init::run(&args, cli.config.as_deref()),
        Command::Dev(args) => dev::run(&args, cli.config.as_deref()),
        Command::Serve => serve::run(&config()?),
        Command::Generate(args) => generate::run(&args, &config()?),
        Command::Pending(args) => pending::run(&args, &config()?),
        Command::Moderate => moderate::run(&config()?),
        Command::Show(args) => show::run(&args, &config()?),
        Command::Approve(args) => decide::approve(&args, &config()?),
        Command::Reject(args) => decide::run(&args, Decision::Reject, &config()?),
        Command::Spam(args) => decide::run(&args, Decision::Spam, &config()?),
        Command::Delete(args) => decide::run(&args, Decision::Delete, &config()?),
        Command::Reply(args) => reply::run(&args, &config()?),
        Command::Person(args) => person::run(&args, &config()?),
        Command::Catalogue(args) => catalogue::run(&args, &config()?),
        Command::Log(args) => log::run(&args, &config()?),
        Command::Bans(args) => bans::run(&args, &config()?),
        Command::Moderator(args) => moderator::run(&args, &config()?),
        Command::Rules(args) => rules::run(&args, &config()?),
        Command::Copy(args) => copy::run(&args),
        Command::Migrate => migrate::run(&config()?),
        Command::Check(args) => check::run(&args, cli.config.as_deref()),
    }
}
