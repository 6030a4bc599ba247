// Keys for the queue: each presses what can be clicked anyway. Without this script nothing is missing but them.
(() => {
  const keys = { a: 'approve', r: 'reject', s: 'spam', d: 'delete', e: 'e', x: 'x' };
  const help = document.getElementById('keys');
  const comments = () => [...document.querySelectorAll('article.comment')];
  // The one that has the focus, or holds it; before any has, the first.
  const at = () => comments().findIndex((comment) => comment.contains(document.activeElement));
  const here = () => comments()[Math.max(at(), 0)];
  const go = (to) => {
    const all = comments();
    const comment = all[Math.min(Math.max(to, 0), all.length - 1)];
    comment?.focus({ preventScroll: true });
    comment?.scrollIntoView({ block: 'nearest' });
  };
  document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  const press = (key) => {
    const target = here()?.querySelector(`[data-key="${key}"]`) ?? (key === 'e' ? document.querySelector('textarea[data-key="e"]') : null);
    if (!target) return false;
    target.matches('textarea') ? target.focus() : target.click();
    return true;
  };
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest?.('textarea, select, input:not([type=checkbox])');
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open) return;
    const search = document.querySelector('input[type=search]');
    const undo = document.querySelector('[data-key="u"]');
    let done = true;
    if (event.key === 'j') go(at() + 1);
    else if (event.key === 'k') go(at() - 1);
    else if (event.key === '/' && search) search.focus();
    else if (event.key === '?') help.showModal();
    else if (event.key === 'u' && undo) undo.click();
    else done = Object.hasOwn(keys, event.key) && press(keys[event.key]);
    if (done) event.preventDefault();
  });
})();
