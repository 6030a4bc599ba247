//! The lists of comments: `GET /moderation`.

use ardoise_model::{CommentId, Decision, Status};
use ardoise_store::{QueuePage, QueueQuery, StoreError};
use askama::Template;

use crate::moderation::list_query::ListQuery;
use crate::moderation::page_result::{PageResponse, PageResult};
use crate::moderation::request::PageRequest;
use crate::moderation::session::CurrentModerator;
use crate::moderation::state::ModerationState;
use crate::moderation::views::card::{Card, Choice};
use crate::moderation::views::chart::Chart;
use crate::moderation::views::frame::Frame;
use crate::moderation::views::notice::{self, Notice};
use crate::moderation::words::Words;

/// The number of comments on a page.
const PAGE_SIZE: u32 = 25;

/// The lists, in the order of their tabs. `None`: all statuses.
const TABS: [Option<Status>; 6] =
    [Some(Status::Pending), Some(Status::Spam), Some(Status::Approved), Some(Status::Rejected), Some(Status::Deleted), None];

#[derive(Template)]
#[template(path = "moderation/queue.html")]
struct ListPage<'a> {
    frame: Frame<'a>,
    list: ListQuery,
    notice: Option<Notice>,
    tabs: Vec<Tab>,
    cards: Vec<Card>,
    bulk_choices: Vec<Choice>,
    /// The number of comments found, if there is a search.
    found: Option<String>,
    /// The comments that stay selected.
    selected: Vec<CommentId>,
    empty_message: &'static str,
    pages: u64,
    chart: Chart,
}

struct Tab {
    label: &'static str,
    query: String,
    count: u64,
    is_current: bool,
}

impl ListPage<'_> {
    fn is_selected(&self, card: &Card) -> bool {
        self.selected.iter().any(|id| id.as_str() == card.id)
    }

    fn has_older(&self) -> bool {
        u64::from(self.list.page) < self.pages
    }

    fn page_of(&self) -> String {
        (self.frame.words.page_of)(self.list.page.into(), self.pages)
    }
}

/// Returns a page of a list, or its last page if there are fewer, with the query of the returned page.
pub(crate) fn fetch(state: &ModerationState, query: &ListQuery) -> Result<(ListQuery, QueuePage), StoreError> {
    let fetch = |query: &ListQuery| {
        let (status, words) = (query.status, query.search.clone());
        state.store.queue(&QueueQuery { status, words, skip: (query.page - 1) * PAGE_SIZE, most: PAGE_SIZE })
    };
    let page = fetch(query)?;
    let pages = page_count(page.found);
    if u64::from(query.page) <= pages {
        return Ok((query.clone(), page));
    }
    let last = query.with_page(u32::try_from(pages).unwrap_or(1));
    let page = fetch(&last)?;
    Ok((last, page))
}

fn page_count(found: u64) -> u64 {
    found.div_ceil(PAGE_SIZE.into()).max(1)
}

/// `GET /moderation`
pub(crate) fn show(state: &ModerationState, request: &PageRequest, moderator: &CurrentModerator) -> PageResult {
    let (words, now) = (request.words, (state.clock)());
    let (list, page) = fetch(state, &ListQuery::from_query(request))?;
    let notice = notice::read(state, request, moderator)?;
    let decisions = [Decision::Approve, Decision::Reject, Decision::Spam, Decision::Delete];
    let page = ListPage {
        frame: Frame::new(request, Some(moderator)),
        selected: notice.as_ref().map(|notice| notice.selected.clone()).unwrap_or_default(),
        notice,
        tabs: tabs(words, &list, &page),
        bulk_choices: decisions.map(|decision| Choice::new(words, decision)).into(),
        found: (!list.search.is_empty()).then(|| (words.found)(page.found, &list.search)),
        pages: page_count(page.found),
        cards: page
            .comments
            .into_iter()
            .map(|queued| Card {
                shows_status: list.status.is_none(),
                ..Card::new(state, words, queued.comment, &queued.title, queued.parent.as_ref(), now)
            })
            .collect(),
        empty_message: match (list.search.is_empty(), list.status) {
            (false, _) => words.empty_search,
            (true, Some(Status::Pending)) => words.empty_queue,
            (true, _) => words.empty_list,
        },
        list,
        chart: Chart::new(state, words, now)?,
    };
    Ok(PageResponse::Page(page.render()?))
}

fn tabs(words: &Words, list: &ListQuery, page: &QueuePage) -> Vec<Tab> {
    let tab = |status: Option<Status>| Tab {
        label: status.map_or(words.all, words.list),
        query: ListQuery { status, search: list.search.clone(), page: 1 }.to_query(),
        count: status.map_or_else(|| page.counts.values().sum(), |status| page.counts.get(&status).copied().unwrap_or_default()),
        is_current: list.status == status,
    };
    TABS.map(tab).into()
}
