//! `ardoise check`: problems that it must find.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};

use super::harness::{ORIGIN, Site};

/// Returns the word and the sentence of one finding.
fn finding(site: &Site, name: &str) -> (String, String) {
    let said = site.try_ardoise(&["check", "--json"]).stdout;
    let said: serde_json::Value = serde_json::from_slice(&said).expect("JSON");
    let all = said["checks"].as_array().expect("a list");
    let one = all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name} is not looked at: {all:#?}"));
    (one["outcome"].as_str().expect("a word").to_owned(), one["message"].as_str().expect("a sentence").to_owned())
}

fn settings(site: &Site, text: &str) {
    site.settings(&format!("[site]\norigin = \"{ORIGIN}\"\n{text}"));
}

#[track_caller]
fn wrong(site: &Site, name: &str, mend: &str) {
    let (outcome, said) = finding(site, name);
    assert!(outcome == "wrong" && said.contains(mend), "{outcome}: {said}");
}

#[test]
fn settings_that_cannot_work_are_wrong() {
    for (text, name, mend) in [
        ("[service]\nlisten = \"127.0.0.1:8190\"\n[moderation]\nlisten = \"127.0.0.1:8190\"\n", "address", "give the queue another port"),
        ("[service]\nlisten = \"127.0.0.1:8190\"\n[moderation]\nlisten = \"0.0.0.0:8190\"\n", "address", "give the queue another port"),
        ("[service]\nurl = \"http://127.0.0.1:1/\"\n", "service url", "nothing listens there"),
        ("[service]\nurl = \"https://no.such.host.invalid/\"\n", "service url", "correct [service] url"),
        ("[publish]\nurl = \"https://no.such.host.invalid/ardoise/\"\n", "tree url", "correct [publish] url"),
        ("[[moderator]]\nname = \"Ines\"\nemail = \"ines@example.org\"\n", "moderators", "add a [mail] section"),
        ("[publish]\non_change = \"no-such-program --now\"\n", "on_change", "no program \"no-such-program\""),
        ("[publish]\non_change = \"true && ./no/such/file\"\n", "on_change", "is not there"),
        ("[publish]\non_change = \"if true\"\n", "on_change", "no command for a shell"),
        ("[[webhook]]\nname = \"chat\"\nurl = \"http://127.0.0.1:1/s3cret\"\nformat = \"slack\"\n", "webhooks", "nothing listens there"),
        ("[publish]\non_change = \"./ardoise.toml\"\n", "on_change", "chmod +x"),
        ("[[moderator]]\nname = \"Ines\"\n[[moderator]]\nname = \"Ines\"\n", "settings", "give each a name of its own"),
        ("[[webhook]]\nname = \"chat\"\nurl = \"http://127.0.0.1:1/s3cret\"\n", "webhooks", "has no secret"),
        (
            "[[webhook]]\nname = \"chat\"\nurl = \"http://127.0.0.1:1/s3cret\"\nformat = \"slack\"\n\
             [[webhook]]\nname = \"chat\"\nurl = \"http://127.0.0.1:1/s3cret\"\nformat = \"slack\"\n",
            "settings",
            "give each a name of its own",
        ),
        ("[moderation]\nurl = \"http://blog.example.org/\"\n", "moderation", "is not https"),
        ("[store]\nurl = \"sqlite:published/a.db\"\n", "folders", "which a web server hands out"),
        ("[mail]\nserver = \"localhost:1\"\ntls = \"none\"\nfrom = \"c@example.org\"\n", "mail", "is it running"),
    ] {
        let site = Site::new(&[]);
        settings(&site, text);
        wrong(&site, name, mend);
        let output = site.try_ardoise(&["check"]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.code() == Some(1) && said.contains(&format!("WRONG  {name}")) && !said.contains("s3cret"), "{said}");
    }
}

/// A web server that answers each path as `answer` says, from the status on. Its address.
fn answering(answer: impl Fn(&str) -> String + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut line = String::new();
            // Whoever goes away before is not answered.
            if BufReader::new(&stream).read_line(&mut line).is_ok() {
                let path = line.split(' ').nth(1).unwrap_or_default();
                let _ = write!(stream, "HTTP/1.1 {}", answer(path).replacen("\r\n", "\r\nConnection: close\r\n", 1));
            }
        }
    });
    address
}

#[test]
fn what_answers_in_another_way_is_named() {
    let site = Site::new(&[]);
    let moved = answering(|_| "301 Moved Permanently\r\nLocation: https://www.example.org/comments\r\n\r\n".to_owned());
    settings(&site, &format!("[service]\nurl = \"http://{moved}/\"\n"));
    wrong(&site, "service url", "redirects to https://www.example.org/comments");

    let hook = answering(|path| if path == "/gone" { "410 Gone\r\n\r\n" } else { "404 Not Found\r\n\r\n" }.to_owned());
    let hooked = |path: &str| {
        settings(&site, &format!("[[webhook]]\nname = \"chat\"\nurl = \"http://{hook}/{path}\"\nformat = \"slack\"\n"));
    };
    hooked("gone");
    wrong(&site, "webhooks", "gone for good");
    hooked("mistyped");
    assert_eq!(finding(&site, "webhooks").0, "warning");

    let ailing = answering(|_| "503 Service Unavailable\r\n\r\n{\"status\":\"a part of the program is down\"}".to_owned());
    settings(&site, &format!("[service]\nlisten = \"{ailing}\"\n"));
    wrong(&site, "address", "a part of the program is down");
}

#[test]
fn the_url_of_the_tree_is_asked() {
    let site = Site::new(&[]);
    site.ardoise(&["migrate"]);
    site.ardoise(&["generate"]);
    let counts = std::fs::read_to_string(site.path("published/counts.json")).expect("published");
    let at = answering(move |path| match path {
        "/health" => "200 OK\r\n\r\n{\"status\":\"ok\"}".to_owned(),
        "/tree/counts.json" | "/open/counts.json" => format!("200 OK\r\n\r\n{counts}"),
        "/open/.ardoise" => "200 OK\r\n\r\nours".to_owned(),
        "/other/counts.json" => "200 OK\r\n\r\n{\"version\":1,\"counts\":{\"/x/\":1}}".to_owned(),
        _ => "404 Not Found\r\n\r\n".to_owned(),
    });
    let with = |folder: &str| settings(&site, &format!("[service]\nlisten = \"{at}\"\n[publish]\nurl = \"http://{at}/{folder}/\"\n"));
    with("tree");
    assert_eq!(finding(&site, "tree url").0, "ok");
    with("nothing");
    wrong(&site, "tree url", "answers 404, and not with the published file");
    for (folder, said) in [("open", "names that begin with a dot"), ("other", "compare it with [publish] to")] {
        with(folder);
        let (outcome, sentence) = finding(&site, "tree url");
        assert!(outcome == "warning" && sentence.contains(said), "{outcome}: {sentence}");
    }
}

#[test]
fn messages_that_cannot_be_sent_are_named() {
    let site = Site::new(&[]);
    site.ardoise(&["migrate"]);
    let insert =
        "INSERT INTO jobs (queue, kind, subject, created_at, due_at, attempts, error) VALUES ('mail', 'pending', 'moderator Ines', 1, 1";
    site.sql(&format!("{insert}, 0, NULL)"));
    assert_eq!(finding(&site, "messages").0, "ok");
    site.sql(&format!("{insert}, 3, 'the server refuses the login')"));
    wrong(&site, "messages", "the last failure: the server refuses the login");
}

#[test]
fn the_url_of_the_service_is_asked() {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    let listen = service.url.trim_start_matches("http://").to_owned();
    let with = |url: &str| settings(&site, &format!("[service]\nlisten = \"{listen}\"\nurl = \"{url}\"\n"));
    with(&service.url);
    assert_eq!(finding(&site, "service url").0, "ok");
    assert_eq!(finding(&site, "moderation").0, "ok");
    assert!(finding(&site, "address").1.contains("the service runs on"));
    // Like a reverse proxy on this machine that sends no X-Forwarded-For.
    for _ in 0..2 {
        assert_eq!(finding(&site, "address").0, "ok");
        service.submit("/a/", "Hello");
    }
    let (outcome, said) = finding(&site, "address");
    assert!(outcome == "warning" && said.contains("without an X-Forwarded-For header"), "{outcome}: {said}");
    // Mended, or it was not the web server.
    let fields = [("article", "/a/"), ("author", "Ada"), ("text", "Passed on with a name")];
    service.post_form("/comments", &fields, &[("X-Forwarded-For", "203.0.113.9")]);
    assert_eq!(finding(&site, "address").0, "ok");
    assert_eq!(finding(&site, "service url").0, "ok");

    let other = Site::new(&[]);
    other.settings("[site]\norigin = \"https://other.example\"\n[service]\nlisten = \"127.0.0.1:0\"\n");
    let other = other.serve();
    with(&other.url);
    wrong(&site, "service url", "leads to another Ardoise");

    let elsewhere = answering(|_| "404 Not Found\r\n\r\n".to_owned());
    with(&format!("http://{elsewhere}/"));
    wrong(&site, "service url", "answers 404");
    settings(&site, &format!("[service]\nlisten = \"{elsewhere}\"\n"));
    wrong(&site, "address", "another program has");
}

#[test]
fn who_never_answers_holds_up_nothing_else() {
    let site = Site::new(&[]);
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("an address");
    settings(
        &site,
        &format!("[service]\nurl = \"http://{address}/\"\n[[webhook]]\nname = \"chat\"\nurl = \"http://{address}/\"\nformat = \"slack\"\n"),
    );
    wrong(&site, "service url", "no answer within 5 s");
    wrong(&site, "webhooks", "no answer within 5 s");
    assert_eq!(finding(&site, "rules").0, "ok");
}

#[cfg(unix)]
#[test]
fn secrets_that_everybody_may_read_are_wrong() {
    use std::os::unix::fs::PermissionsExt;
    let site = Site::new(&[]);
    let mode = |file: &str, mode| std::fs::set_permissions(site.path(file), std::fs::Permissions::from_mode(mode)).expect("set");
    settings(&site, "[[webhook]]\nname = \"chat\"\nurl = \"http://127.0.0.1:1/\"\nsecret = \"s\"\n");
    mode("ardoise.toml", 0o644);
    mode("", 0o700);
    assert_eq!(finding(&site, "file modes").0, "warning");
    mode("", 0o755);
    wrong(&site, "file modes", "chmod o= ");
    mode("ardoise.toml", 0o640);
    assert_eq!(finding(&site, "file modes").0, "ok");
    site.ardoise(&["migrate"]);
    mode("ardoise.db", 0o644);
    wrong(&site, "file modes", "readers' addresses");
    settings(&site, "[mail]\nserver = \"localhost:1\"\ntls = \"none\"\nfrom = \"c@example.org\"\nuser = \"me\"\npassword_file = \"p\"\n");
    mode("ardoise.db", 0o600);
    std::fs::write(site.path("p"), "hunter2").expect("written");
    mode("p", 0o644);
    wrong(&site, "file modes", "the mail server's password");
}

#[test]
fn what_killed_processes_have_left_is_named() {
    let site = Site::new(&[]);
    site.ardoise(&["migrate"]);
    site.ardoise(&["generate"]);
    let leave = |file: &str| {
        let made = std::fs::File::create(site.path(file)).expect("made");
        made.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(3600)).expect("set");
    };
    leave("published/.ardoise-x.tmp");
    leave(".ardoise-y.tmp");
    let (outcome, said) = finding(&site, "published tree");
    assert!(outcome == "warning" && said.contains(".ardoise-x.tmp") && said.contains("generate --full"), "{said}");
    let (outcome, said) = finding(&site, "database");
    assert!(outcome == "warning" && said.contains("rm "), "{said}");
    assert!(site.try_ardoise(&["check"]).status.success(), "a warning is no failure");
    site.ardoise(&["generate", "--full"]);
    assert_eq!(finding(&site, "published tree").0, "ok");
}
