use super::harness::Site;

const SCRIPT: &str = "<script data-tree=/ardoise/ data-forms='1 comment|2 comments'>";
const FORM: &str =
    "<form data-ardoise=form action=/comments><p data-ardoise=said data-thanks=Thanks></p><button data-ardoise=send>Send</button></form>";

#[test]
fn check_reads_a_page_as_a_browser_will_find_it() {
    let site = Site::new(&["/a/"]);
    let with = |script: &str, mark: &str, form: &str| {
        let page = format!("<html>{script}</script><section data-ardoise-article=/a/ {mark}>{form}</section>");
        std::fs::write(site.path("public/a/index.html"), page).expect("written");
        let said = String::from_utf8(site.try_ardoise(&["check"]).stdout).expect("UTF-8");
        said.lines().find(|line| line.contains("article page")).unwrap_or_else(|| panic!("no line on the page: {said}")).to_owned()
    };
    assert_eq!(with(SCRIPT, "", FORM), "ok     article page   a/index.html has the script, words and addresses");
    let other = SCRIPT.replace("/ardoise/", "/blog/ardoise/");
    let server = FORM.replace("/comments", "http://127.0.0.1:8100/comments");
    let old = SCRIPT.replace("<script", "<script data-ardoise-module=0.0.1");
    for (script, mark, form, wanted) in [
        ("<script src=/ardoise.js>", "", FORM, "call the partial `ardoise/head.html` in the <head>"),
        (other.as_str(), "", FORM, "at /blog/ardoise/, and [publish] url is \"/ardoise/\""),
        ("<script data-tree=/ardoise/ data-forms='|||||'>", "", FORM, "words are missing (data-forms)"),
        (
            SCRIPT,
            "",
            "<form data-ardoise=form action=/comments><button data-ardoise=send></button></form>",
            "words are missing (the button that sends)",
        ),
        (SCRIPT, "", server.as_str(), "build with plain `hugo`"),
        (old.as_str(), "", FORM, "remove themes/ardoise, run `ardoise init`"),
    ] {
        let line = with(script, mark, form);
        assert!(line.starts_with("WRONG  article page   a/index.html: ") && line.contains(wanted), "{line}");
    }
}

#[test]
fn check_compares_the_page_with_the_settings() {
    let site = Site::new(&["/a/"]);
    let with = |settings: &str, mark: &str| {
        site.settings(&format!("[site]\norigin = \"https://blog.example.org\"\nbuilt = \"public\"\n{settings}"));
        std::fs::write(site.path("public/a/index.html"), format!("{SCRIPT}</script><p data-ardoise-article=/a/ {mark}>")).expect("written");
        let said = String::from_utf8(site.try_ardoise(&["check"]).stdout).expect("UTF-8");
        said.lines().find(|line| line.contains("article page")).map(ToOwned::to_owned).unwrap_or_default()
    };
    let dated = "data-ardoise-date=2030-01-01";
    let closes = "data-ardoise-date=2030-01-01 data-ardoise-closes=2030-01-31";
    for (settings, mark, wanted) in [
        ("path = \"/blog/\"\n", "", "not below [site] path = \"/blog/\""),
        ("[rules]\nclose_after = 60\n", closes, "it closes 30 days after its date, and [rules] close_after says 60"),
        ("[rules]\nclose_after = 60\n", dated, "write close_after = 60 under [params.ardoise]"),
    ] {
        let line = with(settings, mark);
        assert!(line.starts_with("WRONG") && line.contains(wanted), "{line}");
    }
    for (settings, mark) in [("[rules]\nclose_after = 30\n", closes), ("", closes), ("[rules]\nclose_after = 60\n", "data-ardoise-closed")]
    {
        assert!(with(settings, mark).starts_with("ok"), "{settings} {mark}");
    }
}
