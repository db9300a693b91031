// The listeners of the application: what they did, what went wrong last, and the buttons.
import { attribute, el, keyed, text } from './view.js';
import { clock, count, perSecond, Rates } from './format.js';

const TONES = { RUNNING: 'good', PAUSED: 'warn', STARTING: 'warn', STOPPING: 'warn', FAILED: 'bad' };
const LOOKING_ONLY = 'Looking only: listeners can be paused and resumed where management.endpoint.channellisteners.access'
  + ' is unrestricted.';

const sum = (listener, name) => Object.values(listener.channels).reduce((all, channel) => all + channel[name], 0);

export class Listeners {
  #operable;
  #rates = new Rates();
  #rows = el('ul', { class: 'rows', id: 'listeners' });
  #none = el('p', { class: 'quiet', hidden: true });
  #problem = el('p', { class: 'problem', role: 'alert', hidden: true });
  #only = el('p', { class: 'quiet', id: 'console-looking-only', hidden: true }, LOOKING_ONLY);
  #said = el('p', { class: 'quiet operation', id: 'operation', role: 'status' });
  #total = '';

  constructor(settings, operate) {
    this.#operable = settings.operable;
    this.#only.hidden = settings.operable || !settings.listeners;
    this.element = el('section', { class: 'card', 'aria-labelledby': 'listeners-title' },
      el('header', {}, el('h2', { id: 'listeners-title' }, 'Listeners'), this.#said),
      this.#only, this.#problem, this.#none, this.#rows);
    this.#rows.addEventListener('click', event => {
      const button = event.target.closest('button');
      button && operate(button.dataset.listener, button.dataset.action);
    });
  }

  say(what, good) {
    attribute(this.#said, 'data-tone', good ? null : 'bad');
    text(this.#said, what);
  }

  total() {
    return this.#total;
  }

  show(endpoint, matches) {
    attribute(this.#problem, 'hidden', endpoint.problem ? null : '');
    text(this.#problem, endpoint.problem);
    attribute(this.#rows, 'data-stale', endpoint.stale ? '' : null);
    if (!endpoint.answer) {
      return 0;
    }
    const all = Object.entries(endpoint.answer.listeners);
    const shown = all.filter(([id, each]) => matches([id, each.listener, each.state, ...Object.keys(each.channels)]));
    this.#none.hidden = all.length > 0;
    text(this.#none, 'This application has no @ChannelListener.');
    this.#total = count(all.length) + (all.length === 1 ? ' listener' : ' listeners') + states(all);
    keyed(this.#rows, shown, ([id]) => id, () => this.#row(), (row, [id, listener]) => this.#update(row, id, listener, endpoint));
    return shown.length;
  }

  #row() {
    return el('li', {},
      el('div', { class: 'who' }, el('span', { class: 'name' }), el('span', { class: 'channels quiet' }), el('span', { class: 'method quiet' })),
      el('span', { class: 'chip state' }),
      el('div', { class: 'doing' }, el('span', { class: 'rate' }), el('span', { class: 'counts quiet' })),
      el('button', { type: 'button', class: 'button' }),
      el('p', { class: 'error', hidden: true }));
  }

  #update(row, id, listener, { at, stale }) {
    const [who, state, doing, button, error] = row.children;
    const resume = listener.pauseRequested;
    row.dataset.state = listener.state;
    text(who.children[0], id);
    text(who.children[1], Object.keys(listener.channels).join(', '));
    text(who.children[2], listener.listener);
    text(state, listener.state.toLowerCase());
    attribute(state, 'data-tone', listener.expected ? TONES[listener.state] ?? 'idle' : 'bad');
    const processed = sum(listener, 'processed');
    text(doing.children[0], perSecond(this.#rates.of(id, at, processed)));
    text(doing.children[1], [`${count(processed)} taken`, ...['failed', 'retried', 'deadLettered', 'discarded', 'lost']
      .map(name => [name, sum(listener, name)])
      .filter(([, n]) => n > 0)
      .map(([name, n]) => `${count(n)} ${name === 'deadLettered' ? 'dead letters' : name}`)].join(', '));
    attribute(doing, 'title', listener.lastActivity ? `last element at ${listener.lastActivity}` : null);
    button.dataset.action = resume ? 'resumed' : 'paused';
    button.dataset.listener = id;
    button.disabled = !this.#operable || stale || !resume && listener.state !== 'RUNNING';
    attribute(button, 'aria-describedby', this.#operable ? null : this.#only.id);
    text(button, resume ? 'Resume' : 'Pause');
    attribute(button, 'aria-label', `${resume ? 'Resume' : 'Pause'} ${id}`);
    const last = listener.lastError;
    error.hidden = !last;
    text(error, last ? `last error, at ${clock(Date.parse(last.time))}: ${last.type.split('.').at(-1)}${last.message ? `: ${last.message}` : ''}` : '');
  }

  attention(answer) {
    return Object.entries(answer?.listeners ?? {})
      .filter(([, listener]) => !listener.expected || listener.state === 'FAILED')
      .map(([id, listener]) => ({
        key: `listener ${id}`,
        what: `listener ${id}`,
        why: `${listener.state === 'FAILED' ? 'has failed' : `is ${listener.state.toLowerCase()}`}${listener.lastError?.message ? `: ${listener.lastError.message}` : ''}`,
      }));
  }
}

function states(all) {
  const counts = new Map();
  all.forEach(([, each]) => counts.set(each.state, (counts.get(each.state) ?? 0) + 1));
  counts.delete('RUNNING');
  return [...counts].map(([state, n]) => `, ${n} ${state.toLowerCase()}`).join('');
}
