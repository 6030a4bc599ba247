// Why it does so: docs/architecture.md
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

export default ({ section, form, path, names, load, part, kept, keep, mine, fresh, put, alone, move }) => {
  const fields = form.elements;
  const said = part(section, 'said');
  const words = said.dataset;
  const say = (text) => {
    said.textContent = text;
  };
  const call = async (method, name, body, more) => {
    try {
      const answer = await fetch(form.action.replace(/comments$/, name), {
        method,
        headers: { 'content-type': 'application/json', ...more },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(35000),
      });
      return [answer.status, (answer.status !== 204 && (await answer.json())) || {}];
    } catch {
      return [0, {}];
    }
  };

  let editing;
  const remember = () => {
    for (const name in names) if (!editing && fields[name]) keep(names[name], fields[name].value);
  };
  remember();

  let begun;
  let asked;
  let challenge;
  const begin = () => {
    begun ||= Date.now();
    if (asked > Date.now() - 6e5) return;
    asked = Date.now();
    challenge = load('challenge.json');
  };
  form.addEventListener('focusin', begin);
  if (form.contains(document.activeElement)) begin();
  const work = async (draft) => {
    begin();
    const end = Date.now() + 5000;
    const drawn = await Promise.race([challenge, new Promise((done) => setTimeout(done, 5000))]);
    return drawn && prove(drawn, draft, end);
  };
  const key = () => {
    const drawn = kept('key') || Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, 0)).join('');
    keep('key', drawn);
    return drawn;
  };

  const previewing = part(form, 'previewing');
  const preview = part(form, 'preview');
  const look = async () => {
    const text = previewing?.checked && fields.text.value.trim();
    if (preview) preview.hidden = true;
    if (!text) return;
    const [status, { html }] = await call('POST', 'preview', { text });
    if (status === 200 && fields.text.value.trim() === text) {
      preview.innerHTML = html;
      preview.hidden = false;
    }
  };
  let pause;
  form.addEventListener('input', ({ target }) => {
    target.removeAttribute('aria-invalid');
    remember();
    clearTimeout(pause);
    pause = setTimeout(look, 300);
  });
  look();

  const refusal = ({ field, rule, detail, word }) => {
    const label = form.querySelector(`label[for="${fields[field]?.id}"]`);
    if (label) fields[field].setAttribute('aria-invalid', true);
    return (label ? label.firstChild.textContent.trim() + words.colon : '') + (words[rule]?.replace('%', word ?? '%') || detail);
  };
  const refused = (status, { errors }) => {
    const lines = Array.isArray(errors) ? errors.map(refusal) : [status ? words.busy : words.down];
    say((status === 422 ? [words.refused, ...lines] : lines).join('\n'));
    form.querySelector('[aria-invalid]')?.focus();
  };

  const values = () => Object.fromEntries(new FormData(form));
  const fill = (wanted) => {
    for (const name in names) if (fields[name] && name in wanted) fields[name].value = wanted[name];
    look();
  };
  const stop = (reply = editing?.reply) => {
    if (!editing) return;
    const { button, draft } = editing;
    editing = undefined;
    button.ariaPressed = false;
    fill(draft);
    say('');
    alone(reply);
  };
  const edit = (button, { id, text, author, site, edit_token: token }) => {
    const again = editing?.button === button;
    stop();
    if (again) return;
    editing = { button, id, token, draft: values(), reply: alone() };
    button.ariaPressed = true;
    fill({ text, author: author.name, site });
    move(button);
    say(words.editing);
    fields.text.focus();
  };
  const remove = async ({ id, edit_token: token }) => {
    if (!confirm(words.sure)) return;
    const [status, answer] = await call('DELETE', `comments/${id}`, undefined, { authorization: `Bearer ${token}` });
    if (status !== 204) return refused(status, answer);
    if (editing?.id === id) stop();
    put(id);
    say(words.deleted);
    said.focus();
  };
  const offer = (comment) => {
    const item = document.getElementById(`comment-${comment.id}`);
    const own = item && part(item, 'mine');
    if (!own?.hidden || !fresh(comment)) return;
    own.hidden = false;
    part(own, 'edit').addEventListener('click', ({ currentTarget }) => edit(currentTarget, comment));
    part(own, 'delete').addEventListener('click', () => remove(comment));
    setTimeout(() => {
      own.hidden = true;
      if (editing?.id === comment.id) stop();
    }, Date.parse(comment.date) + comment.edit_seconds * 1e3 - Date.now());
  };
  mine().forEach(offer);

  const submit = async () => {
    const draft = values();
    const { id, token } = editing || {};
    const send = part(form, 'send');
    send.disabled = true;
    say(words.sending);
    const [status, answer] = id
      ? await call('PATCH', `comments/${id}`, { ...draft, edit_token: token })
      : await call('POST', 'comments', { ...draft, proof: await work(draft), elapsed: `${Math.round((Date.now() - begun) / 1000)}`, key: key() });
    send.disabled = false;
    if (status !== 202 && status !== 200) return refused(status, answer);
    const before = mine().find((one) => one.id === id) || { parent: draft.reply_to, date: new Date().toISOString() };
    stop();
    if (!id) {
      if (fields.text.value === draft.text) {
        fields.text.value = '';
        keep(path);
      }
      begun = undefined;
      look();
      alone();
      move();
    }
    const waiting = answer.status === 'pending';
    say(waiting ? words.thanks : '');
    offer(put(answer.id, { ...before, ...answer, waiting, text: draft.text, author: { name: draft.author }, site: draft.site }));
  };

  section.addEventListener('change', ({ target }) => target.dataset.ardoise === 'reply' && stop(target.checked ? target : null));
  return submit;
};
