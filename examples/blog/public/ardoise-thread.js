const DAY = 864e5;
const part = (place, name) => place.querySelector(`[data-ardoise="${name}"]`);
const blank = (place) => part(place, 'template').content.firstElementChild;
const encode = (path) => path.split('/').map(encodeURIComponent).join('/');
const byId = (id) => document.getElementById(`comment-${id}`);
const age = ({ date }) => Date.now() - Date.parse(date);

let trusted = (html) => html;
try {
  const policy = trustedTypes.createPolicy('ardoise', { createHTML: trusted });
  trusted = (html) => policy.createHTML(html);
} catch {}

const kept = (key) => {
  try {
    return JSON.parse(localStorage[`ardoise:${key}`]);
  } catch {}
};
const keep = (key, value) => {
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
  const at = { page: 0, pages: 1 };
  const names = { author: 'author', email: 'email', site: 'site', text: path };
  const replying = () => section.querySelector('[data-ardoise="reply"]:checked');
  const move = (to = replying()) => {
    const next = to ? part(to.closest('[id^="comment-"]'), 'replies') : at.home;
    if (next.previousSibling !== form) next.before(form);
  };
  const alone = (box) => {
    const before = replying();
    while (replying()) replying().checked = false;
    if (box) box.checked = true;
    at.answered = box?.value;
    keep(`reply:${path}`, at.answered);
    move();
    return before;
  };

  const add = (comments, place) => {
    let first;
    for (const comment of comments) {
      let item = shown.get(comment.id);
      const apart = place === top && item?.parentNode === list && !item.waiting;
      if (item && !apart && (comment.waiting || !item.waiting)) continue;
      if (!apart) {
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
    at.pages = article.pages || 1;
    at.count = article.count;
    more.hidden = at.page >= at.pages || part(section, 'rest');
    if (count) show(count, article.count);
  };

  const mine = () => kept(`own:${path}`) || [];
  const fresh = (comment) => age(comment) < comment.edit_seconds * 1e3;
  const house = { section, top, more, list, form, path, shown, at, names, load, part, byId, kept, keep, trusted, replying, move, alone, add, begin, mine, fresh };
  house.page = (n) => load(file(path, n));
  const scripts = {};
  house.use = (name) => (scripts[name] ||= import(`./ardoise-${name}.js`).then((script) => script.default(house)).catch((error) => {
    scripts[name] = null;
    throw error;
  }));

  const refresh = async () => {
    const baked = top.firstElementChild;
    const none = async (brief) => (await counts(brief))(path, section.dataset.ardoiseBaked) == 0;
    const empty = { count: 0, comments: [] };
    const article = !baked && (await none(true)) ? empty : (await house.page(1)) || ((await none()) && empty);
    if (article) at.page = 1;
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
    if (at.pages > 1 && at.pages < 9 && mine()[0]) await (await house.use('pages')).further(at.pages);
    const left = mine().filter((one) => fresh(one) || (!byId(one.id) && age(one) < 7 * DAY));
    keep(`own:${path}`, left.length && left);
    add(left.filter(({ id }) => !byId(id)), list);
    if (at.home && left.some(fresh)) house.use('form');
  };

  more.addEventListener('click', async () => {
    const first = await (await house.use('pages')).further(at.page + 1);
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
    const said = part(section, 'said');
    at.home = part(section, 'home') || document.createElement('template');
    at.home.dataset.ardoise = 'home';
    if (at.home.isConnected) at.home.before(form);
    else form.after(at.home);
    if (section.querySelector('[aria-pressed="true"]')) fields.text.value = '';
    said.textContent = '';
    list.replaceChildren();
    for (const name in names) if (fields[name]) fields[name].value ||= kept(names[name]) || '';
    at.answered = replying()?.value || (fields.text.value && kept(`reply:${path}`));
    const remember = () => {
      house.use('form').catch(() => {});
      for (const name in names) if (!at.editing && fields[name]) keep(names[name], fields[name].value);
    };
    part(form, 'previewing')?.parentElement.removeAttribute('hidden');
    section.dataset.ardoiseReady = '';
    form.addEventListener('focusin', remember);
    form.addEventListener('input', remember);
    submit = () => {
      said.textContent = said.dataset.sending;
      house.use('form').then((send) => send(), async () => {
        try {
          await fetch(form.action, { mode: 'no-cors' });
          keep(path);
          form.submit();
        } catch {
          said.textContent = said.dataset.down;
        }
      });
    };
    if (replying()) move();
    section.addEventListener('change', ({ target }) => {
      if (target.dataset.ardoise !== 'reply') return;
      const { checked } = target;
      alone(checked && target);
      (checked ? fields.text : target).focus();
    });
  }
  house.refreshed = refresh().then(() => {
    open.set(section, house);
    if (at.answered && !replying()) house.use('pages').then((pages) => pages.resume());
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

export default async (place, house) => {
  if (document.readyState === 'loading') await new Promise((done) => addEventListener('DOMContentLoaded', done));
  house.day = days(house.script);
  return (place.dataset.ardoiseArticle ? thread : recent)(place, house);
};
