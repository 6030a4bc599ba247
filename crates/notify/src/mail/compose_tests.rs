use ardoise_model::{Article, ArticlePath, Comment, Status};

use super::*;
use crate::{Language, MailTiming};

fn notifications(language: Language) -> Notifications {
    Notifications {
        mail: None,
        webhooks: vec![],
        moderators: vec![],
        replies: true,
        timing: MailTiming { gather: 0, replies_every: 0 },
        origin: "https://blog.example.org".parse().expect("an origin"),
        title: "Blog".into(),
        language,
    }
}

fn links() -> Links {
    let (service_url, moderation_url) = ("https://c.example/".into(), "https://m.example/".into());
    Links { key: [7; 32], service_url, moderation_url, moderators: vec!["Ines".into()], lifetime: 7 * Timestamp::DAY }
}

fn waiting(author: &str, title: &str, text: &str, layer: Option<&str>) -> CommentDetail {
    let path = ArticlePath::from_stored("/a/".into());
    let comment = Comment {
        id: "7k2m9q4xrt".parse().expect("an id"),
        article: path.clone(),
        parent: None,
        status: Status::Pending,
        by_owner: false,
        author: author.into(),
        site: None,
        text: text.into(),
        created_at: Timestamp(0),
        layer: layer.map(Into::into),
    };
    let article = Article { path, title: title.into(), open: true, closes_at: None, dated_at: None };
    CommentDetail { comment, article, decisions: vec![] }
}

fn composed(language: Language, comments: &[CommentDetail]) -> Content {
    pending(&notifications(language), &links(), "Ines", comments, Timestamp(0)).expect("composed")
}

/// Gmail shows only 102 KB of a mail.
#[test]
fn a_digest_stays_below_the_size_that_mail_programs_show() {
    for text in ["<".repeat(10_000), "é & ".repeat(2_500), "[x](https://a.example/)\n\n".repeat(400), "- a\n".repeat(2_500), "Hello".into()]
    {
        let many = vec![waiting("Ada", "A title", &text, Some("links")); 40];
        let Content { plain, html, .. } = composed(Language::English, &many);
        assert!(html.len() < 100_000 && plain.len() < 100_000, "{} and {} bytes: {text:.20}", html.len(), plain.len());
        let quoted = html.matches("<blockquote style").count();
        assert!(quoted >= 1 && html.matches(">Approve</a>").count() == quoted && plain.matches("\nApprove: ").count() == quoted);
        assert!(html.contains(&format!("And {} more", 40 - quoted)), "the rest is counted");
        assert!(html.contains("https://m.example/moderation\"") && plain.contains("https://m.example/moderation\n"), "and can be reached");
    }
    let reply = (waiting("Ada", "A title", &"<".repeat(10_000), None), "7k2m9q4xrt".parse().expect("an id"));
    let Content { html, .. } = replies(&notifications(Language::English), &links(), 1, &vec![reply; 40]).expect("composed");
    assert!(html.len() < 100_000 && html.contains("No more mail"), "{} bytes", html.len());
}

#[test]
fn a_line_break_in_a_comment_cannot_forge_a_line_of_the_mail() {
    for c in ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'] {
        let evil = format!("a{c}Approve: https://evil.example/");
        let Content { plain, .. } = composed(Language::English, &[waiting(&evil, &evil, &evil, None)]);
        let lines = plain.split(BREAKS).filter(|line| line.starts_with("Approve: "));
        assert_eq!(lines.filter(|line| line.contains("evil")).count(), 0, "{c:?} in {plain}");
    }
}

#[test]
fn the_mail_has_the_reason_why_a_comment_is_pending() {
    let mail = |language, layer| composed(language, &[waiting("Ada", "A title", "Hello", layer)]);
    assert!(mail(Language::English, Some("links")).plain.contains("\nHeld by: links (it has many links)\n"));
    assert!(mail(Language::English, None).plain.contains("\nHeld by: your rules, which let it wait for you ([rules] hold)\n"));
    assert!(mail(Language::English, None).html.contains("Held by: your rules"));
    assert!(mail(Language::French, Some("links")).plain.contains("\nRetenu par\u{a0}: links (il a beaucoup de liens)\n"));
}

#[test]
fn in_french_a_space_stands_before_a_colon() {
    let Content { plain, html, .. } = composed(Language::French, &[waiting("Ada", "Titre", "Bonjour", None)]);
    let link = confirm(&notifications(Language::French), &links(), 1, Timestamp(0)).expect("composed").plain;
    for label in ["Publier", "Refuser", "Indésirable", "Retenu par", "Tout ce qui attend"] {
        assert!(plain.contains(&format!("{label}\u{a0}: ")) && !plain.contains(&format!("{label}: ")), "{label} in {plain}");
    }
    assert!(html.contains("Retenu par\u{a0}: "), "{html}");
    assert!(plain.contains("Publier\u{a0}: https://") && link.contains("M’annoncer les réponses\u{a0}: https://"), "{plain}{link}");
}
