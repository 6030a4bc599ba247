//! One pending comment after another, and a key for each act. Line by line where standard input is no terminal.

mod keys;
mod page;

use std::process::ExitCode;

use anyhow::Context;
use ardoise_model::{Actor, Comment, CommentId, Decision, Status};
use ardoise_store::{CommentDetail, Edited, SeenComment, Store};

use crate::config::Config;
use crate::{assemble, clock, editor, output};
use keys::{Key, Keys};

/// What can be taken back, the last first.
enum Done {
    /// With as many decisions by then.
    Decided(u64),
    Banned,
    /// The text before, and the text since.
    Edited(String, String),
}

/// What comes after a key.
enum Asked {
    Next(Option<CommentId>),
    Quit,
}

struct Session {
    store: Store,
    /// Looked at already: passed over, or decided.
    seen: Vec<CommentId>,
    done: Vec<(CommentId, Vec<Done>)>,
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
            Asked::Next(Some(next)) => Some(next),
            Asked::Next(None) => session.last_word(&mut keys)?,
            Asked::Quit => None,
        };
    }
    let passed = session.waiting()?;
    let left =
        if passed == 0 { "Nothing waits.".to_owned() } else { format!("{} still {}.", passed, if passed == 1 { "waits" } else { "wait" }) };
    output::line(format_args!("{} decided. {left}", session.count))?;
    Ok(ExitCode::SUCCESS)
}

impl Session {
    /// The oldest that was not looked at yet; also one that came, or was put back, meanwhile.
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

    /// Acts by the keys that come, until another comment is to be looked at.
    fn ask(&mut self, id: &CommentId, detail: &CommentDetail, keys: &mut Keys) -> anyhow::Result<Asked> {
        loop {
            match keys.next()? {
                Key::Quit => return Ok(Asked::Quit),
                Key::Decide(decision) => {
                    if !self.decide(&detail.comment, decision)? {
                        return Ok(Asked::Next(Some(id.clone())));
                    }
                }
                Key::Ban => self.ban(&detail.comment)?,
                Key::Next => self.seen.push(id.clone()),
                Key::Edit => {
                    self.edit(id, detail)?;
                    return Ok(Asked::Next(Some(id.clone())));
                }
                Key::Undo => {
                    if let Some(back) = self.undo()? {
                        return Ok(Asked::Next(Some(back)));
                    }
                    output::line("There is nothing to take back.")?;
                    continue;
                }
                Key::Unknown => {
                    output::line(keys::HELP)?;
                    continue;
                }
            }
            return self.next().map(Asked::Next);
        }
    }

    /// There is no other comment; the last act may still be taken back.
    fn last_word(&mut self, keys: &mut Keys) -> anyhow::Result<Option<CommentId>> {
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

    /// False: its author has changed it since it was shown, and it has to be read again.
    fn decide(&mut self, read: &Comment, decision: Decision) -> anyhow::Result<bool> {
        let id = &read.id;
        // Somebody else may have been faster.
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
        self.done.push((id.clone(), vec![Done::Decided(rulings)]));
        self.count += 1;
        output::line(format_args!("{id} {}", decision.status()))?;
        Ok(true)
    }

    fn ban(&mut self, comment: &Comment) -> anyhow::Result<()> {
        let id = &comment.id;
        let known = self.store.ban(id, &Actor::COMMAND, clock::now())?;
        self.decide(comment, Decision::Spam)?;
        if !known {
            return Ok(output::line("Nothing is known of its sender that he could be recognised by: he is not banned.")?);
        }
        if let Some((last, done)) = self.done.last_mut()
            && last == id
        {
            done.push(Done::Banned);
        }
        Ok(output::line("Its sender is banned: what else comes from his browser or network is spam.")?)
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
                    self.done.push((id.clone(), vec![Done::Edited(before.clone(), text)]));
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

    /// Takes the last act back; the comment that it was about.
    fn undo(&mut self) -> anyhow::Result<Option<CommentId>> {
        let Some((id, acts)) = self.done.pop() else { return Ok(None) };
        for act in acts.into_iter().rev() {
            match act {
                Done::Banned => drop(self.store.unban(&id, &Actor::COMMAND, clock::now())?),
                Done::Edited(before, since) => {
                    if self.store.edit(&id, &since, &before, &Actor::COMMAND, clock::now())? == Edited::Overtaken {
                        output::line(format_args!("The text of {id} was changed by somebody else since, and stays as it is."))?;
                    }
                }
                Done::Decided(rulings) => {
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
