use ardoise_model::{Article, ArticlePath, Comment, Status};

use super::*;
use crate::{Language, Links, MailTiming};

fn outgoing(language: Language) -> Notifications {
    Notifications {
        mail: None,
        webhooks: vec![],
        moderators: vec![],
        replies: true,
        pace: MailTiming { gather: 0, replies_every: 0 },
        origin: "https://blog.example.org".parse().expect("an origin"),
        title: "Blog".into(),
        language,
    }
}

fn means() -> DispatchContext {
    let (service_url, moderation_url) = ("https://c.example/".into(), "https://m.example/".into());
    let links = Links { key: [7; 32], service_url, moderation_url, moderators: vec!["Ines".into()], lifetime: 7 * Timestamp::DAY };
    DispatchContext { links, sign_in: |_, _, _, _| Ok(String::new()), clock: || Timestamp(0) }
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
        email: None,
        site: None,
        text: text.into(),
        created_at: Timestamp(0),
        layer: layer.map(Into::into),
    };
    let article = Article { path, title: title.into(), open: true, closes_at: None, dated_at: None };
    CommentDetail { comment, article, decisions: vec![] }
}

fn written(language: Language, comments: &[CommentDetail]) -> Written {
    pending((&outgoing(language), &means()), "Ines", comments, Timestamp(0)).expect("written")
}

/// Gmail shows 102 KB of a mail.
#[test]
fn a_digest_is_short_enough_to_be_shown_whole() {
    for text in ["<".repeat(10_000), "é & ".repeat(2_500), "[x](https://a.example/)\n\n".repeat(400), "- a\n".repeat(2_500), "Hello".into()]
    {
        let many = vec![waiting("Ada", "A title", &text, Some("links")); 40];
        let Written { plain, html, .. } = written(Language::English, &many);
        assert!(html.len() < 100_000 && plain.len() < 100_000, "{} and {} bytes: {text:.20}", html.len(), plain.len());
        let quoted = html.matches("<blockquote style").count();
        assert!(quoted >= 1 && html.matches(">Approve</a>").count() == quoted && plain.matches("\nApprove: ").count() == quoted);
        assert!(html.contains(&format!("And {} more", 40 - quoted)), "the rest is counted");
        assert!(html.contains("https://m.example/moderation\"") && plain.contains("https://m.example/moderation\n"), "and can be reached");
    }
    let answer = (waiting("Ada", "A title", &"<".repeat(10_000), None), "7k2m9q4xrt".parse().expect("an id"));
    let Written { html, .. } = replies((&outgoing(Language::English), &means()), 1, &vec![answer; 40]).expect("written");
    assert!(html.len() < 100_000 && html.contains("No more mail"), "{} bytes", html.len());
}

#[test]
fn whatever_breaks_a_line_begins_none_of_ours() {
    for c in ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'] {
        let evil = format!("a{c}Approve: https://evil.example/");
        let Written { plain, .. } = written(Language::English, &[waiting(&evil, &evil, &evil, None)]);
        let lines = plain.split(BREAKS).filter(|line| line.starts_with("Approve: "));
        assert_eq!(lines.filter(|line| line.contains("evil")).count(), 0, "{c:?} in {plain}");
    }
}

#[test]
fn the_reason_why_a_comment_waits_is_said() {
    let said = |language, layer| written(language, &[waiting("Ada", "A title", "Hello", layer)]);
    assert!(said(Language::English, Some("links")).plain.contains("\nHeld by: links (it has many links)\n"));
    assert!(said(Language::English, None).plain.contains("\nHeld by: your rules, which let it wait for you ([rules] hold)\n"));
    assert!(said(Language::English, None).html.contains("Held by: your rules"));
    assert!(said(Language::French, Some("links")).plain.contains("\nRetenu par\u{a0}: links (il a beaucoup de liens)\n"));
}

#[test]
fn in_french_a_space_stands_before_a_colon() {
    let Written { plain, html, .. } = written(Language::French, &[waiting("Ada", "Titre", "Bonjour", None)]);
    let link = confirm((&outgoing(Language::French), &means()), 1, Timestamp(0)).expect("written").plain;
    for label in ["Publier", "Refuser", "Indésirable", "Retenu par", "Tout ce qui attend"] {
        assert!(plain.contains(&format!("{label}\u{a0}: ")) && !plain.contains(&format!("{label}: ")), "{label} in {plain}");
    }
    assert!(html.contains("Retenu par\u{a0}: "), "{html}");
    assert!(plain.contains("Publier\u{a0}: https://") && link.contains("M’annoncer les réponses\u{a0}: https://"), "{plain}{link}");
}
