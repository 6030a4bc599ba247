use ardoise_generator::SiteSurvey;

use super::outcome::Outcome;
use super::scene::Scene;

/// Whether rules contradict each other, and can be kept.
pub(super) fn look(scene: &Scene) -> Outcome {
    scene.config.rules.verdict().and_then(|word| Ok(word + &ages(scene)?)).into()
}

/// Rules on the age of articles are no use where no page says it.
fn ages(scene: &Scene) -> Result<String, String> {
    let Some(rules) = scene.config.rules.ages() else { return Ok(String::new()) };
    let Some(Ok(SiteSurvey { articles, dated, .. })) = scene.survey() else {
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
