//! The texts of the moderators' pages, a file for each language.
//!
//! A struct rather than Fluent files: the compiler reports a missing text, and texts with arguments are plain functions.

mod english;
mod french;

use ardoise_model::{Decision, Rule, Status};

use super::notice_kind::NoticeKind;
use crate::language::Language;

pub(crate) struct Words {
    pub(crate) lang: &'static str,
    pub(crate) moderation: &'static str,
    pub(crate) skip_link: &'static str,
    pub(crate) sessions: &'static str,
    pub(crate) sign_out: &'static str,

    pub(crate) lists: &'static str,
    pub(crate) all: &'static str,
    pub(crate) search: &'static str,
    pub(crate) search_in: &'static str,
    pub(crate) search_label: &'static str,
    pub(crate) found: fn(u64, &str) -> String,
    pub(crate) clear_search: &'static str,
    pub(crate) empty_queue: &'static str,
    pub(crate) empty_list: &'static str,
    pub(crate) empty_search: &'static str,
    pub(crate) pages: &'static str,
    pub(crate) newer: &'static str,
    pub(crate) older: &'static str,
    pub(crate) page_of: fn(u64, u64) -> String,

    pub(crate) select: fn(&str) -> String,
    pub(crate) selected: &'static str,
    pub(crate) on: &'static str,
    pub(crate) answers: fn(&str) -> String,
    pub(crate) owner: &'static str,
    pub(crate) no_author: &'static str,
    pub(crate) text_erased: &'static str,
    pub(crate) open: &'static str,

    pub(crate) status: fn(Status) -> &'static str,
    pub(crate) list: fn(Status) -> &'static str,
    pub(crate) decide: fn(Decision) -> &'static str,
    pub(crate) layer: fn(&str) -> Option<&'static str>,
    pub(crate) held_by: fn(&str) -> String,
    pub(crate) notice: fn(NoticeKind, usize) -> String,
    pub(crate) decided_meanwhile: fn(&str, Status, &str) -> String,
    pub(crate) undo: &'static str,

    pub(crate) comment_by: fn(&str) -> String,
    pub(crate) back: &'static str,
    pub(crate) thread: &'static str,
    pub(crate) this_comment: &'static str,
    pub(crate) history: &'static str,
    pub(crate) received: &'static str,
    pub(crate) decided: fn(Status, &str) -> String,
    pub(crate) edited: fn(&str) -> String,
    pub(crate) edits_between: fn(u64) -> String,
    /// The arguments are another action than a decision, and the actor.
    pub(crate) action: fn(ardoise_store::Action, &str) -> String,
    pub(crate) former_text: &'static str,
    pub(crate) actor: fn(&ardoise_model::Actor) -> String,
    pub(crate) edit: &'static str,
    pub(crate) text: &'static str,
    pub(crate) markdown_help: &'static str,
    pub(crate) save: &'static str,
    pub(crate) changed_meanwhile: &'static str,
    pub(crate) text_refused: fn(&Rule) -> String,
    pub(crate) rule: fn(&Rule) -> String,
    pub(crate) reply: &'static str,
    pub(crate) reply_as: fn(&str) -> String,
    pub(crate) approve_first: &'static str,
    pub(crate) publish: &'static str,
    pub(crate) not_published: fn(&str) -> String,
    pub(crate) parent_hidden: &'static str,
    pub(crate) sender: &'static str,
    pub(crate) ban_explained: &'static str,
    pub(crate) ban: &'static str,
    pub(crate) unban: &'static str,
    pub(crate) is_banned: &'static str,

    pub(crate) just_now: &'static str,
    pub(crate) minutes_ago: fn(i64) -> String,
    pub(crate) hours_ago: fn(i64) -> String,
    pub(crate) days_ago: fn(i64) -> String,

    pub(crate) chart: &'static str,
    pub(crate) chart_summary: fn(u64, u64, u64) -> String,
    pub(crate) chart_day: fn(&str, u64, u64, u64) -> String,
    pub(crate) chart_approved: &'static str,
    pub(crate) chart_others: &'static str,

    pub(crate) keys: &'static str,
    pub(crate) key_list: &'static [(&'static str, &'static str)],
    pub(crate) close: &'static str,

    pub(crate) sign_in: &'static str,
    pub(crate) sign_in_as: fn(&str) -> String,
    pub(crate) sign_in_once: &'static str,
    pub(crate) sign_in_by_command: &'static str,
    pub(crate) sign_in_by_mail: &'static str,
    pub(crate) sign_in_name: &'static str,
    pub(crate) sign_in_send: &'static str,
    pub(crate) sign_in_mailed: &'static str,
    pub(crate) sign_in_or_by_command: &'static str,
    pub(crate) sign_in_already: &'static str,

    pub(crate) your_sessions: &'static str,
    pub(crate) sessions_explained: &'static str,
    pub(crate) unknown_browser: &'static str,
    pub(crate) signed_in_on: fn(&str) -> String,
    pub(crate) last_used: fn(&str) -> String,
    pub(crate) this_browser: &'static str,
    pub(crate) revoke: &'static str,
    pub(crate) revoke_session: fn(&str) -> String,

    pub(crate) signed_out: &'static str,
    pub(crate) signed_out_remedy: &'static str,
    pub(crate) foreign_form: &'static str,
    pub(crate) foreign_form_remedy: &'static str,
    pub(crate) unreadable_form: &'static str,
    pub(crate) unreadable_form_remedy: &'static str,
    pub(crate) not_found: &'static str,
    pub(crate) not_found_remedy: &'static str,
    pub(crate) invalid_link: &'static str,
    pub(crate) invalid_link_remedy: &'static str,
    pub(crate) nothing_done: &'static str,
    pub(crate) erased: fn(&str) -> String,
    pub(crate) unavailable: &'static str,
    pub(crate) fault: &'static str,
}

impl Words {
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &english::WORDS,
            Language::French => &french::WORDS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_a_text() {
        for words in [&english::WORDS, &french::WORDS] {
            let without: Vec<_> = ardoise_model::check_names().filter(|layer| (words.layer)(layer).is_none()).collect();
            assert!(without.is_empty(), "add texts in words/ for these checks, in {}: {without:?}", words.lang);
        }
    }
}
