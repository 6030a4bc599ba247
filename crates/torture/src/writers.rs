//! The load: workers that submit comments and record each one that was acknowledged.

use std::thread;

use serde_json::{Value, json};

use crate::random::Random;
use crate::scenario::Scenario;
use crate::services::NAMES;
use crate::site::{ARTICLES, PRIVATE, encoded};
use crate::submit::{Submitted, agent, send};

pub(crate) const WRITERS: u64 = 4;

/// Submits comments until the scenario has ended.
pub(crate) fn write(scenario: &Scenario<'_>, mut random: Random, writer: u64) {
    let agent = agent();
    let mut mine: Vec<(String, &str)> = vec![];
    for number in 0_u64.. {
        if scenario.is_ended() {
            break;
        }
        thread::sleep(random.milliseconds(5, 60));
        let Some(_working) = scenario.begin_work() else { continue };
        let Some(url) = scenario.services.url(random.index(NAMES.len())) else { continue };
        let article = random.pick(&ARTICLES).copied().unwrap_or(ARTICLES[0]);
        let token = format!("token-{writer}-{number}-end");
        let answered = random.percent(20).then(|| mine.iter().rev().find(|(_, of)| *of == article)).flatten();
        let draft = draft(&mut random, article, &token, answered.map(|(id, _)| id.as_str()));
        if let Submitted::Acknowledged(id) = send(scenario, &agent, &url, article, &token, &draft, false) {
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
