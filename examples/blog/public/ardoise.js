// See docs/script.md
if (!document.ardoise) {
  const handled = (document.ardoise = new WeakMap());
  const SAMPLES = [1, 2, 3, 5, 11, 100];
  let source, script, tree, reported, files = {};

  const identity = (path) => {
    try {
      return decodeURIComponent(path).normalize();
    } catch {
      return path;
    }
  };

  const load = (name) => fetch(tree + name, { cache: 'no-cache' })
    .then((answer) => answer.json())
    .then((data) => data?.version === 1 && data, () => false);
  const once = (name) => (files[name] ||= load(name));

  const kind = (n) => new Intl.PluralRules(script.lang).select(n);
  const show = (place, n) => {
    const at = SAMPLES.findIndex((sample) => kind(sample) === kind(n));
    if (n >= 0) place.textContent = n ? script.forms.split('|').at(at).replace(SAMPLES.at(at), n) : place.dataset.none || '';
  };

  const counts = async (brief) => {
    const { href } = location;
    if (files.href !== href) files = { href };
    const latest = await once('latest.json');
    if (!latest) return () => {};
    const { since, revision, epoch } = latest;
    const same = script.revision >= since && script.revision <= revision && (script.epoch || epoch) === epoch;
    const all = same || !since ? {} : !brief && (await once('counts.json')).counts;
    return (path, baked) => latest.counts[path] ?? (same ? baked : all ? all[path] || 0 : undefined);
  };

  const open = (place) => handled.get(place) || handled.set(place, import(new URL('ardoise-thread.js', source.src || `${tree}../`))
    .then((thread) => thread.default(place, { script, identity, load, show, counts }))).get(place);
  const near = new IntersectionObserver((seen) => seen.map((place) => place.isIntersecting && open(place.target)), { rootMargin: '50%' });

  const scan = () => {
    const { lang, dataset } = document.documentElement;
    for (const place of document.querySelectorAll('[data-ardoise-count], [data-ardoise-article], [data-ardoise-recent]')) {
      if (handled.has(place) || 'turboPreview' in dataset) continue;
      const sources = [...document.querySelectorAll('[data-tree]')];
      source = sources.find((place) => lang.startsWith(place.dataset.lang)) || sources[0];
      if (!source) return reported ||= !console.error('ardoise: no element has data-tree; see docs/theming.md');
      script = source.dataset;
      tree ||= new URL(script.tree, document.baseURI).href;
      handled.set(place);
      const path = place.dataset.ardoiseCount;
      if (path) counts().then((count) => show(place, count(identity(path))));
      else if (location.hash.startsWith('#comment-')) open(place);
      else near.observe(place);
    }
  };
  new MutationObserver(scan).observe(document, { childList: true, subtree: true });
  scan();

  addEventListener('submit', (event) => {
    const form = event.target;
    const place = form.closest('[data-ardoise-article]');
    if (!handled.has(place)) return;
    event.preventDefault();
    open(place).then((submit) => submit(), () => navigator.onLine && form.submit());
  }, true);
}
