use std::collections::HashMap;

use crate::{CommentId, Status};

/// The parents of comments within one article.
#[derive(Debug, Default)]
pub struct Replies {
    nodes: HashMap<CommentId, (Option<CommentId>, Status)>,
}

impl Replies {
    /// Adds a comment of any status.
    pub fn add(&mut self, id: CommentId, parent: Option<CommentId>, status: Status) {
        self.nodes.insert(id, (parent, status));
    }

    /// Returns the nearest ancestor of `id` that readers see. An answer to a comment that was taken down moves up to that comment's parent.
    pub fn visible_parent(&self, id: &CommentId) -> Option<CommentId> {
        // A parent is older than its answers, so there are no cycles. The limit prevents an endless loop on a damaged database.
        let mut above = self.nodes.get(id)?.0.as_ref();
        for _ in 0..self.nodes.len() {
            let (parent, status) = self.nodes.get(above?)?;
            if *status == Status::Approved {
                return above.cloned();
            }
            above = parent.as_ref();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_moves_up_when_its_parent_is_taken_down() {
        let id = |n: char| n.to_string().repeat(10).parse::<CommentId>().expect("an id");
        let mut replies = Replies::default();
        replies.add(id('1'), None, Status::Approved);
        replies.add(id('2'), Some(id('1')), Status::Deleted);
        replies.add(id('3'), Some(id('2')), Status::Approved);
        replies.add(id('4'), Some(id('3')), Status::Pending);
        replies.add(id('5'), Some(id('6')), Status::Approved);
        assert_eq!(replies.visible_parent(&id('3')), Some(id('1')));
        assert_eq!(replies.visible_parent(&id('4')), Some(id('3')));
        assert_eq!(replies.visible_parent(&id('1')), None);
        assert_eq!(replies.visible_parent(&id('5')), None);
    }
}
