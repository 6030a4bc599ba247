//! The rate limit per network, and what is logged about it.

use std::io::{Read, Write};
use std::net::TcpStream;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::browser::Browser;
use super::harness::{Answer, Running, wait_for};
use super::spam::{KEY, post, set, site};

#[test]
fn too_many_from_one_network_are_asked_to_wait() {
    let site = site("rate = 2\nrate_seconds = 600");
    let service = site.serve();
    let from = |address: &str| post(&service, address, &json!({})).status;
    assert_eq!(["203.0.113.9", "203.0.113.9", "203.0.113.9"].map(from), [202, 202, 429]);
    assert_eq!(["203.0.113.10", "1.1.1.1, 203.0.113.9", "203.0.113.9, 203.0.113.11"].map(from), [202, 429, 202], "the last word counts");
    assert_eq!(["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1"].map(from), [202, 202, 429, 202], "a /64 is one line");
    assert_eq!([""; 3].map(from), [202, 202, 429], "those of whom nobody says where they come from share one limit");
    let busy = post(&service, "203.0.113.9", &json!({}));
    let seconds: u64 = busy.header("retry-after").parse().expect("seconds");
    assert!((1..=600).contains(&seconds), "{seconds}");
    assert_eq!((busy.header("content-type"), &busy.json()["status"]), ("application/problem+json", &json!(429)));
    let fields = [("article", "/a/"), ("author", "Ada"), ("text", "Mon texte"), ("key", KEY)];
    let page = service.post_form("/comments", &fields, &[("X-Forwarded-For", "203.0.113.9"), ("Accept-Language", "fr")]);
    assert_eq!(page.status, 429);
    assert!(page.body.contains("Votre texte est toujours là.") && !page.body.contains("Corrigez"), "{}", page.body);
    assert!(page.body.contains("Mon texte") && page.body.contains("Trop de commentaires") && page.body.contains(KEY), "{}", page.body);
}

/// Posts a comment through a socket, with lines of headers as they are: most clients send no such bytes.
fn post_bytes(service: &Running, headers: &[u8], body: &Value) -> String {
    let body = body.to_string();
    let mut stream = TcpStream::connect(service.url.trim_start_matches("http://")).expect("a connection");
    let head = format!("POST /comments HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    stream.write_all(&[head.as_bytes(), headers, b"\r\n", body.as_bytes()].concat()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn a_non_ascii_byte_does_not_hide_the_address() {
    let site = site("rate = 2\nrate_seconds = 600\nproof_bits = 0");
    let service = site.serve();
    let body = json!({ "article": "/a/", "author": "Ada", "text": "Hello" });
    let send = |lines: &[u8]| post_bytes(&service, &[b"Content-Type: application/json\r\n", lines].concat(), &body);
    let status = |lines: &[u8]| send(lines).split(' ').nth(1).expect("a status").parse::<u16>().expect("a number");
    let hidden = b"X-Forwarded-For: \xff, 203.0.113.9\r\n";
    let ines = Browser::sign_in(&site, &service, "Ines");
    let answer = send(hidden);
    let id = answer.split("\"id\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id").to_owned();
    assert_eq!(ines.post(&format!("/moderation/comments/{id}/ban"), &[]).status, 303);
    // The ban knows the network again, and so does the limit, however the line begins.
    let banned = send(b"X-Forwarded-For: \xff\r\nX-Forwarded-For: \xfe , 203.0.113.9\r\n");
    let id = banned.split("\"id\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id").to_owned();
    assert_eq!(site.json(&["show", &id, "--json"])["layer"], json!("ban"));
    assert_eq!(status(hidden), 429);
    assert_eq!(status(b"X-Forwarded-For: 203.0.113.10\r\n"), 202);
    // Without a trusted proxy all requests count as one network.
    let unknown: [&[u8]; 3] = [b"X-Forwarded-For: 203.0.113.20, \xff\r\n", b"X-Forwarded-For: \xfe\r\n", b"X-Forwarded-For: x\r\n"];
    assert_eq!(unknown.map(status), [202, 202, 429]);
    // Other headers count, too, whatever stands behind what is needed of them.
    let typed = post_bytes(&service, b"Content-Type: application/json; x=\xff\r\nX-Forwarded-For: 203.0.113.30\r\n", &body);
    assert!(typed.starts_with("HTTP/1.1 202"), "{typed}");
}

#[test]
fn every_route_that_writes_is_limited() {
    let site = site("rate = 2\nrate_seconds = 600");
    let service = site.serve();
    let from = |address: &str, method: &str, path: &str| {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", service.url));
        let request = request.header("X-Forwarded-For", address).header("Content-Type", "application/json").body("{}").expect("a request");
        Answer::from(service.agent.run(request).expect("an answer"))
    };
    for (n, (method, path, most)) in [
        ("PATCH", "/comments/7k2m9q4xrt", 2),
        ("DELETE", "/comments/7k2m9q4xrt", 2),
        ("PATCH", "/%63omments/7k2m9q4xrt", 2),
        ("POST", "/preview", 12),
        ("POST", "/subscription/x", 12),
        ("POST", "/moderation/link/x", 12),
        ("POST", "/moderation/sign-in", 12),
        ("POST", "/moderation/sign-in/x", 12),
        ("POST", "/moderation/decide", 60),
    ]
    .into_iter()
    .enumerate()
    {
        let address = format!("203.0.113.{n}");
        for _ in 0..most {
            assert_ne!(from(&address, method, path).status, 429, "{method} {path}");
        }
        let refused = from(&address, method, path);
        assert!(refused.status == 429 && !refused.header("retry-after").is_empty(), "{method} {path}: {}", refused.status);
        assert_eq!(refused.header("content-type").starts_with("text/html"), path.starts_with("/moderation") || path.starts_with("/sub"));
        assert_ne!(from(&format!("203.0.114.{n}"), method, path).status, 429, "another network");
    }
    assert_eq!(post(&service, "203.0.113.0", &json!({})).status, 202, "comments have a limit of their own");
}

#[test]
fn a_stranger_is_not_believed() {
    let site = site("");
    set(&site, "trusted_proxies = [\"10.0.0.0/8\"]", "rate = 2\nrate_seconds = 600");
    let service = site.serve();
    let from = |address: &str| post(&service, address, &json!({})).status;
    assert_eq!(["203.0.113.1", "203.0.113.2", "203.0.113.3"].map(from), [202, 202, 429]);
    wait_for("the log", || service.log().contains("too many from one network"));
    let said = service.log();
    assert_eq!(said.matches("add 127.0.0.1 to trusted_proxies").count(), 1, "{said}");
    drop(service);
    set(&site, "trusted_proxies = [\"10.0.0.0/8\"]", "rate = 0");
    let service = site.serve();
    assert!((0..5).all(|n| post(&service, &format!("203.0.113.{n}"), &json!({})).status == 202));
}

#[test]
fn a_proxy_that_sends_no_address_is_logged_once() {
    let site = site("");
    let service = site.serve();
    let taken = |n: usize| wait_for("the log", || service.log().matches("comment taken in").count() == n);
    assert_eq!(["203.0.113.9", ""].map(|from| post(&service, from, &json!({})).status), [202, 202]);
    taken(2);
    assert!(!service.log().contains("WARN"), "{}", service.log());
    for _ in 0..3 {
        assert_eq!(post(&service, "", &json!({})).status, 202);
    }
    taken(5);
    let said = service.log();
    assert_eq!(said.matches("without an X-Forwarded-For header").count(), 1, "{said}");
    assert!(said.contains("trusted_proxies") && said.contains("proxy_set_header X-Forwarded-For"), "{said}");
}

#[test]
fn what_strangers_send_is_no_warning_of_ours() {
    let site = site("rate = 1\nrate_seconds = 600");
    set(&site, "log_refused_addresses = true", "rate = 1\nrate_seconds = 600");
    let service = site.serve();
    let raw: [&[u8]; 6] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /comments HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /%ff%00 HTTP/1.1\r\nHost: \xff\r\n\r\n",
        b"SSH-2.0-scanner\r\n",
    ];
    for request in raw {
        let mut stream = TcpStream::connect(service.url.trim_start_matches("http://")).expect("a connection");
        stream.write_all(request).expect("sent");
        // It may reset the connection; what it says does not matter.
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    }
    for origin in ["https://evil.example", "https://evil.example"] {
        let body = "{}";
        let request = service.agent.post(format!("{}/comments", service.url)).header("Origin", origin);
        assert_eq!(Answer::from(request.content_type("application/json").send(body).expect("an answer")).status, 403);
    }
    for (from, status) in [("203.0.113.9", 202), ("203.0.113.9", 429), ("203.0.113.10", 202)] {
        assert_eq!(post(&service, from, &json!({ "subject": "x" })).status, status);
    }
    wait_for("the log", || service.log().matches("a robot, by all appearances").count() == 3);
    let said = service.log();
    let loud: Vec<_> = said.lines().filter(|line| line.contains("ERROR") || line.contains("WARN")).collect();
    // Once, whatever its number: it names a setting that may be wrong.
    assert!(loud.len() == 1 && loud[0].contains("https://evil.example"), "{said}");
}
