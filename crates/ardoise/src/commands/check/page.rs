//! Checks the page of one article, as a reader's browser finds it.

use ardoise_generator::{ArticlePage, read_article_page};
use ardoise_model::{Article, Timestamp, counted};

use super::context::CheckContext;
use super::finding::Finding;
use crate::assets::MODULE_VERSION;
use crate::config::Config;

/// Checks one article, because all pages come from the same template.
pub(super) fn check(context: &CheckContext) -> Finding {
    let config = &context.config;
    // The check `built site` reports errors of the site itself.
    let (Some(built), Some(Ok(survey))) = (config.built(), context.survey()) else { return Finding::Fine("not looked at".to_owned()) };
    let drafts = match survey.drafts {
        0 => String::new(),
        drafts => format!("; {} of `hugo server` are left out", counted(drafts as u64, "draft", "drafts")),
    };
    let Some(sample) = &survey.sample else { return Finding::Fine(format!("none to look at{drafts}")) };
    let page = &sample.page;
    match read_article_page(&built, page) {
        Err(error) => Finding::Wrong(error.to_string()),
        Ok(found) => match problem(config, &sample.article, &found) {
            Some(problem) => Finding::Wrong(format!("{page}: {problem}")),
            None => Finding::Fine(format!("{page} has the script, words and addresses{drafts}")),
        },
    }
}

/// Returns the first problem, with the way to mend it.
fn problem(config: &Config, article: &Article, look: &ArticlePage) -> Option<String> {
    script(look)
        .or_else(|| this_machine(config, look))
        .or_else(|| module(look))
        .or_else(|| words(look))
        .or_else(|| base(config, article))
        .or_else(|| tree(config, look))
        .or_else(|| closing(config, article))
}

fn script(look: &ArticlePage) -> Option<String> {
    look.tree.is_none().then(|| {
        "it has comments, and no script that shows them (data-tree, data-forms); call the partial `ardoise/head.html` in the <head>, and build again"
            .to_owned()
    })
}

/// Pages that `hugo server` builds work on that machine only.
fn this_machine(config: &Config, look: &ArticlePage) -> Option<String> {
    let local = |url: &str| ["http://localhost", "http://127.0.0.1", "http://[::1]"].iter().any(|host| url.starts_with(host));
    let action = look.action.as_deref().filter(|action| local(action))?;
    (!local(config.site.origin.as_str())).then(|| {
        format!("its form sends to {action}: `hugo server` has built it for this machine; build with plain `hugo` for your readers")
    })
}

fn module(look: &ArticlePage) -> Option<String> {
    let version = look.module.as_deref().filter(|version| *version != MODULE_VERSION)?;
    Some(format!(
        "it is built with the Hugo module of {version}, and this is Ardoise {MODULE_VERSION}; remove themes/ardoise, run `ardoise init`, and build again"
    ))
}

fn words(look: &ArticlePage) -> Option<String> {
    (!look.missing_texts.is_empty()).then(|| {
        format!(
            "words are missing ({}); add your language to i18n/ of your site, with all keys of themes/ardoise/i18n/en.toml",
            look.missing_texts.join(", ")
        )
    })
}

fn base(config: &Config, article: &Article) -> Option<String> {
    let path = &config.site.path;
    (!article.path.as_str().starts_with(path.as_str())).then(|| {
        format!(
            "its path is {}, which is not below [site] path = \"{path}\"; correct that, or baseURL in Hugo's configuration",
            article.path
        )
    })
}

fn tree(config: &Config, look: &ArticlePage) -> Option<String> {
    // A path and a URL on the origin may name the same place.
    let bare = |url: &str| url.strip_prefix(config.site.origin.as_str()).unwrap_or(url).to_owned();
    let tree = look.tree.as_deref()?;
    let url = &config.publish.url;
    (bare(tree) != bare(url)).then(|| {
        format!("it looks for the published files at {tree}, and [publish] url is \"{url}\"; correct one of them ([params.ardoise] tree, or baseURL)")
    })
}

/// The page's form must close on the day from which the rules refuse comments.
fn closing(config: &Config, article: &Article) -> Option<String> {
    let rules = i64::from(config.rules.close_after);
    let dated = article.dated_at.filter(|_| article.open)?;
    let days = article.closes_at.map(|closes| (closes.0 - dated.0 + Timestamp::DAY / 2) / Timestamp::DAY);
    match days {
        _ if rules == 0 => None,
        Some(days) if days == rules => None,
        Some(days) => Some(format!(
            "it closes {days} days after its date, and [rules] close_after says {rules}; write the same into [params.ardoise] close_after"
        )),
        None => Some(format!(
            "its form stays, and [rules] close_after refuses comments after {rules} days; write close_after = {rules} under [params.ardoise], and build again"
        )),
    }
}
