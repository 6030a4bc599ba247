use std::process::ExitCode;

use anyhow::bail;
use ardoise_model::{Actor, counted};
use ardoise_store::{Address, Person, PersonComment, PersonQuery, Store};
use serde_json::{Value, json};

use crate::config::Config;
use crate::{assemble, clock, output};

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(clap::Subcommand)]
enum Act {
    /// Print all that is stored of a person, as JSON
    Export(Found),
    /// Empty a person's comments, which are deleted, and forget his addresses; it cannot be taken back
    Delete {
        #[command(flatten)]
        found: Found,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Found {
    /// By the address to which he wanted answers to be told
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// By one of his comments: all that came from the same browser
    #[arg(long, value_name = "ID")]
    comment: Option<String>,
    /// By the name that he typed, to the letter; others may have typed it too
    #[arg(long)]
    name: Option<String>,
}

pub(crate) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let store = assemble::store(config)?;
    match &args.act {
        Act::Export(found) => export(&store, found),
        Act::Delete { found, yes } => delete(&store, found, *yes),
    }
}

fn export(store: &Store, found: &Found) -> anyhow::Result<ExitCode> {
    let person = store.person(&found.who(store)?)?;
    if person.is_unknown() {
        bail!("{}", found.unknown());
    }
    output::json(&json!({
        "comments": person.comments.iter().map(comment).collect::<Value>(),
        "addresses": person.addresses.iter().map(address).collect::<Value>(),
    }))?;
    Ok(ExitCode::SUCCESS)
}

fn delete(store: &Store, found: &Found, yes: bool) -> anyhow::Result<ExitCode> {
    let who = found.who(store)?;
    let person = store.person(&who)?;
    if person.is_unknown() {
        bail!("{}; nothing was changed", found.unknown());
    }
    if !yes && !confirmed(&person)? {
        bail!("nothing was changed: write \"yes\" to delete, or give --yes");
    }
    let gone = store.forget_person(&who, &Actor::COMMAND, clock::now())?;
    let published = match gone.published() {
        0 => String::new(),
        1 => "; one was published, and leaves the files with the next run of the generator (`serve` does that by itself)".to_owned(),
        n => format!("; {n} of them were published, and leave the files with the next run of the generator (`serve` does that by itself)"),
    };
    output::line(format_args!(
        "Emptied and deleted: {}. Forgotten: {}{published}.",
        counted(gone.comments.len() as u64, "comment", "comments"),
        counted(gone.addresses.len() as u64, "address", "addresses")
    ))?;
    if gone.comments.iter().any(|one| one.banned) {
        output::line("He is banned, and stays so: the ban knows a hash of his browser or network, and nothing else of him.")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows what would go, and asks.
fn confirmed(person: &Person) -> anyhow::Result<bool> {
    let row = |PersonComment { comment, .. }: &PersonComment| {
        let text = output::excerpt(&comment.text, 60);
        vec![
            comment.id.to_string(),
            comment.status.to_string(),
            output::local(comment.created_at),
            comment.article.to_string(),
            comment.author.clone(),
            text,
        ]
    };
    output::list(&["id", "status", "date", "article", "author", "text"], &person.comments.iter().map(row).collect::<Vec<_>>())?;
    for address in &person.addresses {
        output::line(format_args!("address\t{}", address.email))?;
    }
    eprintln!("All of this would go for good, from the published files too. Write \"yes\" to go on:");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("yes"))
}

impl Found {
    fn who(&self, store: &Store) -> anyhow::Result<PersonQuery> {
        Ok(match (&self.email, &self.comment, &self.name) {
            (Some(email), ..) => PersonQuery::Email(email.clone()),
            (_, Some(id), _) => PersonQuery::Comment(store.resolve(id)?),
            (.., name) => PersonQuery::Name(name.clone().unwrap_or_default()),
        })
    }

    fn unknown(&self) -> String {
        match (&self.email, &self.comment, &self.name) {
            (Some(email), ..) => format!("no address {email:?} is stored: it never asked for answers, or was forgotten since"),
            (_, Some(id), _) => format!("comment {id} is empty already, and nothing else is known of its author"),
            (.., name) => format!("nobody wrote under the name {:?}; it is compared to the letter", name.as_deref().unwrap_or_default()),
        }
    }
}

fn comment(one: &PersonComment) -> Value {
    let mut value = output::comment(&one.comment);
    let edit = |edit: &ardoise_store::Edit| json!({ "text": edit.text, "date": edit.at.to_string(), "by": edit.by.to_string() });
    value["former_texts"] = one.edits.iter().map(edit).collect();
    let past = |past: &ardoise_store::DecisionRecord| json!({ "status": past.status.as_str(), "date": past.at.to_string(), "by": past.by.to_string() });
    value["decisions"] = one.decisions.iter().map(past).collect();
    value["hashes"] = one.hashes.iter().map(|(of, hash)| ((*of).to_owned(), Value::from(hash.as_str()))).collect();
    value["banned"] = one.banned.into();
    value
}

fn address(address: &Address) -> Value {
    json!({
        "email": address.email,
        "asked_at": address.asked_at.to_string(),
        "confirmed_at": address.confirmed_at.map(|at| at.to_string()),
        "mailed_at": address.mailed_at.map(|at| at.to_string()),
        "answers_to": address.comments.iter().map(ardoise_model::CommentId::as_str).collect::<Value>(),
        "mails_waiting": address.waiting,
    })
}
