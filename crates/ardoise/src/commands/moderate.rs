//! `ardoise moderate`: shows one pending comment after another and reads a key for each. Without a terminal, reads lines.

mod keys;
mod page;

use std::process::ExitCode;

use anyhow::Context;
use ardoise_model::{Actor, Comment, CommentId, Decision, Status};
use ardoise_store::{CommentDetail, Edited, SeenComment, Store};

use crate::config::Config;
use crate::{assemble, clock, editor, output};
use keys::{Key, Keys};

/// An action that can be undone.
enum Undoable {
    /// The number of decisions on the comment after this one.
    Decided(u64),
    Banned,
    /// The text before and after.
    Edited(String, String),
}

/// What follows a key.
enum Step {
    Next(Option<CommentId>),
    Quit,
}

struct Session {
    store: Store,
    /// Comments that were skipped or decided.
    seen: Vec<CommentId>,
    done: Vec<(CommentId, Vec<Undoable>)>,
    count: usize,
}

pub(crate) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let mut session = Session { store: assemble::store(config)?, seen: vec![], done: vec![], count: 0 };
    let mut keys = Keys::of_stdin();
    let mut at = session.next()?;
    while let Some(id) = at {
        let detail = session.store.detail(&id)?;
        page::show(&detail, session.parent(&detail.comment)?.as_ref(), session.waiting()?, config)?;
        at = match session.ask(&id, &detail, &mut keys)? {
            Step::Next(Some(next)) => Some(next),
            Step::Next(None) => session.after_last(&mut keys)?,
            Step::Quit => None,
        };
    }
    let passed = session.waiting()?;
    let left =
        if passed == 0 { "Nothing waits.".to_owned() } else { format!("{} still {}.", passed, if passed == 1 { "waits" } else { "wait" }) };
    output::line(format_args!("{} decided. {left}", session.count))?;
    Ok(ExitCode::SUCCESS)
}

impl Session {
    /// Returns the oldest pending comment that was not seen yet. Comments that arrived or were put back meanwhile count too.
    fn next(&self) -> anyhow::Result<Option<CommentId>> {
        let pending = self.store.comments(Status::Pending)?;
        Ok(pending.into_iter().map(|comment| comment.id).find(|id| !self.seen.contains(id)))
    }

    fn waiting(&self) -> anyhow::Result<usize> {
        Ok(self.store.comments(Status::Pending)?.len())
    }

    fn parent(&self, comment: &Comment) -> anyhow::Result<Option<Comment>> {
        Ok(comment.parent.as_ref().map(|id| self.store.detail(id)).transpose()?.map(|detail| detail.comment))
    }

    /// Handles keys until another comment is to be shown.
    fn ask(&mut self, id: &CommentId, detail: &CommentDetail, keys: &mut Keys) -> anyhow::Result<Step> {
        loop {
            match keys.next()? {
                Key::Quit => return Ok(Step::Quit),
                Key::Decide(decision) => {
                    if !self.decide(&detail.comment, decision)? {
                        return Ok(Step::Next(Some(id.clone())));
                    }
                }
                Key::Ban => self.ban(&detail.comment)?,
                Key::Next => self.seen.push(id.clone()),
                Key::Edit => {
                    self.edit(id, detail)?;
                    return Ok(Step::Next(Some(id.clone())));
                }
                Key::Undo => {
                    if let Some(back) = self.undo()? {
                        return Ok(Step::Next(Some(back)));
                    }
                    output::line("There is nothing to take back.")?;
                    continue;
                }
                Key::Unknown => {
                    output::line(keys::HELP)?;
                    continue;
                }
            }
            return self.next().map(Step::Next);
        }
    }

    /// Handles keys after the last comment: the last action can still be undone.
    fn after_last(&mut self, keys: &mut Keys) -> anyhow::Result<Option<CommentId>> {
        while !self.done.is_empty() {
            output::line("\nThat was the last one. u takes back what was done, q quits")?;
            match keys.next()? {
                Key::Quit => return Ok(None),
                Key::Undo => return self.undo(),
                _ => {}
            }
        }
        Ok(None)
    }

    /// Decides on a comment. Returns false if its author has changed it since it was shown, so that it has to be read again.
    fn decide(&mut self, read: &Comment, decision: Decision) -> anyhow::Result<bool> {
        let id = &read.id;
        // Another moderator may have decided meanwhile.
        let before = self.store.detail(id)?.comment.status;
        if before != Status::Pending {
            self.seen.push(id.clone());
            output::line(format_args!("{id} is {before} already: somebody else decided meanwhile."))?;
            return Ok(true);
        }
        let outcome = self.store.decide(&[SeenComment::read(read)], decision, &Actor::COMMAND, clock::now())?;
        if !outcome.changed.is_empty() {
            output::line("Nothing was decided: its author has changed it meanwhile. It says now:")?;
            return Ok(false);
        }
        self.seen.push(id.clone());
        let rulings = outcome.decided.first().map_or(0, |decided| decided.rulings);
        self.done.push((id.clone(), vec![Undoable::Decided(rulings)]));
        self.count += 1;
        output::line(format_args!("{id} {}", decision.status()))?;
        Ok(true)
    }

    fn ban(&mut self, comment: &Comment) -> anyhow::Result<()> {
        let id = &comment.id;
        let known = self.store.ban(id, &Actor::COMMAND, clock::now())?;
        self.decide(comment, Decision::Spam)?;
        if !known {
            return Ok(output::line("Nothing is known by which its sender could be recognised: they are not banned.")?);
        }
        if let Some((last, done)) = self.done.last_mut()
            && last == id
        {
            done.push(Undoable::Banned);
        }
        Ok(output::line("Its sender is banned: further comments from that browser or network are spam.")?)
    }

    fn edit(&mut self, id: &CommentId, detail: &CommentDetail) -> anyhow::Result<()> {
        let before = &detail.comment.text;
        let edited = match editor::edit(before) {
            Ok(edited) => edited,
            Err(error) => return Ok(output::line(format_args!("Nothing was changed: {error:#}"))?),
        };
        match ardoise_model::checked_text(&edited) {
            Err(rule) => Ok(output::line(format_args!("Nothing was changed: the text {rule}"))?),
            Ok(text) => match self.store.edit(id, before, &text, &Actor::COMMAND, clock::now())? {
                Edited::Done => {
                    self.done.push((id.clone(), vec![Undoable::Edited(before.clone(), text)]));
                    Ok(())
                }
                Edited::Same => Ok(output::line("Nothing was changed.")?),
                Edited::Overtaken => Ok(output::line(format_args!(
                    "Nothing was changed: the comment has another text since. Yours was:\n{}",
                    output::visible_lines(&text)
                ))?),
            },
        }
    }

    /// Undoes the last action; returns its comment.
    fn undo(&mut self) -> anyhow::Result<Option<CommentId>> {
        let Some((id, actions)) = self.done.pop() else { return Ok(None) };
        for action in actions.into_iter().rev() {
            match action {
                Undoable::Banned => drop(self.store.unban(&id, &Actor::COMMAND, clock::now())?),
                Undoable::Edited(before, since) => {
                    if self.store.edit(&id, &since, &before, &Actor::COMMAND, clock::now())? == Edited::Overtaken {
                        output::line(format_args!("The text of {id} was changed by somebody else since, and stays as it is."))?;
                    }
                }
                Undoable::Decided(rulings) => {
                    let seen = SeenComment { rulings: Some(rulings), ..SeenComment::unread(id.clone()) };
                    let put_back = self.store.decide(&[seen], Decision::Hold, &Actor::COMMAND, clock::now());
                    self.count -= 1;
                    if !put_back.context("it could not be taken back")?.overtaken.is_empty() {
                        output::line(format_args!("Somebody else decided about {id} since; that holds."))?;
                        return Ok(Some(id));
                    }
                }
            }
        }
        self.seen.retain(|seen| *seen != id);
        output::line(format_args!("{id} is as it was."))?;
        Ok(Some(id))
    }
}
