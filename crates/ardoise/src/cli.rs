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
    /// The file of settings [default: ardoise.toml in the working directory]
    #[arg(long, global = true, value_name = "FILE", env = "ARDOISE_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Put ardoise.toml and the Hugo module beside a site; nothing is overwritten
    Init(init::Args),
    /// Try it out: serve the built site, the published tree and the service on localhost
    Dev(dev::Args),
    /// Take submissions in, follow the built site and generate; what a server runs
    Serve,
    /// Bring the published tree to what the database says, once
    Generate(generate::Args),
    /// List the comments that wait for a decision
    Pending(pending::Args),
    /// Decide on one pending comment after another, with a key for each act
    Moderate,
    /// Show one comment
    Show(show::Args),
    /// Publish comments
    Approve(decide::ApproveArgs),
    /// Do not publish comments, though they are no spam
    Reject(decide::Args),
    /// Do not publish comments: they are spam
    Spam(decide::Args),
    /// Take comments down; their text stays in the database, and `approve` brings them back
    Delete(decide::Args),
    /// Publish an answer of your own, under [site] owner's name
    Reply(reply::Args),
    /// Print, or delete, all that is stored of one person
    Person(person::Args),
    /// List the articles that the site has, with their comments counted
    Catalogue(catalogue::Args),
    /// What was done to comments, by whom and when, newest first
    Log(log::Args),
    /// List the bans, and lift one
    Bans(bans::Args),
    /// Sign moderators in on the web, and out
    Moderator(moderator::Args),
    /// Try the rules for comments on those that came
    Rules(rules::Args),
    /// Bring a site from one database to another, and compare the two; the first stays as it is
    Copy(copy::Args),
    /// Bring the database to this version's tables, or make it; `serve` does so when it starts
    Migrate,
    /// Say what is wrong with settings, database and folders, and how to mend it
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
        Command::Init(args) => init::run(&args),
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
