// See docs/script.md
const K = [];
const START = [];
const bits = (root) => ((root % 1) * 2 ** 32) | 0;
for (let n = 2; K.length < 64; n++) {
  let least = 2;
  while (n % least) least++;
  if (least === n) {
    if (n < 20) START.push(bits(Math.sqrt(n)));
    K.push(bits(Math.cbrt(n)));
  }
}

const turn = (x, n) => (x >>> n) | (x << (32 - n));
const w = new Int32Array(64);
const digest = (state, view, at) => {
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    const [x, y] = [w[i - 15], w[i - 2]];
    w[i] = i < 16 ? view.getInt32(at + i * 4)
      : w[i - 16] + w[i - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
    const t = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i];
    const u = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    [a, b, c, d, e, f, g, h] = [(t + u) | 0, a, b, c, (d + t) | 0, e, f, g];
  }
  return [a, b, c, d, e, f, g, h].map((x, i) => (x + state[i]) | 0);
};

export const prove = async ({ challenge, bits: zeros }, { article, text }, end) => {
  const bytes = new TextEncoder().encode(`${challenge}\n${article}\n${text}\n`);
  const whole = bytes.length & ~63;
  let state = START;
  for (let at = 0; at < whole; at += 64) state = digest(state, new DataView(bytes.buffer), at);
  for (let nonce = 0, pause = 0; Date.now() < end; nonce++) {
    const digits = new TextEncoder().encode(nonce);
    const length = bytes.length + digits.length - whole;
    const last = new Uint8Array(length < 56 ? 64 : 128);
    last.set(bytes.subarray(whole));
    last.set(digits, length - digits.length);
    last[length] = 128;
    const view = new DataView(last.buffer);
    view.setInt32(last.length - 4, (whole + length) * 8);
    let hash = state;
    for (let at = 0; at < last.length; at += 64) hash = digest(hash, view, at);
    if (Math.clz32(hash[0]) >= zeros) return `${challenge}.${nonce}`;
    if (Date.now() > pause) {
      await new Promise((done) => setTimeout(done));
      pause = Date.now() + 12;
    }
  }
};

export default (context) => {
  const { section, list, form, path, shown, state, names, load, part, itemOf, stored, store, trusted, select, add, mine, editable } = context;
  const fields = form.elements;
  const message = part(section, 'said');
  const words = message.dataset;
  message.id ||= `${form.id}-said`;
  message.tabIndex = -1;
  const say = (text) => {
    message.textContent = text;
  };
  const request = async (method, name, body, more) => {
    try {
      const answer = await fetch(form.action.replace(/comments$/, name), {
        method,
        headers: { 'content-type': 'application/json', ...more },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(35000),
      });
      return [answer.status, (await answer.json().catch(() => {})) || {}];
    } catch ({ name }) {
      const foreign = name === 'TypeError' && new URL(form.action).origin !== location.origin;
      const errors = foreign && await fetch(form.action, { mode: 'no-cors' }).then(() => [{ rule: 'foreign_origin', word: location.origin }], () => {});
      return [errors ? 403 : 0, { errors }];
    }
  };

  let started;
  let fetched;
  let challenge;
  const begin = () => {
    started ||= Date.now();
    if (fetched > Date.now() - 6e5) return;
    fetched = Date.now();
    challenge = load('challenge.json');
  };
  form.addEventListener('focusin', begin);
  if (form.contains(document.activeElement)) begin();
  const proof = async (draft) => {
    begin();
    const end = Date.now() + 5000;
    const drawn = await Promise.race([challenge, new Promise((done) => setTimeout(done, 5000))]);
    return drawn ? prove(drawn, draft, end) : undefined;
  };
  const key = () => {
    const drawn = stored('key') || Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, 0)).join('');
    store('key', drawn);
    return drawn;
  };

  const refusal = ({ field, rule, detail, word }) => {
    const [label] = (names[field] && fields[field]?.labels) || [];
    if (label) {
      fields[field].setAttribute('aria-invalid', true);
      fields[field].setAttribute('aria-describedby', message.id);
    }
    if (rule === 'unknown_comment') select();
    return (label ? label.firstChild.textContent.trim() + words.colon : '') + (words[rule]?.replace('%', word ?? '%') || detail || words.busy);
  };
  const refused = (status, { errors }) => {
    const lines = Array.isArray(errors) ? errors.filter((error) => error?.rule).map(refusal) : [];
    if (lines[0] && status === 422) lines.unshift(words.refused);
    say(lines.join('\n') || (status ? words.busy : words.down));
    form.querySelector('[aria-invalid]')?.focus();
  };

  const previewing = part(form, 'previewing');
  const preview = part(form, 'preview');
  const render = async () => {
    const text = previewing?.checked && fields.text.value.trim();
    if (preview) preview.hidden = true;
    if (!text) return;
    const [status, { html, errors }] = await request('POST', 'preview', { text });
    if (fields.text.value.trim() !== text) return;
    if (status === 200) preview.innerHTML = trusted(html);
    else preview.textContent = words[status === 422 && errors?.[0]?.rule] || words.unseen;
    preview.hidden = false;
  };
  let pause;
  form.addEventListener('input', ({ target }) => {
    target.removeAttribute('aria-invalid');
    target.removeAttribute('aria-describedby');
    clearTimeout(pause);
    pause = setTimeout(render, 300);
  });
  render();

  const values = () => ({ ...Object.fromEntries(new FormData(form)), reply_to: state.answered });
  const fill = (wanted) => {
    for (const name in names) if (fields[name] && name in wanted) fields[name].value = wanted[name];
    render();
  };
  const put = (id, comment) => {
    const old = shown.get(id);
    store(`own:${path}`, [...mine().filter((one) => one.id !== id), ...(comment ? [comment] : [])]);
    old?.replaceWith(...part(old, 'replies').children);
    shown.delete(id);
    if (comment) add([comment], list);
  };
  Object.assign(context, { message, words, say, request, refused, values, fill, put });
  const offer = async (comment) => editable(comment) && (await context.use('own'))(comment);
  mine().forEach(offer);

  const deliver = async () => {
    const draft = values();
    const { activeElement } = document;
    const { id, token } = state.editing || {};
    const [status, answer] = id
      ? await request('PATCH', `comments/${id}`, { ...draft, edit_token: token })
      : await request('POST', 'comments', { ...draft, proof: await proof(draft), elapsed: `${Math.round((Date.now() - started) / 1000)}`, key: key() });
    if (!answer.id) return refused(status, answer);
    const before = mine().find((one) => one.id === id) || { parent: draft.reply_to, date: new Date().toISOString() };
    context.stop?.();
    if (!id) {
      if (fields.text.value === draft.text) {
        fields.text.value = '';
        store(path);
      }
      started = undefined;
      render();
      select();
    }
    const waiting = answer.status === 'pending';
    const comment = { ...before, ...answer, waiting, text: draft.text, author: { name: draft.author }, site: draft.site };
    put(answer.id, comment);
    say(waiting ? words.thanks : '');
    offer(comment);
    if (!id && fields.text.value) activeElement.focus();
    else (waiting ? message : part(itemOf(answer.id), 'permalink'))?.focus();
  };

  let sending;
  return async () => {
    if (sending) return;
    sending = true;
    part(form, 'send').ariaDisabled = true;
    say(words.sending);
    await deliver().catch(() => say(words.busy));
    part(form, 'send').ariaDisabled = false;
    sending = false;
  };
};
