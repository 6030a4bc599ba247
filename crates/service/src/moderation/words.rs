//! The words of the queue, a file for each language.

mod english;
mod french;

use actix_web::HttpRequest;
use ardoise_model::{Decision, Rule, Status};

use super::notice::Deed;
use crate::language::Language;

pub(crate) struct Words {
    pub(crate) lang: &'static str,
    pub(crate) moderation: &'static str,
    pub(crate) skip: &'static str,
    pub(crate) sessions: &'static str,
    pub(crate) sign_out: &'static str,

    pub(crate) lists: &'static str,
    pub(crate) all: &'static str,
    pub(crate) search: &'static str,
    pub(crate) search_in: &'static str,
    pub(crate) search_label: &'static str,
    pub(crate) found: fn(u64, &str) -> String,
    pub(crate) forget_search: &'static str,
    pub(crate) nothing_waits: &'static str,
    pub(crate) nothing_here: &'static str,
    pub(crate) nothing_found: &'static str,
    pub(crate) pages: &'static str,
    pub(crate) newer: &'static str,
    pub(crate) older: &'static str,
    pub(crate) page_of: fn(u64, u64) -> String,

    pub(crate) select: fn(&str) -> String,
    pub(crate) selected: &'static str,
    pub(crate) on: &'static str,
    pub(crate) answers: fn(&str) -> String,
    pub(crate) owner: &'static str,
    pub(crate) nobody: &'static str,
    pub(crate) emptied: &'static str,
    pub(crate) open: &'static str,

    pub(crate) status: fn(Status) -> &'static str,
    pub(crate) list: fn(Status) -> &'static str,
    pub(crate) decide: fn(Decision) -> &'static str,
    pub(crate) layer: fn(&str) -> Option<&'static str>,
    pub(crate) held_by: fn(&str) -> String,
    pub(crate) done: fn(Deed, usize) -> String,
    pub(crate) was: fn(&str, Status, &str) -> String,
    pub(crate) undo: &'static str,

    pub(crate) comment_by: fn(&str) -> String,
    pub(crate) back: &'static str,
    pub(crate) thread: &'static str,
    pub(crate) this_one: &'static str,
    pub(crate) history: &'static str,
    pub(crate) came_in: &'static str,
    pub(crate) decided: fn(Status, &str) -> String,
    pub(crate) edited: fn(&str) -> String,
    pub(crate) edits_between: fn(u64) -> String,
    /// An answer, a ban, or the end of one, and by whom.
    pub(crate) did: fn(ardoise_store::Action, &str) -> String,
    pub(crate) former_text: &'static str,
    pub(crate) via: fn(&ardoise_model::Actor) -> String,
    pub(crate) edit: &'static str,
    pub(crate) text: &'static str,
    pub(crate) markdown: &'static str,
    pub(crate) save: &'static str,
    pub(crate) changed_meanwhile: &'static str,
    pub(crate) refused: fn(&Rule) -> String,
    pub(crate) rule: fn(&Rule) -> String,
    pub(crate) reply: &'static str,
    pub(crate) reply_as: fn(&str) -> String,
    pub(crate) approve_first: &'static str,
    pub(crate) publish: &'static str,
    pub(crate) not_published: fn(&str) -> String,
    pub(crate) hidden: &'static str,
    pub(crate) sender: &'static str,
    pub(crate) ban_means: &'static str,
    pub(crate) ban: &'static str,
    pub(crate) unban: &'static str,
    pub(crate) is_banned: &'static str,
    pub(crate) email: &'static str,

    pub(crate) just_now: &'static str,
    pub(crate) minutes_ago: fn(i64) -> String,
    pub(crate) hours_ago: fn(i64) -> String,
    pub(crate) days_ago: fn(i64) -> String,

    pub(crate) chart: &'static str,
    pub(crate) chart_says: fn(u64, u64, u64) -> String,
    pub(crate) chart_day: fn(&str, u64, u64, u64) -> String,
    pub(crate) chart_approved: &'static str,
    pub(crate) chart_others: &'static str,

    pub(crate) keys: &'static str,
    pub(crate) key_list: &'static [(&'static str, &'static str)],
    pub(crate) close: &'static str,

    pub(crate) sign_in: &'static str,
    pub(crate) sign_in_as: fn(&str) -> String,
    pub(crate) sign_in_once: &'static str,
    pub(crate) sign_in_how: &'static str,
    pub(crate) sign_in_mail: &'static str,
    pub(crate) sign_in_name: &'static str,
    pub(crate) sign_in_send: &'static str,
    pub(crate) sign_in_mailed: &'static str,
    pub(crate) sign_in_or: &'static str,
    pub(crate) sign_in_there: &'static str,

    pub(crate) your_sessions: &'static str,
    pub(crate) sessions_mean: &'static str,
    pub(crate) unknown_browser: &'static str,
    pub(crate) since: fn(&str) -> String,
    pub(crate) seen: fn(&str) -> String,
    pub(crate) this_browser: &'static str,
    pub(crate) revoke: &'static str,
    pub(crate) revoke_that: fn(&str) -> String,

    pub(crate) signed_out: &'static str,
    pub(crate) signed_out_mend: &'static str,
    pub(crate) foreign: &'static str,
    pub(crate) foreign_mend: &'static str,
    pub(crate) broken: &'static str,
    pub(crate) broken_mend: &'static str,
    pub(crate) unknown: &'static str,
    pub(crate) unknown_mend: &'static str,
    pub(crate) link_gone: &'static str,
    pub(crate) link_gone_mend: &'static str,
    pub(crate) nothing_done: &'static str,
    pub(crate) erased: fn(&str) -> String,
    pub(crate) unavailable: &'static str,
    pub(crate) fault: &'static str,
}

pub(crate) fn for_request(request: &HttpRequest) -> &'static Words {
    // Which languages a reader's browser asks for is understood in one place.
    match Language::of(request) {
        Language::English => &english::WORDS,
        Language::French => &french::WORDS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_words() {
        for words in [&english::WORDS, &french::WORDS] {
            let without: Vec<_> = ardoise_model::layers().filter(|layer| (words.layer)(layer).is_none()).collect();
            assert!(without.is_empty(), "say in words/ what these mean, in {}: {without:?}", words.lang);
        }
    }
}
