//! A moderator's browser, without a script.

use super::harness::{Answer, ORIGIN, Running, Site};

const COOKIE: &str = "ardoise_moderation";

/// A moderator's browser.
pub(crate) struct Browser<'a> {
    pub(crate) service: &'a Running,
    pub(crate) cookie: String,
}

pub(crate) fn site(more: &str) -> Site {
    let site = Site::new(&["/a/", "/b/"]);
    let moderators = "[[moderator]]\nname = \"Ines\"\n[[moderator]]\nname = \"Bob\"\n";
    site.settings(&format!("[site]\norigin = \"{ORIGIN}\"\nbuilt = \"public\"\n[service]\nlisten = \"127.0.0.1:0\"\n{more}{moderators}"));
    site
}

/// Returns the path of a new sign-in link.
pub(crate) fn link(site: &Site, name: &str) -> String {
    let link = site.ardoise(&["moderator", "link", name]);
    let (_, path) = link.trim().split_once(ORIGIN).expect("at the service's address");
    path.to_owned()
}

impl<'a> Browser<'a> {
    pub(crate) fn sign_in(site: &Site, service: &'a Running, name: &str) -> Self {
        let link = link(site, name);
        assert!(service.get(&link).body.contains(&format!("Sign in as {name}")));
        let answer = service.post_form(&link, &[], &[("user-agent", "Firefox/140.0 (Linux)")]);
        assert_eq!((answer.status, answer.header("location")), (303, "/moderation"));
        let cookie = answer.header("set-cookie");
        let (pair, rest) = cookie.split_once("; ").expect("attributes");
        assert_eq!(rest, "Path=/moderation; Max-Age=7776000; HttpOnly; SameSite=Strict; Secure");
        Self { service, cookie: pair.strip_prefix(&format!("{COOKIE}=")).expect("our cookie").to_owned() }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        ask(self.service, "GET", path, Some(&self.cookie), &[], &[])
    }

    /// Posts a form as the page sends it.
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf();
        let fields: Vec<_> = [("csrf", csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
        ask(self.service, "POST", path, Some(&self.cookie), &fields, &[("sec-fetch-site", "same-origin")])
    }

    pub(crate) fn csrf(&self) -> String {
        let page = self.get("/moderation/sessions").body;
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("a form");
        rest[..64].to_owned()
    }

    /// Posts a form and returns the page that it redirects to.
    pub(crate) fn then(&self, answer: &Answer) -> String {
        assert_eq!(answer.status, 303, "{}", answer.body);
        self.get(answer.header("location")).body
    }
}

pub(crate) fn ask(
    service: &Running,
    method: &str,
    path: &str,
    cookie: Option<&str>,
    fields: &[(&str, &str)],
    headers: &[(&str, &str)],
) -> Answer {
    let url = format!("{}{path}", service.url);
    let cookie = cookie.map(|cookie| format!("other=1; {COOKIE}={cookie}"));
    let headers = headers.iter().copied().chain(cookie.as_deref().map(|cookie| ("cookie", cookie)));
    if method == "GET" {
        let request = headers.fold(service.agent.get(url), |request, (name, value)| request.header(name, value));
        return Answer::from(request.call().expect("an answer"));
    }
    let request = headers.fold(service.agent.post(url), |request, (name, value)| request.header(name, value));
    Answer::from(request.send_form(fields.iter().copied()).expect("an answer"))
}
