use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::harness::{Answer, ORIGIN, Site, wait_for};

const ARTICLE: &str = "/2017/%C3%A9t%C3%A9/";

fn site() -> Site {
    Site::new(&["/2017/été/", "/b/"])
}

fn pending(site: &Site) -> Vec<Value> {
    site.json(&["pending", "--json"]).as_array().expect("a list").clone()
}

#[test]
fn json_in_json_out() {
    let site = site();
    let service = site.serve();
    let sent = json!({ "article": "/2017/été/?utm_source=x", "author": "Ada", "text": "Hello", "email": "ada@example.org", "site": null, "unknown": 1 });
    let answer = service.post_json(&sent);
    let body = answer.json();
    assert_eq!((answer.status, body["status"].as_str()), (202, Some("pending")));
    assert!(body["edit_token"].as_str().is_some_and(|token| token.len() == 32), "{body}");
    let stored = pending(&site);
    assert_eq!(
        (&stored[0]["id"], &stored[0]["article"], &stored[0]["email"]),
        (&body["id"], &json!("/2017/été/"), &json!(null)),
        "an address is kept for answers alone"
    );
    assert!(
        !site.ardoise(&["show", body["id"].as_str().expect("an id"), "--json"]).contains(body["edit_token"].as_str().expect("a token"))
    );
}

#[test]
fn what_is_wrong_is_a_problem_with_names() {
    let site = site();
    let service = site.serve();
    let answer = service.post_json(&json!({ "article": ARTICLE, "author": "", "text": "x".repeat(10_001), "email": "nobody" }));
    assert_eq!((answer.status, answer.header("content-type")), (422, "application/problem+json"));
    let problem = answer.json();
    assert_eq!((&problem["status"], &problem["title"]), (&json!(422), &json!("Unprocessable Entity")));
    let named: Vec<_> = problem["errors"].as_array().expect("errors").iter().map(|e| (e["field"].as_str(), e["rule"].as_str())).collect();
    assert_eq!(named, [(Some("author"), Some("required")), (Some("text"), Some("too_long")), (Some("email"), Some("not_an_email"))]);

    let nowhere = service.post_json(&json!({ "article": "/nowhere/", "author": "Ada", "text": "Hello" }));
    assert_eq!((nowhere.status, nowhere.json()["errors"][0]["rule"].as_str()), (422, Some("unknown_article")));
    assert!(nowhere.body.contains("this site has no such page"), "{}", nowhere.body);

    for (kind, body, status) in [
        ("application/json", "{\"article\": 3}".to_owned(), 400),
        ("application/json", "not json".to_owned(), 400),
        ("application/json", format!("{{\"text\":\"{}\"}}", "x".repeat(200_000)), 413),
        ("text/plain", "Hello".to_owned(), 415),
        ("application/x-www-form-urlencoded", format!("text={}", "x".repeat(200_000)), 413),
        ("application/json", format!("{{\"article\":\"{ARTICLE}\",\"author\":\"A\\u0000\",\"text\":\"a\"}}"), 422),
        ("application/json", "{\"article\":\"/b/\",\"author\":\"\\ud800\",\"text\":\"a\"}".to_owned(), 400),
    ] {
        let answer = service.post_raw("/comments", kind, body.as_bytes());
        assert_eq!(answer.status, status, "{kind} {body:.60}: {}", answer.body);
    }
    assert_eq!(pending(&site).len(), 0);
}

#[test]
fn a_form_leads_back_to_its_article() {
    let site = site();
    let service = site.serve();
    let answer =
        service.post_form("/comments", &[("article", ARTICLE), ("author", "Zoé"), ("text", "Ça va ?\r\nOui"), ("subject", "")], &[]);
    assert_eq!((answer.status, answer.header("location")), (303, &*format!("{ORIGIN}{ARTICLE}#ardoise-thanks")));
    assert_eq!((&pending(&site)[0]["author"], &pending(&site)[0]["text"]), (&json!("Zoé"), &json!("Ça va ?\nOui")));
}

#[test]
fn a_form_that_is_refused_comes_back_with_its_text() {
    let site = site();
    let service = site.serve();
    let fields =
        [("article", ARTICLE), ("author", ""), ("text", "A long </textarea><script>alert(1)</script> text"), ("site", "\"><img src=x>")];
    let answer = service.post_form("/comments", &fields, &[("accept-language", "fr-CA,fr;q=0.9,en;q=0.5")]);
    assert_eq!((answer.status, answer.header("content-type")), (422, "text/html; charset=utf-8"));
    assert!(answer.body.contains("<html lang=\"fr\">") && answer.body.contains("Nom\u{a0}: à remplir"), "{}", answer.body);
    assert!(answer.body.contains("A long &#60;/textarea&#62;&#60;script&#62;alert(1)"), "{}", answer.body);
    assert!(!answer.body.contains("<script") && !answer.body.contains("<img"), "{}", answer.body);
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    let english = service.post_form("/comments", &fields, &[("accept-language", "de,en;q=0.5")]);
    assert!(english.body.contains("Name: must be filled in") && english.body.contains("Correct it"), "{}", english.body);
    // Where no mail goes out, an address would be thrown away.
    assert!(!english.body.contains("E-mail"), "{}", english.body);
    for more in [("notify", "on"), ("email", "ada@example.org")] {
        let asked = service.post_form("/comments", &[&fields[..], &[more]].concat(), &[("accept-language", "en")]);
        assert!(asked.body.contains("E-mail"), "{}", asked.body);
    }
}

#[test]
fn what_is_not_utf8_is_refused_by_name() {
    let site = site();
    let service = site.serve();
    let form = b"article=/b/&author=Ren%E9&text=Bonjour&x%E9=%E9";
    let page = service.post_raw("/comments", "application/x-www-form-urlencoded", form);
    assert_eq!(page.status, 422);
    assert!(page.body.contains("Name: is not UTF-8") && page.body.contains(">\nBonjour</textarea>"), "{}", page.body);
    let stacosys = service.post_raw("/newcomment", "application/x-www-form-urlencoded", b"url=/b/&author=A&message=\xe9");
    assert!(stacosys.status == 422 && stacosys.body.contains("Comment: is not UTF-8"), "{}", stacosys.body);
    let part = |name: &str, value: &[u8]| {
        [format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").as_bytes(), value, b"\r\n"].concat()
    };
    let multipart = [part("author", b"Ren\xe9"), part("message", b"Bonjour"), part("url", b"/b/"), b"--x--\r\n".to_vec()].concat();
    let multipart = service.post_raw("/newcomment", "multipart/form-data; boundary=x", &multipart);
    assert!(multipart.status == 422 && multipart.body.contains("Name: is not UTF-8"), "{}", multipart.body);
    let json = service.post_raw("/comments", "application/json", b"{\"article\":\"/b/\",\"author\":\"Ren\xe9\",\"text\":\"Bonjour\"}");
    assert_eq!((json.status, &json.json()["errors"][0]["field"]), (422, &json!("author")));
    assert_eq!(json.json()["errors"][0]["rule"], "not_utf8");
    assert_eq!(pending(&site).len(), 0);
    let unknown =
        service.post_raw("/comments", "application/x-www-form-urlencoded", b"article=/b/&author=Ren%C3%A9&text=Bonjour&button=%E9");
    assert_eq!((unknown.status, &pending(&site)[0]["author"]), (303, &json!("René")), "a field that is not stored is not asked");
}

#[test]
fn a_robot_reads_what_anyone_reads() {
    let site = site();
    let service = site.serve();
    let answer = service.post_json(&json!({ "article": "/b/", "author": "Bot", "text": "Buy", "subject": "hello" }));
    assert_eq!((answer.status, answer.json()["status"].as_str()), (202, Some("pending")));
    assert_eq!(pending(&site).len(), 0);
    assert_eq!(site.json(&["pending", "--status", "spam", "--json"])[0]["text"], "Buy");
}

#[test]
fn stacosys_templates_need_no_change() {
    let site = site();
    let service = site.serve();
    let fields = [
        ("author", "Yax"),
        ("message", "Salut"),
        ("url", ARTICLE),
        ("site", ""),
        ("email", ""),
        ("token", ""),
        ("captcha", ""),
        ("remarque", ""),
    ];
    let answer = service.post_form("/newcomment", &fields, &[]);
    assert_eq!((answer.status, answer.header("location")), (303, &*format!("{ORIGIN}{ARTICLE}#ardoise-thanks")));

    let part = |name: &str, value: &str| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let multipart = |fields: &[(&str, &str)]| fields.iter().map(|(name, value)| part(name, value)).collect::<String>() + "--x--\r\n";
    let post = |body: String| service.post_raw("/newcomment", "multipart/form-data; boundary=x", body.as_bytes());
    assert_eq!(post(multipart(&fields)).status, 303);
    assert_eq!(
        post(multipart(&[("author", "Bot"), ("message", "Buy"), ("url", "/b/"), ("remarque", "robot"), ("subscribe", "")])).status,
        303
    );
    let refused = post(multipart(&[("author", "Yax"), ("message", "Kept"), ("remarque", "")]));
    assert_eq!(refused.status, 422);
    // Where a web server passes on this one address, the corrected form must come this way again.
    assert!(
        refused.body.contains("action=\"newcomment\"") && refused.body.contains("name=\"message\" rows=\"10\" required>\nKept"),
        "{}",
        refused.body
    );
    assert_eq!(post(multipart(&[("message", &"x".repeat(200_000))])).status, 413);
    assert_eq!(post("--x\r\nnonsense".into()).status, 400);
    let texts: Vec<_> = pending(&site).iter().map(|comment| comment["text"].clone()).collect();
    assert_eq!(texts, ["Salut", "Salut"]);
    assert_eq!(site.json(&["pending", "--status", "spam", "--json"])[0]["author"], "Bot");

    site.settings(&format!("[site]\norigin = \"{ORIGIN}\"\n[service]\nlisten = \"127.0.0.1:0\"\nstacosys_redirect = \"/merci/\"\n"));
    let answer = site.serve().post_form("/newcomment", &fields, &[]);
    assert_eq!((answer.status, answer.header("location")), (303, &*format!("{ORIGIN}/merci/")));
}

#[test]
fn nothing_is_read_here() {
    let site = site();
    let service = site.serve();
    for path in ["/", "/comments", "/newcomment", "/counts.json", "/../../etc/passwd"] {
        let answer = service.get(path);
        assert_eq!((answer.status, answer.header("allow")), (405, "POST"), "{path}");
        assert!(answer.body.contains(&format!("{ORIGIN}/ardoise/counts.json")), "{}", answer.body);
    }
    assert_eq!(service.post_raw("/elsewhere", "text/plain", b"").status, 404);
    assert_eq!((service.get("/health").status, service.get("/health").json()), (200, json!({ "status": "ok" })));
}

#[test]
fn scripts_of_the_site_alone_may_send() {
    let site = site();
    let service = site.serve();
    let preflight = |origin: &str| {
        let request = service.agent.options(format!("{}/comments", service.url)).header("origin", origin);
        request
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type")
            .call()
            .expect("an answer")
    };
    let ours = preflight(ORIGIN);
    assert_eq!((ours.status().as_u16(), ours.headers()["access-control-allow-origin"].as_bytes()), (200, ORIGIN.as_bytes()));
    for other in ["https://evil.example", "null", "https://blog.example.org.evil.example"] {
        let answer = preflight(other);
        assert!(answer.headers().get("access-control-allow-origin").is_none(), "{other}");
    }
}

#[test]
fn other_origins_of_the_site_are_accepted_and_foreign_ones_get_a_reason() {
    let site = site();
    let (www, other) = ("https://www.example.org", "https://preview.example.net");
    let origins = format!("[site]\norigin = \"{ORIGIN}\"\norigins = [\"{www}\"]\nbuilt = \"public\"\n");
    site.settings(&format!("{origins}[service]\nlisten = \"127.0.0.1:0\"\n"));
    let service = site.serve();
    let send = |origin: &str, article: &str| {
        let request = service.agent.post(format!("{}/comments", service.url)).content_type("application/json").header("origin", origin);
        Answer::from(request.send(json!({ "article": article, "author": "Ada", "text": "Hello" }).to_string()).expect("an answer"))
    };
    for origin in [ORIGIN, www] {
        let answer = send(origin, &format!("{origin}/b/?x=1"));
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (202, origin));
    }
    assert_eq!(pending(&site).iter().filter(|comment| comment["article"] == "/b/").count(), 2, "one article under both names");
    // A form leads back to the page under the name that its reader knows.
    let form = service.post_form("/comments", &[("article", "/b/"), ("author", "Ada"), ("text", "Hello")], &[("origin", www)]);
    assert_eq!((form.status, form.header("location")), (303, &*format!("{www}/b/#ardoise-thanks")));

    let refused = send(other, "/b/");
    assert_eq!((refused.status, refused.header("content-type")), (403, "application/problem+json"));
    assert_eq!((refused.header("access-control-allow-origin"), refused.header("vary")), (other, "Origin"), "its script may read why");
    let detail = refused.json()["detail"].as_str().expect("a sentence").to_owned();
    assert!(detail.contains(other) && detail.contains("[site] origins") && detail.contains(&format!("{ORIGIN} and {www}")), "{detail}");
    let error = &refused.json()["errors"][0];
    assert_eq!((&error["rule"], &error["word"]), (&"foreign_origin".into(), &other.into()), "for a script, to say it in other words");
    assert!(send("null", "/b/").json()["detail"].as_str().expect("a sentence").contains("which site"));
    let url = format!("{}/comments", service.url);
    let preflight = service.agent.options(&url).header("origin", other).header("access-control-request-method", "POST").call();
    let preflight = Answer::from(preflight.expect("an answer"));
    assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (403, ""));
    assert!(preflight.body.contains(other), "{}", preflight.body);
    // What a script sends without asking first tells it, too; a plain form needs no leave.
    let asked =
        service.agent.post(&url).header("origin", other).header("accept", "application/problem+json").send_form([("article", "/b/")]);
    assert_eq!(Answer::from(asked.expect("an answer")).status, 403);
    let form = service.post_form("/comments", &[("article", "/b/"), ("author", "Ada"), ("text", "Hello")], &[("origin", other)]);
    assert_eq!(form.header("location"), &*format!("{ORIGIN}/b/#ardoise-thanks"));
}

#[test]
fn without_a_built_site_any_path_is_accepted() {
    let site = Site::new(&[]);
    let service = site.serve();
    let id = service.submit("/anything/at/all", "Hello");
    assert_eq!(site.json(&["show", &id, "--json"])["article"], "/anything/at/all/");
    let reserved = service.post_json(&json!({ "article": "/counts.json", "author": "Ada", "text": "Hello" }));
    assert_eq!((reserved.status, reserved.json()["errors"][0]["rule"].as_str()), (422, Some("not_an_article")));
}

#[test]
fn an_answer_belongs_to_its_article() {
    let site = site();
    let service = site.serve();
    let id = service.submit("/b/", "Hello");
    let answer = |article: &str| service.post_json(&json!({ "article": article, "author": "Bob", "text": "Yes", "reply_to": id }));
    assert_eq!(answer("/b/").status, 202);
    let elsewhere = answer(ARTICLE);
    assert_eq!((elsewhere.status, elsewhere.json()["errors"][0]["rule"].as_str()), (422, Some("unknown_comment")));
}

#[test]
fn a_fault_is_a_500_and_a_lost_database_a_503() {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    let comment = serde_json::json!({ "article": "/a/", "author": "Ada", "text": "Hello" });
    // As in a database of another version: waiting does not mend that.
    site.sql("ALTER TABLE comments RENAME COLUMN fingerprint TO other");
    let fault = service.post_json(&comment);
    assert_eq!((fault.status, fault.header("retry-after")), (500, ""), "{}", fault.body);
    site.sql("ALTER TABLE comments RENAME COLUMN other TO fingerprint");
    wait_for("the comment to be taken", || service.post_json(&comment).status == 202);
}
