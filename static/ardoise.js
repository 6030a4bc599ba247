// Why it does so: docs/architecture.md
{
  const script = document.currentScript.dataset;
  const plural = new Intl.PluralRules(script.lang);

  const SAMPLES = [1, 2, 3, 5, 11, 100];
  const forms = script.forms.split('|');
  const words = (n) => {
    const alike = SAMPLES.findIndex((sample) => plural.select(sample) === plural.select(n));
    const chosen = alike < 0 ? SAMPLES.length - 1 : alike;
    return forms[chosen].replace(SAMPLES[chosen], n);
  };

  const identity = (path) => {
    try {
      return decodeURIComponent(path).normalize();
    } catch {
      return path;
    }
  };

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
    element.textContent = n ? words(n) : element.dataset.none || '';
  };

  let counted;
  const counts = () => (counted ||= load('latest.json').then(async (latest) => {
    if (!latest) return () => undefined;
    const baked = script.revision || -1;
    const known = latest.since <= baked && baked <= latest.revision;
    const all = known || !latest.since ? {} : (await load('counts.json'))?.counts;
    const absent = known || !all ? undefined : 0;
    return (path) => latest.counts[path] ?? all?.[path] ?? absent;
  }));

  const counters = document.querySelectorAll('[data-ardoise-count]');
  const recount = (count) => {
    for (const counter of counters) {
      const n = count(identity(counter.dataset.ardoiseCount));
      if (n !== undefined) show(counter, n);
    }
  };
  if (counters.length) counts().then(recount);

  const open = async (place) => {
    observer.unobserve(place);
    (await import('./ardoise-thread.js')).default(place, { script, identity, load, show, counts });
  };
  const observer = new IntersectionObserver((seen) => seen.forEach((one) => one.isIntersecting && open(one.target)), { rootMargin: '50%' });
  const comment = location.hash.startsWith('#comment-');
  for (const place of document.querySelectorAll('[data-ardoise-article], [data-ardoise-recent]')) {
    if (comment) open(place);
    else observer.observe(place);
  }
}
