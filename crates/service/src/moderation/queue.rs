use ardoise_model::{CommentId, Decision, Status};
use ardoise_store::{QueuePage, QueueQuery, StoreError};
use askama::Template;
use url::form_urlencoded::Serializer;

use super::call::Call;
use super::card::{self, Card, Choice};
use super::chart::Chart;
use super::door::Visitor;
use super::frame::Frame;
use super::notice::{self, Notice};
use super::reply::{Outcome, Reply};
use super::state::ModerationState;

/// Comments on a page.
const PAGE: u32 = 25;
/// Characters of a search.
const LONGEST: usize = 200;
/// What is asked for when all statuses are.
const ALL: &str = "all";

/// The lists, in the order in which they are shown.
const TABS: [Option<Status>; 6] =
    [Some(Status::Pending), Some(Status::Spam), Some(Status::Approved), Some(Status::Rejected), Some(Status::Deleted), None];

/// Which list, which search, which page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct View {
    /// None: all.
    pub(crate) status: Option<Status>,
    pub(crate) words: String,
    /// From 1.
    pub(crate) page: u32,
}

#[derive(Template)]
#[template(path = "moderation/queue.html")]
struct Page<'a> {
    frame: Frame<'a>,
    view: View,
    notice: Option<Notice>,
    tabs: Vec<Tab>,
    cards: Vec<Card>,
    bulk: Vec<Choice>,
    found: Option<String>,
    /// The comments that stay selected.
    ticked: Vec<CommentId>,
    nothing: &'static str,
    pages: u64,
    chart: Chart,
}

struct Tab {
    label: &'static str,
    query: String,
    count: u64,
    is_here: bool,
}

impl Page<'_> {
    fn is_ticked(&self, card: &Card) -> bool {
        self.ticked.iter().any(|id| id.as_str() == card.id)
    }

    fn has_older(&self) -> bool {
        u64::from(self.view.page) < self.pages
    }

    fn page_of(&self) -> String {
        (self.frame.words.page_of)(self.view.page.into(), self.pages)
    }
}

impl View {
    /// The list of a status.
    pub(crate) const fn of(status: Status) -> Self {
        Self { status: Some(status), words: String::new(), page: 1 }
    }

    /// What the address says.
    pub(crate) fn asked(call: &Call) -> Self {
        Self::read(call.asked("list"), call.asked("q"), call.asked("page"))
    }

    /// What a form says.
    pub(crate) fn sent(call: &Call) -> Self {
        Self::read(call.field("list"), call.field("q"), call.field("page"))
    }

    fn read(list: &str, words: &str, page: &str) -> Self {
        let status = if list == ALL { None } else { Some(list.parse().unwrap_or(Status::Pending)) };
        // No text holds a NUL, and PostgreSQL takes none.
        let words = words.trim().chars().filter(|c| *c != '\0').take(LONGEST).collect();
        Self { status, words, page: page.parse().unwrap_or(1).clamp(1, 100_000) }
    }

    pub(crate) fn list(&self) -> &'static str {
        self.status.map_or(ALL, Status::as_str)
    }

    pub(crate) fn write(&self, query: &mut Serializer<'_, String>) {
        query.append_pair("list", self.list());
        if !self.words.is_empty() {
            query.append_pair("q", &self.words);
        }
        if self.page > 1 {
            query.append_pair("page", &self.page.to_string());
        }
    }

    pub(crate) fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        self.write(&mut query);
        query.finish()
    }

    fn at(&self, page: u32) -> Self {
        Self { page, ..self.clone() }
    }

    fn older(&self) -> String {
        self.at(self.page + 1).query()
    }

    fn newer(&self) -> String {
        self.at(self.page - 1).query()
    }
}

/// A page of a list; the last one, if there are not so many pages.
pub(crate) fn listed(state: &ModerationState, asked: &View) -> Result<(View, QueuePage), StoreError> {
    let ask = |view: &View| {
        let (status, words) = (view.status, view.words.clone());
        state.store.queue(&QueueQuery { status, words, skip: (view.page - 1) * PAGE, most: PAGE })
    };
    let queue = ask(asked)?;
    let pages = pages(queue.found);
    if u64::from(asked.page) <= pages {
        return Ok((asked.clone(), queue));
    }
    let last = asked.at(u32::try_from(pages).unwrap_or(1));
    let queue = ask(&last)?;
    Ok((last, queue))
}

fn pages(found: u64) -> u64 {
    found.div_ceil(PAGE.into()).max(1)
}

/// `GET /moderation`
pub(crate) fn page(state: &ModerationState, call: &Call, visitor: &Visitor) -> Outcome {
    let (words, now) = (call.words, (state.clock)());
    let (view, queue) = listed(state, &View::asked(call))?;
    let pages = pages(queue.found);
    let notice = notice::read(state, call, visitor)?;
    let tab = |status: Option<Status>| Tab {
        label: status.map_or(words.all, words.list),
        query: View { status, words: view.words.clone(), page: 1 }.query(),
        count: status.map_or_else(|| queue.counts.values().sum(), |status| queue.counts.get(&status).copied().unwrap_or_default()),
        is_here: view.status == status,
    };
    let tabs = TABS.map(tab).into();
    let nothing = match (view.words.is_empty(), view.status) {
        (false, _) => words.nothing_found,
        (true, Some(Status::Pending)) => words.nothing_waits,
        (true, _) => words.nothing_here,
    };
    let decisions = [Decision::Approve, Decision::Reject, Decision::Spam, Decision::Delete];
    let page = Page {
        frame: Frame::new(call, Some(visitor)),
        ticked: notice.as_ref().map(|notice| notice.ticked.clone()).unwrap_or_default(),
        notice,
        tabs,
        bulk: decisions.map(|decision| card::choice(words, decision)).into(),
        found: (!view.words.is_empty()).then(|| (words.found)(queue.found, &view.words)),
        cards: queue
            .comments
            .into_iter()
            .map(|queued| Card {
                shows_status: view.status.is_none(),
                ..Card::new(state, words, (queued.comment, &queued.title), queued.parent.as_ref(), now)
            })
            .collect(),
        nothing,
        pages,
        view,
        chart: Chart::new(state, words, now)?,
    };
    Ok(Reply::Page(page.render()?))
}
