// Refreshes what has changed since the page was built: counts and comments, from the published files.
// All markup and all words come from the page; without this script it shows what was baked in.
{
  const script = document.currentScript.dataset;
  const plural = new Intl.PluralRules(script.lang);
  const day = new Intl.DateTimeFormat(script.lang, { dateStyle: 'long', timeZone: 'UTC' });

  // The page words these numbers; among them is each plural form that a language has.
  const SAMPLES = [1, 2, 3, 5, 11, 100];
  const forms = script.forms.split('|');
  const words = (n) => {
    const alike = SAMPLES.findIndex((sample) => plural.select(sample) === plural.select(n));
    const chosen = alike < 0 ? SAMPLES.length - 1 : alike;
    return forms[chosen].replace(SAMPLES[chosen], n);
  };

  // An article's identity: its path, decoded. What does not decode is taken as it stands.
  const identity = (path) => {
    try {
      return decodeURIComponent(path).normalize();
    } catch {
      return path;
    }
  };

  // /a/b/ is a/b/index.json, /a/b.html is a/b.json.
  const file = (path) => {
    const name = /\.html$/.test(path) ? path.replace(/html$/, 'json') : path.replace(/\/?$/, '/index.json');
    return name.split('/').slice(1).map(encodeURIComponent).join('/');
  };

  // Null when there is nothing to be had: what the page shows then stays.
  const load = async (name) => {
    try {
      const answer = await fetch(script.tree + name);
      const data = answer.ok && (await answer.json());
      return data.version === 1 ? data : null;
    } catch {
      return null;
    }
  };

  const show = (element, n) => {
    const text = n ? words(n) : element.dataset.none || '';
    if (element.textContent !== text) element.textContent = text;
  };

  const part = (element, name) => element.querySelector(`[data-ardoise="${name}"]`);

  const render = (template, comment) => {
    const item = template.content.firstElementChild.cloneNode(true);
    item.id = `comment-${comment.id}`;
    part(item, 'author').textContent = comment.author.name;
    if (comment.author.site) part(item, 'author').href = comment.author.site;
    part(item, 'permalink').href = `#${item.id}`;
    part(item, 'date').dateTime = comment.date;
    part(item, 'date').textContent = day.format(new Date(comment.date));
    // Sanitised when it was published; see docs/architecture.md.
    part(item, 'text').innerHTML = comment.html;
    return item;
  };

  // A function from an article's identity to its count: undefined where the page knows as much. One small request, but where the
  // page was built so long ago that the file of the latest changes does not reach back to it.
  let counted;
  const counts = () => (counted ||= load('latest.json').then(async (latest) => {
    if (!latest) return () => undefined;
    const baked = script.revision || -1;
    const known = latest.since <= baked && baked <= latest.revision;
    const all = known || !latest.since ? {} : (await load('counts.json'))?.counts;
    const absent = known || !all ? undefined : 0;
    return (path) => latest.counts[path] ?? all?.[path] ?? absent;
  }));

  // An article without a file has no comments, or the files are not where the page looks for them. Only when comments were baked
  // in does it matter which; then the counts tell.
  const without = async (section, path) => {
    const none = part(section, 'thread').firstElementChild && (await counts())(path) === 0;
    return none ? { count: 0, comments: [] } : null;
  };

  const refresh = async (section) => {
    const path = identity(section.dataset.ardoiseArticle);
    const article = (await load(file(path))) || (await without(section, path));
    if (!article) return;
    const replies = new Map();
    const thread = document.createDocumentFragment();
    for (const comment of article.comments) {
      const item = render(part(section, 'template'), comment);
      replies.set(comment.id, part(item, 'replies'));
      (replies.get(comment.parent) || thread).append(item);
    }
    part(section, 'thread').replaceChildren(thread);
    show(part(section, 'count'), article.count);
    // The browser looked for the address's comment before it was there.
    if (location.hash.startsWith('#comment-')) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  };

  const counters = document.querySelectorAll('[data-ardoise-count]');
  const recount = async () => {
    const count = await counts();
    for (const counter of counters) {
      const n = count(identity(counter.dataset.ardoiseCount));
      if (n !== undefined) show(counter, n);
    }
  };

  document.querySelectorAll('[data-ardoise-article]').forEach(refresh);
  if (counters.length) recount();
}
