use ardoise_generator::Feeds;
use ardoise_model::Order;
use pretty_assertions::assert_eq;

use super::*;

#[path = "../../../../fuzz/properties/corpus.rs"]
mod corpus;
#[path = "../../../../fuzz/properties/settings.rs"]
mod property;

fn error(text: &str) -> String {
    format!("{:#}", Config::parse(text, Path::new("ardoise.toml")).expect_err("refused"))
}

#[test]
fn one_line_is_enough() {
    let config = Config::parse("[site]\norigin = \"https://blog.example.org/\"\n", Path::new("/srv/blog/ardoise.toml")).expect("read");
    assert_eq!(config.site.origin.as_str(), "https://blog.example.org");
    assert_eq!((config.to(), config.built()), ("/srv/blog/published".into(), None));
    assert_eq!(config.store_url().to_string(), "sqlite:/srv/blog/ardoise.db");
    assert_eq!((config.service.listen.port(), config.publish.url.as_str()), (8100, "/ardoise/"));
}

#[test]
fn the_file_that_init_writes_can_be_read() {
    let text = crate::assets::CONFIG.replace("{origin}", "https://blog.example.org").replace("{path}", "/blog/");
    let config = Config::parse(&text, Path::new("/srv/blog/ardoise.toml")).expect("read");
    assert_eq!(config.built(), Some("/srv/blog/public".into()));
    assert_eq!((config.site.path.as_str(), config.publish.url.as_str()), ("/blog/", "/blog/ardoise/"));
}

#[test]
fn a_mistake_names_its_line() {
    let unknown = error("[site]\norigin = \"https://a.example\"\nbuild = \"public\"\n");
    assert!(
        unknown.contains("ardoise.toml: TOML parse error at line 3, column 1") && unknown.contains("expected one of `origin`, `built`"),
        "{unknown}"
    );
    let origin = error("[site]\norigin = \"blog\"\n");
    assert!(origin.contains("line 2, column 10") && origin.contains("such as \"https://blog.example.org\""), "{origin}");
    let listen = error("[site]\norigin = \"https://a.example\"\n[service]\nlisten = \"localhost\"\n");
    assert!(listen.contains("line 4, column 10") && listen.contains("127.0.0.1:8100"), "{listen}");
    let store = error("[site]\norigin = \"https://a.example\"\n[store]\nurl = \"mysql://root:pw@db\"\n");
    assert!(store.contains("line 4") && store.contains("sqlite:ardoise.db"), "{store}");
    assert!(!store.contains("root") && !store.contains("pw"), "{store}");
}

#[test]
fn a_mistake_says_what_to_write() {
    let site = "[site]\norigin = \"https://a.example\"\n";
    for (text, sentence) in [
        ("", "the section [site] is missing; write:\n\n[site]\norigin = \"https://blog.example.org\""),
        ("[site]\ntitle = \"x\"", "[site] lacks the key origin; add a line below it: origin = \"https://blog.example.org\""),
        ("[[site]]\norigin = \"https://a.example\"", "there is one of these alone: write [site], with one bracket on each side"),
        ("site = \"a\"", "site is a section: write [site] on a line of its own"),
        ("origin = \"https://a.example\"", "origin belongs below [site]"),
        ("{site}[moderator]\nname = \"a\"", "there may be several of these: write [[moderator]], with two brackets on each side"),
        ("{site}[webhook]\nname = \"a\"\nurl = \"https://x\"", "write [[webhook]], with two brackets"),
        ("{site}[[mail]]\nserver = \"a\"", "write [mail], with one bracket on each side"),
        ("{site}[mail]\nserver = \"a\"", "[mail] lacks the key tls; add a line below it: tls = \"starttls\""),
        (
            "{site}[[webhook]]\nname = \"a\"",
            "[[webhook]] lacks the key url; add a line below it: url = \"https://chat.example.org/hooks/…\"",
        ),
        ("{site}[[moderator]]\nemail = \"a@b.example\"", "[[moderator]] lacks the key name; add a line below it: name = \"Ines\""),
        ("{site}moderator = \"Ines\"", "moderator is a section: write [[moderator]] on a line of its own"),
        ("{site}bulit = \"public\"", "did you mean built?"),
        ("{site}[service]\nlisten = 8100", "listen must be a text in double quotes, such as: listen = \"127.0.0.1:8100\""),
        ("{site}[service]\ngrace_minutes = \"15\"", "\"15\" is not a whole number from 0 to 525600"),
        ("{site}[service]\ntrusted_proxies = \"::1\"", "trusted_proxies must be a list in brackets, such as: trusted_proxies = ["),
        ("{site}[publish]\navatars = \"yes\"", "avatars must be true or false, without quotes, such as: avatars = true"),
        ("{site}[rules]\nwords_hold = [1]", "words_hold must be a text in double quotes"),
        ("{site}[rules]\nbayes_hold_at = \"x\"", "bayes_hold_at must be a number such as 0.5, without quotes"),
        ("[site]\norigin = https://a.example", "a text stands in double quotes, such as: origin = \"https://blog.example.org\""),
        ("{site}[site]", "[site] stands here a second time"),
        ("{site}origin = \"https://a.example\"", "origin stands in [site] a second time"),
        ("{site}[mail]\nserver = \"a", "has no closing quote"),
        ("{site}[mail]\npassword = 8675309", "password must be a text in double quotes"),
    ] {
        let said = error(&text.replace("{site}", site));
        assert!(said.contains(sentence) && said.contains("at line "), "{text}: {said}");
        assert!(!said.contains("invalid type") && !said.contains("missing field") && !said.ends_with("8675309"), "{text}: {said}");
    }
}

/// Every number of the settings, with its range. A new one is missing here until it has one.
const NUMBERS: [(&str, &str, i64, i64); 17] = [
    ("service", "grace_minutes", 0, 525_600),
    ("rules", "trusted_after", 0, 1_000),
    ("rules", "least_seconds", 0, 3_600),
    ("rules", "duplicate_days", 0, 3_650),
    ("rules", "links_hold", 0, 1_000),
    ("rules", "links_spam", 0, 1_000),
    ("rules", "article_age_hold", 0, 36_500),
    ("rules", "close_after", 0, 36_500),
    ("rules", "proof_minutes", 1, 1_440),
    ("rules", "rate", 0, 100_000),
    ("rules", "rate_seconds", 0, 86_400),
    ("publish", "on_change_seconds", 1, 86_400),
    ("moderation", "link_days", 1, 365),
    ("privacy", "refused_days", 0, 3_650),
    ("privacy", "network_hours", 1, 8_784),
    ("mail", "gather", 0, 86_400),
    ("mail", "replies_every", 0, 2_592_000),
];

#[test]
fn every_number_has_a_range() {
    let mail = "server = \"smtp.example.org\"\ntls = \"tls\"\nfrom = \"c@example.org\"\n";
    let text = |section: &str, key: &str, value: &str| {
        format!("[site]\norigin = \"https://a.example\"\n[{section}]\n{key} = {value}\n{}", if section == "mail" { mail } else { "" })
    };
    for (section, key, least, most) in NUMBERS {
        for good in [least, most] {
            let read = Config::parse(&text(section, key, &good.to_string()), Path::new("a.toml"));
            assert!(read.is_ok(), "{key} = {good}: {:#}", read.expect_err("refused"));
        }
        let wrong = [least - 1, most + 1, i64::MIN, i64::MAX].map(|number| number.to_string());
        for wrong in wrong.iter().map(String::as_str).chain(["1.5", "\"1\"", "true", "[1]"]) {
            let said = error(&text(section, key, wrong));
            let named = said.contains("line 4") && said.contains(&format!("{key} = {wrong}"));
            assert!(named && said.contains(&format!(" from {least}")) && said.contains(&format!(" to {most}")), "{said}");
        }
    }
    // What `init` writes names every number but two. That of the work has a message of its own.
    let written = crate::assets::CONFIG;
    let is_number = |line: &str| line.split_once(" = ").is_some_and(|(_, value)| value.parse::<i64>().is_ok());
    let keys = written.lines().map(|line| line.trim_start_matches("# ")).filter(|line| is_number(line));
    let unknown: Vec<_> = keys
        .filter(|line| NUMBERS.iter().map(|(_, key, ..)| key).chain([&"proof_bits"]).all(|key| !line.starts_with(&format!("{key} = "))))
        .collect();
    assert_eq!(unknown, [""; 0]);
}

#[test]
fn a_site_may_have_several_names() {
    let page = include_str!("../../../../docs/deploy.md");
    let block = page.split("```toml\n").find(|block| block.contains("origins = ")).and_then(|block| block.split("```").next());
    let config = Config::parse(block.expect("a block"), Path::new("a.toml")).expect("read");
    let names: Vec<_> = config.site.origin.names().collect();
    assert_eq!(names, ["https://blog.example.org", "https://www.example.org", "https://fr.example.org"]);
    let said = error("[site]\norigin = \"https://a.example\"\norigins = [\"www.a.example\"]\n");
    assert!(said.contains("line 3") && said.contains("such as \"https://blog.example.org\""), "{said}");
}

#[test]
fn what_the_fuzzer_found_worth_keeping() {
    corpus::replay("settings", property::holds);
}

#[test]
fn what_is_published_can_be_set() {
    let read =
        |publish: &str| Config::parse(&format!("[site]\norigin = \"https://a.example\"\n[publish]\n{publish}\n"), Path::new("a.toml"));
    let publish = read("order = \"newest-first\"\nfeeds = \"site\"\navatars = false").expect("read").publish;
    assert_eq!((publish.order, publish.feeds, publish.avatars), (Order::NewestFirst, Feeds::Site, false));
    for (wrong, mend) in [
        ("order = \"new\"", "write \"oldest-first\" or \"newest-first\""),
        ("feeds = \"all\"", "write one of \"none\", \"site\", \"articles\""),
    ] {
        let said = format!("{:#}", read(wrong).expect_err("refused"));
        assert!(said.contains("line 4") && said.contains(mend), "{said}");
    }
}
