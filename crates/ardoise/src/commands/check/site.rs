use std::path::Path;

use ardoise_generator::SiteSurvey;

use super::context::CheckContext;
use super::finding::Finding;

/// Checks that the built site exists, that at least one page has the element that marks a comment section, and that no such mark is wrong.
pub(super) fn check(context: &CheckContext) -> Finding {
    let (Some(survey), Some(built)) = (context.survey(), context.config.built()) else {
        return Finding::Fine("none: comments are accepted for any path ([site] built)".to_owned());
    };
    match survey {
        Ok(survey) => articles(survey, &built).into(),
        Err(error) => Finding::Wrong(format!("{error}; build the site, or correct [site] built")),
    }
}

fn articles(survey: &SiteSurvey, built: &Path) -> Result<String, String> {
    let SiteSurvey { articles, pages, problems, .. } = survey;
    if let Some(first) = problems.first() {
        return Err(format!("{} marks are wrong; the first: {first}", problems.len()));
    }
    if *articles == 0 {
        let remedy = "put the `ardoise/comments.html` partial into the article template, and build again";
        return Err(format!("{} has {pages} pages, and none carries the comment section's mark; {remedy}", built.display()));
    }
    Ok(format!("{articles} articles on {pages} pages of {}", built.display()))
}
