use ardoise_model::{Article, ArticlePath, Comment, Status};
use ardoise_store::CommentDetail;

use super::*;

fn detail() -> CommentDetail {
    let path = ArticlePath::from_stored("/a/".into());
    let comment = Comment {
        id: "7k2m9q4xrt".parse().expect("an id"),
        article: path.clone(),
        parent: None,
        status: Status::Pending,
        by_owner: false,
        author: "<@U1> *Ada*".into(),
        site: None,
        text: "@everyone <https://evil.example|here>\n**bold** & [x](https://evil.example)".into(),
        created_at: Timestamp(0),
        layer: Some("links".into()),
    };
    CommentDetail {
        comment,
        article: Article { path, title: "Tea & \"<cake>\"".into(), open: true, closes_at: None, dated_at: None },
        decisions: vec![],
    }
}

fn body(format: Format) -> Value {
    let detail = detail();
    let event = Event {
        kind: "pending",
        detail: &detail,
        url: "https://blog.example.org/a/".into(),
        queue: "https://c.example/moderation".into(),
        site: "Blog",
    };
    let hook = Webhook { name: "w".into(), url: Secret(String::new()), secret: None, pending: true, approved: false, format };
    hook.body(&event)
}

#[test]
fn markup_in_a_comment_has_no_effect_in_a_chat() {
    let slack = body(Format::Slack);
    let text = slack["text"].as_str().expect("a text");
    assert!(
        text.starts_with("A comment waits on Blog: &lt;@\u{200b}U1&gt; *Ada* on Tea &amp; \"&lt;cake&gt;\"\n> @\u{200b}everyone &lt;https"),
        "{text}"
    );
    assert_eq!(text.matches('<').count(), 1, "our own link alone");
    let discord = body(Format::Discord);
    let text = discord["content"].as_str().expect("a text");
    assert!(text.contains(r"\<\@U1\> \*Ada\*") && text.contains(r"\@everyone \<https\:"), "{text}");
    assert_eq!(discord["allowed_mentions"], serde_json::json!({ "parse": [] }));
    let mattermost = body(Format::Mattermost);
    let text = mattermost["text"].as_str().expect("a text");
    assert!(text.contains("\\@\u{200b}everyone \\<https\\:") && text.contains(r"\[x\]\(https\:"), "{text}");
    let matrix = body(Format::Matrix);
    let html = matrix["html"].as_str().expect("a text");
    assert!(html.contains("Tea &amp; &quot;&lt;cake&gt;&quot;<blockquote>@everyone &lt;https"), "{html}");
    let telegram = body(Format::Telegram { chat: "-100".into() });
    assert_eq!((telegram["chat_id"].as_str(), telegram.get("parse_mode")), (Some("-100"), None));
}

#[test]
fn the_json_body_describes_the_comment() {
    let json = body(Format::Json);
    assert_eq!(
        (&json["event"], &json["comment"]["layer"], &json["article"]["url"]),
        (&"pending".into(), &"links".into(), &"https://blog.example.org/a/".into())
    );
    assert!(json["comment"]["html"].as_str().is_some_and(|html| html.contains("<strong>bold</strong>")));
}

#[test]
fn a_signature_covers_the_time_and_the_body() {
    // printf '1764000000.{}' | openssl dgst -sha256 -hmac secret
    let expected = "sha256=b691197929ebc73b102d12f9a4689644cb2d1a38c9f2d1883b9f478077313f85";
    assert_eq!(sign("secret", "1764000000", "{}"), expected);
    assert_ne!(sign("secret", "1764000001", "{}"), expected);
}

#[test]
fn debug_output_hides_secrets() {
    let hook = Webhook {
        name: "w".into(),
        url: Secret("https://chat.example/hooks/abc".into()),
        secret: Some(Secret("s3cret".into())),
        pending: true,
        approved: false,
        format: Format::Json,
    };
    let shown = format!("{hook:?}");
    assert!(!shown.contains("abc") && !shown.contains("s3cret"), "{shown}");
}
