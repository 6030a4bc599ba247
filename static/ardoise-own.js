// See docs/script.md
export default (context) => {
  const { section, form, path, shown, state, part, itemOf, store, move, select, editable, message, words, say, request, refused, values, fill, put } = context;
  const { text } = form.elements;
  const cancel = part(form, 'cancel');

  const stop = (reply = state.editing?.reply) => {
    if (!state.editing) return;
    const { button, draft } = state.editing;
    state.editing = undefined;
    button.ariaPressed = false;
    if (cancel) cancel.hidden = true;
    fill(draft);
    say('');
    select(reply);
    state.answered ||= reply === null ? undefined : draft.reply_to;
    store(`reply:${path}`, state.answered);
  };
  context.stop = stop;

  const edit = (button, { id, text: typed, author, site, edit_token: token }) => {
    const again = state.editing?.button === button;
    stop();
    if (again) return;
    const draft = values();
    state.editing = { button, id, token, draft, reply: select() };
    store(`reply:${path}`, draft.reply_to);
    button.ariaPressed = true;
    if (cancel) cancel.hidden = false;
    fill({ text: typed, author: author.name, site });
    move(button);
    say((!shown.get(id)?.waiting && words.editing_public) || words.editing);
    text.focus();
  };
  const remove = async ({ id, edit_token: token }) => {
    if (!confirm(words.sure)) return;
    const [status, answer] = await request('DELETE', `comments/${id}`, undefined, { authorization: `Bearer ${token}` });
    if (status !== 204) return refused(status, answer);
    if (state.editing?.id === id) stop();
    put(id);
    say(words.deleted);
    message.focus();
  };

  cancel?.addEventListener('click', () => {
    const { button } = state.editing;
    stop();
    button.focus();
  });
  section.addEventListener('change', ({ target }) => target.dataset.ardoise === 'reply' && stop(target.checked ? target : null));
  return (comment) => {
    const item = itemOf(comment.id);
    const own = item && part(item, 'mine');
    if (!own?.hidden || !editable(comment)) return;
    own.hidden = false;
    part(own, 'edit').addEventListener('click', ({ currentTarget }) => edit(currentTarget, comment));
    part(own, 'delete').addEventListener('click', () => remove(comment));
    setTimeout(() => {
      own.hidden = true;
      if (state.editing?.id === comment.id) stop();
    }, Date.parse(comment.date) + comment.edit_seconds * 1e3 - Date.now());
  };
};
