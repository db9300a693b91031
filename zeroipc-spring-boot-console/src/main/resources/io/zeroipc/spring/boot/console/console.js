// Asks the endpoints of this application again and again, and shows their answers in an element of any page of its origin:
//   import { mount } from '<management path>/zeroipcconsole/console.js';
//   mount(document.getElementById('there'));
import { attribute, el, keyed, text } from './view.js';
import { clock } from './format.js';
import { attention, Segments } from './segments.js';
import { arenaAttention, Arenas } from './arenas.js';
import { Listeners } from './listeners.js';

const HERE = new URL('.', import.meta.url);
HERE.username = HERE.password = ''; // A request that names them is refused by browsers; they send them all the same.
const INTERVALS = [1_000, 5_000, 30_000];
const PATIENCE = 10_000;
const MOST_ATTENTION = 20;

// An endpoint: where it is, its last answer, and what is wrong with it now.
class Endpoint {
  constructor(name, path, figures) {
    this.name = name;
    this.figures = figures; // What has to be in an answer.
    this.refused = false;
    this.closed = false; // Asking again would make the browser ask its user for a password again.
    this.url = path && new URL(path, HERE);
    this.answer = null;
    this.problem = path ? '' : `The endpoint ${name} is not exposed: it has to be named in management.endpoints.web.exposure.include.`;
    this.gone = false;
  }

  async ask(query = '') {
    if (!this.url || this.closed) {
      return;
    }
    try {
      // Without X-Requested-With: Spring Security would leave the challenge out, and the browser would not say who its user is.
      const response = await fetch(this.url + query, {
        headers: { Accept: 'application/json' },
        redirect: 'manual', // To a page for signing in, which is no answer.
        signal: AbortSignal.timeout(PATIENCE),
      });
      this.gone = false;
      this.refused = isRefusal(response);
      this.closed = response.status === 401;
      if (!response.ok) {
        this.problem = refusal(this.name, response);
        return;
      }
      const answer = await response.json().catch(anyButInvalid);
      if (answer?.[this.figures] === null || typeof answer?.[this.figures] !== 'object') {
        this.problem = `The endpoint ${this.name} answers with something else than its figures.`;
        return;
      }
      this.answer = answer;
      this.at = performance.now();
      this.problem = '';
    } catch (e) {
      this.problem = '';
      this.gone = true;
    }
  }

  // Whether what is shown of it may be wrong by now.
  get stale() {
    return this.gone || this.problem !== '';
  }
}

// No JSON, such as the page of a proxy, is an answer all the same; one that broke off is none.
function anyButInvalid(problem) {
  if (problem instanceof SyntaxError) {
    return null;
  }
  throw problem;
}

const isRefusal = response => response.type === 'opaqueredirect' || [401, 403].includes(response.status);

function refusal(name, response) {
  if (response.type === 'opaqueredirect' || response.status === 401) {
    return `You are not signed in for the endpoint ${name}: load this page again.`;
  }
  return response.status === 403 ? `You may not read the endpoint ${name}.`
    : `The endpoint ${name} fails: status ${response.status}.`;
}

class Console {
  #settings;
  #segments;
  #listeners;
  #interval;
  #timer = 0;
  #asking = null;
  #parts;

  constructor(root, settings) {
    this.#settings = settings;
    this.#segments = new Endpoint('zeroipc', settings.segments, 'segments');
    this.#listeners = new Endpoint('channellisteners', settings.listeners, 'listeners');
    this.#interval = settings.refreshMillis;
    this.#parts = this.#build(root);
    document.addEventListener('visibilitychange', () => this.#refreshUnlessStill());
    this.refresh();
  }

  #build(root) {
    const parts = {
      state: el('span', { class: 'chip', role: 'status', id: 'console-state' }, 'connecting'),
      updated: el('span', { class: 'quiet', id: 'console-updated' }),
      totals: el('p', { class: 'totals quiet', id: 'console-totals' }),
      filter: el('input', { type: 'search', id: 'console-filter', class: 'field', placeholder: 'name, kind or process',
        autocomplete: 'off', spellcheck: 'false' }),
      refresh: el('select', { id: 'console-refresh', class: 'field' }),
      attention: el('ul', { class: 'attention', 'aria-live': 'polite' }),
      more: el('p', { class: 'quiet', hidden: true }),
      nothing: el('p', { class: 'card quiet', hidden: true }, 'Nothing here matches the filter.'),
      gone: el('p', { class: 'card problem', id: 'console-gone', role: 'alert', hidden: true }),
    };
    parts.attentionCard = el('section', { class: 'card attention-card', 'aria-labelledby': 'console-attention-title', hidden: true },
      el('header', {}, el('h2', { id: 'console-attention-title' }, 'Needs attention')), parts.attention, parts.more);
    parts.listeners = new Listeners(this.#settings, (id, state) => this.#operate(id, state));
    parts.segments = new Segments();
    parts.arenas = new Arenas();
    const millis = [...new Set([this.#interval, ...INTERVALS])].sort((a, b) => a - b);
    parts.refresh.append(...millis.map(each => el('option', { value: each, selected: each === this.#interval }, `every ${each / 1000} s`)),
      el('option', { value: 0 }, 'not at all'));
    parts.refresh.addEventListener('change', () => {
      this.#interval = Number(parts.refresh.value);
      clearTimeout(this.#timer);
      this.#refreshUnlessStill();
      this.#show();
    });
    parts.filter.addEventListener('input', () => this.#show());
    root.append(
      el('div', { class: 'console-bar' },
        el('div', { class: 'console-now' }, parts.state, parts.updated),
        el('div', { class: 'console-tools' },
          el('label', { for: 'console-filter' }, 'Filter'), parts.filter,
          el('label', { for: 'console-refresh' }, 'Refresh'), parts.refresh)),
      parts.totals, parts.gone, parts.attentionCard, parts.listeners.element, parts.segments.element, parts.arenas.element, parts.nothing);
    return parts;
  }

  #refreshUnlessStill() {
    if (this.#interval > 0 && !document.hidden) {
      this.refresh();
    }
  }

  // Never two at once, and none while nobody looks; resolves when what was asked for is shown.
  refresh() {
    clearTimeout(this.#timer);
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
      if (this.#interval > 0 && !document.hidden) {
        this.#timer = setTimeout(() => this.#refreshUnlessStill(), this.#interval);
      }
      this.#show();
    });
    return this.#asking;
  }

  async #ask() {
    await Promise.all([this.#segments.ask('?view=details'), this.#listeners.ask()]);
  }

  async #operate(id, state) {
    try {
      const response = await fetch(`${this.#listeners.url}/${encodeURIComponent(id)}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...csrf() },
        body: JSON.stringify({ state }),
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE),
      });
      this.#parts.listeners.say(response.ok ? `${id} ${state}` : `${id} cannot be ${state}: ${await reason(response)}`, response.ok);
    } catch (e) {
      this.#parts.listeners.say(`${id} cannot be ${state}: the application does not answer`, false);
    }
    await this.#asking; // It may have begun before.
    await this.refresh();
  }

  #show() {
    const { state, updated, totals, filter, refresh, listeners, segments, arenas, nothing, gone } = this.#parts;
    const endpoints = [this.#segments, this.#listeners];
    const lost = endpoints.some(each => each.gone);
    const failing = endpoints.some(each => each.problem && each.url);
    const still = Number(refresh.value) === 0;
    attribute(state, 'data-tone', lost || failing ? 'bad' : still ? 'warn' : 'good');
    text(state, lost ? 'no answer' : failing ? endpoints.some(each => each.problem && each.refused) ? 'refused' : 'failing' : still ? 'standing still' : 'live');
    const newest = Math.max(...endpoints.map(each => each.at ?? 0));
    const then = newest ? clock(Date.now() - (performance.now() - newest)) : '';
    text(updated, then && `as of ${then}`);
    gone.hidden = !lost;
    text(gone, lost ? `The application does not answer.${then && ` What is shown is of ${then}.`}` : '');
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const matches = parts => words.every(word => parts.some(part => part && String(part).toLowerCase().includes(word)));
    const shown = listeners.show(this.#listeners, matches) + segments.show(this.#segments, matches)
      + arenas.show(this.#segments, matches);
    nothing.hidden = words.length === 0 || shown > 0;
    text(totals, [segments.total(), arenas.total(), listeners.total()].filter(Boolean).join(' · '));
    this.#showAttention();
  }

  #showAttention() {
    const { attention: list, attentionCard, more } = this.#parts;
    const all = [...attention(this.#segments.answer), ...arenaAttention(this.#segments.answer), ...this.#parts.listeners.attention(this.#listeners.answer)]
      .sort((a, b) => Boolean(a.mild) - Boolean(b.mild));
    keyed(list, all.slice(0, MOST_ATTENTION), each => each.key, () => el('li', {}, el('strong'), ' ', el('span')), (line, each) => {
      text(line.firstElementChild, each.what);
      text(line.lastElementChild, each.why);
    });
    attentionCard.hidden = all.length === 0;
    more.hidden = all.length <= MOST_ATTENTION;
    text(more, `and ${all.length - MOST_ATTENTION} more`);
  }
}

// Where Spring Security keeps its token in a cookie that pages can read, it wants it back in a header.
function csrf() {
  const cookie = document.cookie.split('; ').find(each => each.startsWith('XSRF-TOKEN='));
  return cookie ? { 'X-XSRF-TOKEN': decodeURIComponent(cookie.slice('XSRF-TOKEN='.length)) } : {};
}

async function reason(response) {
  if (response.type === 'opaqueredirect' || response.status === 401) {
    return 'you are not signed in';
  }
  if (response.status === 403) {
    return 'you may not, or the request lacks the token that protects from cross-site requests (status 403)';
  }
  if (response.status === 405) {
    return 'the access of the endpoint is read-only';
  }
  try {
    return (await response.json()).error ?? `status ${response.status}`;
  } catch (e) {
    return `status ${response.status}`;
  }
}

// Puts the console into an element; resolves to its settings, or null when they are refused.
export async function mount(root) {
  root.classList.add('zeroipc-console');
  const waiting = el('p', { class: 'card problem', role: 'alert', hidden: true });
  root.append(waiting);
  for (;;) {
    try {
      const response = await fetch(new URL('console.json', HERE), { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE) });
      if (response.ok) {
        const settings = await response.json();
        waiting.remove();
        new Console(root, settings);
        return settings;
      }
      text(waiting, refusal('zeroipcconsole', response));
      waiting.hidden = false;
      if (isRefusal(response)) {
        return null;
      }
    } catch (e) {
      text(waiting, 'The application does not answer.');
    }
    waiting.hidden = false;
    await new Promise(resolve => setTimeout(resolve, 1_000));
  }
}
