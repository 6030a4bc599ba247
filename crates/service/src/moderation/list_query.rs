use ardoise_model::Status;
use url::form_urlencoded::Serializer;

use super::request::PageRequest;

/// The maximum length of a search, in characters.
const MAX_SEARCH: usize = 200;
/// The name of the list of all statuses.
const ALL: &str = "all";

/// The list, the search and the page number that a request asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ListQuery {
    /// `None`: all statuses.
    pub(crate) status: Option<Status>,
    /// Empty: no search.
    pub(crate) search: String,
    /// From 1.
    pub(crate) page: u32,
}

impl ListQuery {
    /// The first page of the list of a status.
    pub(crate) const fn of_status(status: Status) -> Self {
        Self { status: Some(status), search: String::new(), page: 1 }
    }

    /// Parses the URL's query.
    pub(crate) fn from_query(request: &PageRequest) -> Self {
        Self::parse(request.query_field("list"), request.query_field("q"), request.query_field("page"))
    }

    /// Parses the form's hidden fields.
    pub(crate) fn from_form(request: &PageRequest) -> Self {
        Self::parse(request.form_field("list"), request.form_field("q"), request.form_field("page"))
    }

    fn parse(list: &str, search: &str, page: &str) -> Self {
        let status = if list == ALL { None } else { Some(list.parse().unwrap_or(Status::Pending)) };
        // PostgreSQL rejects a NUL, and no text contains one.
        let search = search.trim().chars().filter(|c| *c != '\0').take(MAX_SEARCH).collect();
        Self { status, search, page: page.parse().unwrap_or(1).clamp(1, 100_000) }
    }

    /// The list's name in URLs.
    pub(crate) fn name(&self) -> &'static str {
        self.status.map_or(ALL, Status::as_str)
    }

    pub(crate) fn append_to(&self, query: &mut Serializer<'_, String>) {
        query.append_pair("list", self.name());
        if !self.search.is_empty() {
            query.append_pair("q", &self.search);
        }
        if self.page > 1 {
            query.append_pair("page", &self.page.to_string());
        }
    }

    pub(crate) fn to_query(&self) -> String {
        let mut query = Serializer::new(String::new());
        self.append_to(&mut query);
        query.finish()
    }

    pub(crate) fn with_page(&self, page: u32) -> Self {
        Self { page, ..self.clone() }
    }

    /// The query of the next page.
    pub(crate) fn older(&self) -> String {
        self.with_page(self.page + 1).to_query()
    }

    /// The query of the previous page.
    pub(crate) fn newer(&self) -> String {
        self.with_page(self.page - 1).to_query()
    }
}
