// See docs/architecture.md
export default (house) => {
  const { section, form, path, shown, at, part, byId, keep, move, alone, fresh, said, words, say, call, refused, values, fill, put } = house;
  const { text } = form.elements;
  const cancel = part(form, 'cancel');

  const stop = (reply = at.editing?.reply) => {
    if (!at.editing) return;
    const { button, draft } = at.editing;
    at.editing = undefined;
    button.ariaPressed = false;
    if (cancel) cancel.hidden = true;
    fill(draft);
    say('');
    alone(reply);
    at.answered ||= reply === null ? undefined : draft.reply_to;
    keep(`reply:${path}`, at.answered);
  };
  house.stop = stop;

  const edit = (button, { id, text: typed, author, site, edit_token: token }) => {
    const again = at.editing?.button === button;
    stop();
    if (again) return;
    const draft = values();
    at.editing = { button, id, token, draft, reply: alone() };
    keep(`reply:${path}`, draft.reply_to);
    button.ariaPressed = true;
    if (cancel) cancel.hidden = false;
    fill({ text: typed, author: author.name, site });
    move(button);
    say((!shown.get(id)?.waiting && words.editing_public) || words.editing);
    text.focus();
  };
  const remove = async ({ id, edit_token: token }) => {
    if (!confirm(words.sure)) return;
    const [status, answer] = await call('DELETE', `comments/${id}`, undefined, { authorization: `Bearer ${token}` });
    if (status !== 204) return refused(status, answer);
    if (at.editing?.id === id) stop();
    put(id);
    say(words.deleted);
    said.focus();
  };

  cancel?.addEventListener('click', () => {
    const { button } = at.editing;
    stop();
    button.focus();
  });
  section.addEventListener('change', ({ target }) => target.dataset.ardoise === 'reply' && stop(target.checked ? target : null));
  return (comment) => {
    const item = byId(comment.id);
    const own = item && part(item, 'mine');
    if (!own?.hidden || !fresh(comment)) return;
    own.hidden = false;
    part(own, 'edit').addEventListener('click', ({ currentTarget }) => edit(currentTarget, comment));
    part(own, 'delete').addEventListener('click', () => remove(comment));
    setTimeout(() => {
      own.hidden = true;
      if (at.editing?.id === comment.id) stop();
    }, Date.parse(comment.date) + comment.edit_seconds * 1e3 - Date.now());
  };
};
