//! The load: readers who send comments all the time, and remember each that was acknowledged.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::torture::ground::{ARTICLES, encoded};
use crate::torture::leg::Leg;
use crate::torture::random::Random;
use crate::torture::services::NAMES;

pub(crate) const WRITERS: u64 = 4;
/// E-mail addresses that must never come out again.
pub(crate) const PRIVATE: &str = "@private.example";

/// What came of a submission.
pub(crate) enum Sent {
    /// 202, with the id.
    Acknowledged(String),
    /// 503: the sender knows that nothing was kept.
    Refused,
    /// No answer. It may have been kept, or not.
    Failed,
}

pub(crate) fn agent() -> ureq::Agent {
    // Longer than the service takes to give up.
    ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(45))).build().into()
}

/// Writes until the leg is over.
pub(crate) fn write(leg: &Leg<'_>, mut random: Random, writer: u64) {
    let agent = agent();
    let mut mine: Vec<(String, &str)> = vec![];
    for number in 0_u64.. {
        if leg.is_over() {
            break;
        }
        thread::sleep(random.milliseconds(5, 60));
        let Some(_working) = leg.work() else { continue };
        let Some(url) = leg.services.url(random.index(NAMES.len())) else { continue };
        let article = random.pick(&ARTICLES).copied().unwrap_or(ARTICLES[0]);
        let token = format!("token-{writer}-{number}-end");
        let answered = random.percent(20).then(|| mine.iter().rev().find(|(_, of)| *of == article)).flatten();
        let draft = draft(&mut random, article, &token, answered.map(|(id, _)| id.as_str()));
        if let Sent::Acknowledged(id) = send(leg, &agent, &url, article, &token, &draft, false) {
            mine.push((id, article));
        }
    }
}

fn draft(random: &mut Random, article: &str, token: &str, reply_to: Option<&str>) -> Value {
    let words = "A *word* about `that`, <b>bold</b> and https://blog.example.org/ with an é. ";
    let text = format!("{token}\n\n{}", words.repeat(random.index(8)));
    json!({
        "article": encoded(article), "author": "Ada", "email": format!("{token}{PRIVATE}"), "site": "https://ada.example/",
        "text": text, "reply_to": reply_to,
    })
}

/// One submission, written down before it is sent and after it is answered.
pub(crate) fn send(leg: &Leg<'_>, agent: &ureq::Agent, url: &str, article: &str, token: &str, draft: &Value, canary: bool) -> Sent {
    leg.ledger.sent(token);
    leg.log.add("submissions sent", 1);
    let begun = Instant::now();
    let answer = agent.post(format!("{url}/comments")).content_type("application/json").send(draft.to_string());
    let answer = answer.and_then(|mut answer| {
        let retry_after = answer.headers().contains_key("retry-after");
        answer.body_mut().read_to_string().map(|body| (answer.status().as_u16(), retry_after, body))
    });
    leg.log.longest("an answer to a submission", begun.elapsed());
    match answer {
        Ok((202, _, body)) => {
            let receipt: Value = serde_json::from_str(&body).unwrap_or_default();
            let Some(id) = receipt["id"].as_str() else {
                leg.log.finding(format!("202 without an id: {body}"));
                return Sent::Failed;
            };
            leg.log.add("submissions acknowledged", 1);
            if !leg.ledger.acknowledged(id, token, article, canary) {
                leg.log.finding(format!("{id} was given to two submissions"));
            }
            Sent::Acknowledged(id.to_owned())
        }
        Ok((503, retry_after, _)) => {
            leg.log.add("submissions refused with 503", 1);
            if !retry_after {
                leg.log.finding("503 without Retry-After");
            }
            Sent::Refused
        }
        Ok((status, _, body)) => {
            leg.log.finding(format!("a good submission was answered with {status}: {body}"));
            Sent::Failed
        }
        Err(error) => {
            leg.log.add("submissions without an answer", 1);
            if leg.weather.was_calm_since(begun) {
                leg.log.finding(format!("a submission got no answer though nothing was wrong: {error}"));
            }
            Sent::Failed
        }
    }
}
