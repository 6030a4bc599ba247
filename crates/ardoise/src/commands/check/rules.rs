use ardoise_generator::SiteSurvey;

use super::context::CheckContext;
use super::finding::Finding;

/// Checks that the rules do not contradict each other, and can be applied.
pub(super) fn check(context: &CheckContext) -> Finding {
    context.config.rules.summary().and_then(|word| Ok(word + &ages(context)?)).into()
}

/// Rules on the age of articles need pages with dates.
fn ages(context: &CheckContext) -> Result<String, String> {
    let Some(rules) = context.config.rules.age_rules() else { return Ok(String::new()) };
    let Some(Ok(SiteSurvey { articles, dated, .. })) = context.survey() else {
        return Err(format!("{rules} cannot be kept: without the built site nobody knows how old an article is; set [site] built, or 0"));
    };
    match articles - dated {
        0 => Ok(String::new()),
        _ if *dated == 0 => Err(format!(
            "{rules} cannot be kept: no article says its date; build the site again with today's partials, write data-ardoise-date beside data-ardoise-article, or set 0"
        )),
        undated => Ok(format!("; {undated} of {articles} articles have no date, and are never old")),
    }
}
