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
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Print all that is stored of a person, as JSON
    Export(Selector),
    /// Delete a person's comments with their text, and forget their addresses; this cannot be undone
    Delete {
        #[command(flatten)]
        selector: Selector,
        /// Do not ask for confirmation
        #[arg(long)]
        yes: bool,
    },
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Selector {
    /// By the address that they subscribed to replies with
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// By one of their comments: selects all from the same browser
    #[arg(long, value_name = "ID")]
    comment: Option<String>,
    /// By the exact name under comments; other people may have used it too
    #[arg(long)]
    name: Option<String>,
}

pub(crate) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let store = assemble::store(config)?;
    match &args.action {
        Action::Export(selector) => export(&store, selector),
        Action::Delete { selector, yes } => delete(&store, selector, *yes),
    }
}

fn export(store: &Store, selector: &Selector) -> anyhow::Result<ExitCode> {
    let person = store.person(&selector.query(store)?)?;
    if person.is_unknown() {
        bail!("{}", selector.unknown_message());
    }
    output::json(&json!({
        "comments": person.comments.iter().map(comment).collect::<Value>(),
        "addresses": person.addresses.iter().map(address).collect::<Value>(),
    }))?;
    Ok(ExitCode::SUCCESS)
}

fn delete(store: &Store, selector: &Selector, yes: bool) -> anyhow::Result<ExitCode> {
    let query = selector.query(store)?;
    let person = store.person(&query)?;
    if person.is_unknown() {
        bail!("{}; nothing was changed", selector.unknown_message());
    }
    if !yes && !confirmed(&person)? {
        bail!("nothing was changed: write \"yes\" to delete, or give --yes");
    }
    let gone = store.forget_person(&query, &Actor::COMMAND, clock::now())?;
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
        output::line("They are banned, and stay so: the ban holds a hash of their browser or network, and nothing else of them.")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows what would be deleted, and asks for confirmation.
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

impl Selector {
    fn query(&self, store: &Store) -> anyhow::Result<PersonQuery> {
        Ok(match (&self.email, &self.comment, &self.name) {
            (Some(email), ..) => PersonQuery::Email(email.clone()),
            (_, Some(id), _) => PersonQuery::Comment(store.resolve(id)?),
            (.., name) => PersonQuery::Name(name.clone().unwrap_or_default()),
        })
    }

    fn unknown_message(&self) -> String {
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
