use std::process::ExitCode;
use std::sync::Arc;

use ardoise_model::{
    Bayes, Comment, Draft, Origin, Policy, Refusal, Rule, Sample, ScreeningState, Status, Submission, Verdict, admit, counted,
};
use ardoise_store::{ReplaySample, TrainingSample};
use clap::Subcommand;
use serde_json::json;

use crate::config::Config;
use crate::{assemble, clock, output};

/// The number of parts in the cross-validation: the classifier that judges one part has learned from the others.
const PARTS: usize = 5;
const MAX_TRAINING_SAMPLES: i64 = 5000;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Compare what the rules say of the last comments with what was decided; changes nothing
    Try {
        /// The number of comments
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=100_000))]
        last: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// A decided comment, and what the rules say of it.
struct Tried {
    comment: Comment,
    verdict: Verdict,
}

/// How the rules compare with the decision.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Agreement {
    Agrees,
    /// The rules leave the decision to a moderator.
    Held,
    /// The rules publish a comment that was refused.
    LetThrough,
    /// The rules refuse a comment that was published.
    Lost,
}

pub(crate) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let Action::Try { last, json } = args.action;
    let store = assemble::store(config)?;
    // The comments were accepted for their article already.
    let policy = config.policy(false);
    let replay_samples = store.replay_samples(last, |moment| policy.questions(moment))?;
    let training_samples = if policy.bayes.is_some() { store.training_samples(MAX_TRAINING_SAMPLES, clock::now())? } else { Vec::new() };
    let classifiers: Vec<Option<Arc<Bayes>>> = (0..PARTS).map(|part| learn(&training_samples, part).map(Arc::new)).collect();
    let tried = |trial: ReplaySample| {
        let bayes = classifiers[part(trial.comment.id.as_str())].clone();
        try_one(trial, &policy, bayes, &config.site.origin)
    };
    let tried: Vec<Tried> = replay_samples.into_iter().map(tried).collect();
    if json {
        print_json(&tried)?;
    } else {
        print(&tried)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn learn(training_samples: &[TrainingSample], without: usize) -> Option<Bayes> {
    let others = training_samples.iter().filter(|sample| part(&sample.id) != without);
    Bayes::learn(others.map(|one| (Sample { author: &one.author, site: one.site.as_deref(), text: &one.text }, one.is_spam)))
}

fn part(id: &str) -> usize {
    id.bytes().map(usize::from).sum::<usize>() % PARTS
}

fn try_one(trial: ReplaySample, policy: &Policy, bayes: Option<Arc<Bayes>>, origin: &Origin) -> Tried {
    let ReplaySample { comment, facts } = trial;
    let draft = draft(&comment);
    // How a comment was sent is not stored. If a check that needs it held the comment, it is assumed to do so again unless it is switched off.
    let worked = comment.layer.as_deref() != Some("proof");
    let policy = Policy { proof_bits: if worked { 0 } else { policy.proof_bits }, ..policy.clone() };
    let known = ScreeningState { bayes, challenges: vec!["0".to_owned()] };
    let verdict = match Submission::check(&draft, origin) {
        Ok(submission) => admit(&submission, &facts, &policy, &known, comment.created_at).unwrap_or_else(|refusals| refused(&refusals)),
        // Earlier versions had other limits for fields.
        Err(_) => Status::Pending.into(),
    };
    Tried { comment, verdict }
}

/// Returns the verdict for a refusal, under the name of the closest check.
fn refused(refusals: &[Refusal]) -> Verdict {
    let is_old = refusals.iter().any(|refusal| matches!(refusal.rule, Rule::OldArticle(_)));
    Verdict { status: Status::Rejected, layer: Some(if is_old { "age" } else { "word" }) }
}

fn draft(comment: &Comment) -> Draft {
    let was = |layer: &str| comment.layer.as_deref() == Some(layer);
    Draft {
        article: comment.article.to_url_path(),
        author: comment.author.clone(),
        text: comment.text.clone(),
        site: comment.site.clone().unwrap_or_default(),
        reply_to: comment.parent.as_ref().map(ToString::to_string).unwrap_or_default(),
        trap: if was("honeypot") { "x".to_owned() } else { String::new() },
        elapsed: if was("time") { "0".to_owned() } else { String::new() },
        ..Draft::default()
    }
}

impl Tried {
    fn agreement(&self) -> Agreement {
        let refused = matches!(self.comment.status, Status::Spam | Status::Rejected);
        match self.verdict.status {
            Status::Approved if refused => Agreement::LetThrough,
            Status::Spam | Status::Rejected if self.comment.status == Status::Approved => Agreement::Lost,
            Status::Pending => Agreement::Held,
            _ => Agreement::Agrees,
        }
    }
}

impl Agreement {
    fn word(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Held => "asks",
            Self::LetThrough => "DIFFERS: published",
            Self::Lost => "DIFFERS: not published",
        }
    }
}

fn count(tried: &[Tried], agreement: Agreement) -> usize {
    tried.iter().filter(|one| one.agreement() == agreement).count()
}

fn print(tried: &[Tried]) -> std::io::Result<()> {
    let row = |one: &Tried| {
        let Verdict { status, layer } = one.verdict;
        let (id, decided) = (one.comment.id.to_string(), one.comment.status.to_string());
        let text = output::excerpt(&one.comment.text, 40);
        vec![id, decided, status.to_string(), layer.unwrap_or_default().to_owned(), one.agreement().word().to_owned(), text]
    };
    output::list(&["id", "decided", "rules say", "check", "", "text"], &tried.iter().map(row).collect::<Vec<_>>())?;
    let [agree, held, through, lost] =
        [Agreement::Agrees, Agreement::Held, Agreement::LetThrough, Agreement::Lost].map(|agreement| count(tried, agreement));
    output::line(format_args!(
        "{}: the rules agree on {agree}, ask a moderator about {held}. They would have published {through} that a moderator refused, and kept back {lost} that were published.",
        counted(tried.len() as u64, "comment", "comments")
    ))
}

fn print_json(tried: &[Tried]) -> std::io::Result<()> {
    let one = |one: &Tried| {
        json!({
            "id": one.comment.id.as_str(),
            "decided": one.comment.status.as_str(),
            "rules": one.verdict.status.as_str(),
            "layer": one.verdict.layer,
            "differs": matches!(one.agreement(), Agreement::LetThrough | Agreement::Lost),
        })
    };
    output::json(&json!({
        "comments": tried.iter().map(one).collect::<Vec<_>>(),
        "agree": count(tried, Agreement::Agrees),
        "held": count(tried, Agreement::Held),
        "let_through": count(tried, Agreement::LetThrough),
        "lost": count(tried, Agreement::Lost),
    }))
}
