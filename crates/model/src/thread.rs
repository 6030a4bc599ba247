use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use crate::{Comment, CommentId};

/// The order in which readers see the comments of an article. Answers are always oldest first, below what they answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// Oldest first.
    #[default]
    OldestFirst,
    /// Newest first.
    NewestFirst,
}

impl Order {
    const ALL: [Self; 2] = [Self::OldestFirst, Self::NewestFirst];

    /// Returns the name used in the settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OldestFirst => "oldest-first",
            Self::NewestFirst => "newest-first",
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Order {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let known = || Self::ALL.map(|order| format!("{:?}", order.as_str())).join(" or ");
        Self::ALL.into_iter().find(|order| order.as_str() == word).ok_or_else(|| format!("{word:?} is no order; write {}", known()))
    }
}

/// Sorts comments into their order on the page, each after the comment that it answers. The input is oldest first.
///
/// However the result is split into pages, no comment comes before its parent.
pub fn in_order(thread: Vec<Comment>, order: Order) -> Vec<Comment> {
    let known: HashMap<&CommentId, usize> = thread.iter().enumerate().map(|(at, comment)| (&comment.id, at)).collect();
    let mut answers: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut top = Vec::new();
    for (at, comment) in thread.iter().enumerate() {
        // Usually the parent is older. If clocks differ, it may come after its answer.
        match comment.parent.as_ref().and_then(|parent| known.get(parent)) {
            Some(parent) => answers.entry(*parent).or_default().push(at),
            None => top.push(at),
        }
    }
    if order == Order::NewestFirst {
        top.reverse();
    }
    let mut places = Vec::with_capacity(thread.len());
    let mut taken = vec![false; thread.len()];
    // In a damaged database, comments may answer each other in a circle that no top-level comment leads to. They must not be lost.
    for at in top.into_iter().chain(0..thread.len()) {
        // A stack: the next comment is on top.
        let mut stack = vec![at];
        while let Some(at) = stack.pop() {
            if !std::mem::replace(&mut taken[at], true) {
                places.push(at);
                stack.extend(answers.remove(&at).unwrap_or_default().into_iter().rev());
            }
        }
    }
    let mut thread: Vec<Option<Comment>> = thread.into_iter().map(Some).collect();
    places.into_iter().filter_map(|at| thread[at].take()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ArticlePath, Status, Timestamp};

    fn comment(id: char, parent: Option<char>) -> Comment {
        let id_of = |name: char| name.to_string().repeat(10).parse().expect("an id");
        Comment {
            id: id_of(id),
            article: ArticlePath::from_stored("/a/".into()),
            parent: parent.map(id_of),
            status: Status::Approved,
            by_owner: false,
            author: "Ada".into(),
            site: None,
            text: String::new(),
            created_at: Timestamp(0),
            layer: None,
        }
    }

    fn ordered(order: Order) -> String {
        let thread = [('1', None), ('2', None), ('3', Some('1')), ('4', Some('2')), ('5', Some('3')), ('6', Some('1')), ('7', Some('z'))];
        let thread = thread.map(|(id, parent)| comment(id, parent)).into();
        in_order(thread, order).iter().map(|comment| &comment.id.as_str()[..1]).collect()
    }

    #[test]
    fn answers_follow_their_parents() {
        assert_eq!(ordered(Order::OldestFirst), "1356247");
        assert_eq!(ordered(Order::NewestFirst), "7241356");
    }

    #[test]
    fn an_answer_may_be_older_than_its_parent() {
        let thread = vec![comment('2', Some('1')), comment('1', None), comment('3', Some('2'))];
        let ids: String = in_order(thread, Order::OldestFirst).iter().map(|comment| &comment.id.as_str()[..1]).collect();
        assert_eq!(ids, "123");
    }

    #[test]
    fn comments_in_a_cycle_are_not_lost() {
        let thread = vec![comment('1', Some('2')), comment('2', Some('1')), comment('3', Some('3'))];
        assert_eq!(in_order(thread, Order::OldestFirst).len(), 3);
    }

    #[test]
    fn an_order_is_written_as_it_is_read() {
        for order in Order::ALL {
            assert_eq!(order.to_string().parse(), Ok(order));
        }
        let error = "random".parse::<Order>().expect_err("no order");
        assert_eq!(error, r#""random" is no order; write "oldest-first" or "newest-first""#);
    }
}
