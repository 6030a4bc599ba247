const DAY = 864e5;
const part = (place, name) => place.querySelector(`[data-ardoise="${name}"]`);
const blank = (place) => part(place, 'template').content.firstElementChild;
const encode = (path) => path.split('/').map(encodeURIComponent).join('/');
const itemOf = (id) => document.getElementById(`comment-${id}`);
const age = ({ date }) => Date.now() - Date.parse(date);

let trusted = (html) => html;
try {
  const policy = trustedTypes.createPolicy('ardoise', { createHTML: trusted });
  trusted = (html) => policy.createHTML(html);
} catch {}

const stored = (key) => {
  try {
    return JSON.parse(localStorage[`ardoise:${key}`]);
  } catch {}
};
const store = (key, value) => {
  try {
    if (value) localStorage[`ardoise:${key}`] = JSON.stringify(value);
    else delete localStorage[`ardoise:${key}`];
  } catch {}
};

const days = ({ lang, zone = 'UTC' }) => {
  try {
    return new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeZone: zone });
  } catch {
    return days({ lang });
  }
};

const file = (path, page) => {
  const name = path.endsWith('.html') ? path : path.replace(/\/?$/, '/index');
  return encode(page > 1 ? `${name}.${page}.json` : `${name.replace(/\.html$/, '')}.json`).slice(1);
};

const fill = (item, { author, date }, day) => {
  part(item, 'author').textContent = author.name;
  part(item, 'date').dateTime = date;
  part(item, 'date').textContent = day.format(new Date(date));
};

const render = (template, comment, day) => {
  const item = template.cloneNode(true);
  const { author } = comment;
  fill(item, comment, day);
  item.id = `comment-${comment.id}`;
  if (author.site) part(item, 'author').href = author.site;
  part(item, 'permalink')?.setAttribute('href', `${location.href.split('#')[0]}#${item.id}`);
  part(item, 'text').innerHTML = trusted(comment.html);
  const show = (name, shown) => part(item, name)?.toggleAttribute('hidden', !shown);
  show('owner', author.owner);
  show('waiting', comment.waiting);
  const badge = part(item, 'waiting');
  if (badge && comment.waiting && age(comment) > DAY) badge.textContent = badge.dataset.later;
  const avatar = part(item, 'avatar');
  if (author.avatar) {
    avatar?.firstElementChild.setAttribute('d', author.avatar.path);
    avatar?.firstElementChild.setAttribute('stroke', author.avatar.colour);
  } else avatar?.remove();
  const reply = part(item, 'reply');
  if (comment.waiting) reply?.parentElement.remove();
  else reply?.setAttribute('value', comment.id);
  part(item, 'to')?.append(author.name);
  return item;
};

const open = new WeakMap();
const find = async () => {
  const id = location.hash.slice(1);
  part(document, 'missing')?.toggleAttribute('hidden', true);
  if (!id.startsWith('comment-')) return;
  if (document.getElementById(id)) location.replace(location.href);
  else (await import('./ardoise-pages.js')).find(id, open);
};
addEventListener('hashchange', find);

const thread = (section, { identity, load, show, counts, day }) => {
  const path = identity(section.dataset.ardoiseArticle);
  const [top, more, list, form, count] = ['thread', 'more', 'own', 'form', 'count'].map((name) => part(section, name));
  const template = blank(section);
  const shown = new Map();
  const state = { page: 0, pages: 1 };
  const names = { author: 'author', email: 'email', site: 'site', text: path };
  const replying = () => section.querySelector('[data-ardoise="reply"]:checked');
  const move = (to = replying()) => {
    const next = to ? part(to.closest('[id^="comment-"]'), 'replies') : state.home;
    if (next.previousSibling !== form) next.before(form);
  };
  const select = (box) => {
    const before = replying();
    while (replying()) replying().checked = false;
    if (box) box.checked = true;
    state.answered = box?.value;
    store(`reply:${path}`, state.answered);
    move();
    return before;
  };

  const add = (comments, place) => {
    let first;
    for (const comment of comments) {
      let item = shown.get(comment.id);
      const toThread = place === top && item?.parentNode === list && !item.waiting;
      if (item && !toThread && (comment.waiting || !item.waiting)) continue;
      if (!toThread) {
        item?.remove();
        item = render(template, comment, day);
        item.waiting = comment.waiting;
        shown.set(comment.id, item);
        first ||= item;
      }
      const parent = shown.get(comment.parent);
      ((parent && part(parent, 'replies')) || place).append(item);
    }
    return first;
  };
  const begin = (article) => {
    state.pages = article.pages || 1;
    state.count = article.count;
    more.hidden = state.page >= state.pages || part(section, 'rest');
    if (count) show(count, article.count);
  };

  const mine = () => stored(`own:${path}`) || [];
  const editable = (comment) => age(comment) < comment.edit_seconds * 1e3;
  const context = { section, top, more, list, form, path, shown, state, names, load, part, itemOf, stored, store, trusted, replying, move, select, add, begin, mine, editable };
  context.page = (n) => load(file(path, n));
  const scripts = {};
  context.use = (name) => (scripts[name] ||= import(`./ardoise-${name}.js`).then((script) => script.default(context)).catch((error) => {
    scripts[name] = null;
    throw error;
  }));

  const refresh = async () => {
    const baked = top.firstElementChild;
    const none = async (brief) => (await counts(brief))(path, section.dataset.ardoiseBaked) == 0;
    const empty = { count: 0, comments: [] };
    const article = !baked && (await none(true)) ? empty : (await context.page(1)) || ((await none()) && empty);
    if (article) state.page = 1;
    if (!article || replying()) {
      for (const item of section.querySelectorAll('[id^="comment-"]')) shown.set(item.id.slice(8), item);
      if (article) add(article.comments, top);
    } else {
      const comments = document.createDocumentFragment();
      add(article.comments, comments);
      top.replaceChildren(comments);
      part(section, 'rest')?.remove();
    }
    if (article) begin(article);
    if (state.pages > 1 && state.pages < 9 && mine()[0]) await (await context.use('pages')).further(state.pages);
    const left = mine().filter((one) => editable(one) || (!itemOf(one.id) && age(one) < 7 * DAY));
    store(`own:${path}`, left.length && left);
    add(left.filter(({ id }) => !itemOf(id)), list);
    if (state.home && left.some(editable)) context.use('form');
  };

  more.addEventListener('click', async () => {
    const first = await (await context.use('pages')).further(state.page + 1);
    if (first) part(first, 'permalink')?.focus();
  });
  let submit = () => {};
  const closes = Date.parse(section.dataset.ardoiseCloses);
  if (closes <= Date.now()) {
    section.dataset.ardoiseClosed = '';
    part(section, 'closed')?.removeAttribute('hidden');
    form?.remove();
  } else if (form) {
    const fields = form.elements;
    const message = part(section, 'said');
    state.home = part(section, 'home') || document.createElement('template');
    state.home.dataset.ardoise = 'home';
    if (state.home.isConnected) state.home.before(form);
    else form.after(state.home);
    if (section.querySelector('[aria-pressed="true"]')) fields.text.value = '';
    message.textContent = '';
    list.replaceChildren();
    for (const name in names) if (fields[name]) fields[name].value ||= stored(names[name]) || '';
    state.answered = replying()?.value || (fields.text.value && stored(`reply:${path}`));
    const remember = () => {
      context.use('form').catch(() => {});
      for (const name in names) if (!state.editing && fields[name]) store(names[name], fields[name].value);
    };
    part(form, 'previewing')?.parentElement.removeAttribute('hidden');
    section.dataset.ardoiseReady = '';
    form.addEventListener('focusin', remember);
    form.addEventListener('input', remember);
    submit = () => {
      message.textContent = message.dataset.sending;
      context.use('form').then((send) => send(), async () => {
        try {
          await fetch(form.action, { mode: 'no-cors' });
          store(path);
          form.submit();
        } catch {
          message.textContent = message.dataset.down;
        }
      });
    };
    if (replying()) move();
    section.addEventListener('change', ({ target }) => {
      if (target.dataset.ardoise !== 'reply') return;
      const { checked } = target;
      select(checked && target);
      (checked ? fields.text : target).focus();
    });
  }
  context.refreshed = refresh().then(() => {
    open.set(section, context);
    if (state.answered && !replying()) context.use('pages').then((pages) => pages.resume());
    find();
  });
  return submit;
};

const recent = async (place, { load, day }) => {
  const data = await load('recent.json');
  if (!data) return;
  part(place, 'list').replaceChildren(...data.comments.slice(0, place.dataset.ardoiseRecent).map((comment) => {
    const item = blank(place).cloneNode(true);
    fill(item, comment, day);
    part(item, 'link').textContent = comment.title || comment.path;
    part(item, 'link').href = `${encode(comment.path)}#comment-${comment.id}`;
    return item;
  }));
};

export default async (place, context) => {
  if (document.readyState === 'loading') await new Promise((done) => addEventListener('DOMContentLoaded', done));
  context.day = days(context.script);
  return (place.dataset.ardoiseArticle ? thread : recent)(place, context);
};
