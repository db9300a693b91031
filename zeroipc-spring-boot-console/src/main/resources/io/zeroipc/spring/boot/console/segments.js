// Segments: how full they are, what is in them, and who holds what.
import { attribute, el, fill, keyed, meter, text } from './view.js';
import { bytes, clock, count, day, perSecond, Rates } from './format.js';

// What the details of some kinds call the number of elements that came in and that went out.
const CAME = ['tail', 'written', 'sequence', 'sent', 'version'];
const COUNTED = { counter: 'value', eventstream: 'count' };
const WENT = ['head'];
// Kinds that hold a value, or let somebody pass: they have no place that could run out.
const VALUES = ['array', 'state', 'signal', 'future', 'lazy', 'once', 'counter', 'event', 'eventstream', 'latch', 'barrier', 'semaphore',
  'mutex', 'rwlock', 'monitor'];
const HIGH = 0.75;

const lives = process => !process.dead;

// A ring that overwrites, and a broadcast, keep the newest: full is what they are for.
const keepsNewest = structure => structure.options?.overwrite === 'true' || structure.options?.mode === 'broadcast';

const fills = structure => structure.capacity > 0 && !VALUES.includes(structure.type);

// Of a structure that is not ours nobody knows whether it overwrites.
function level(structure) {
  if (!fills(structure) || keepsNewest(structure) || ['ring', 'stream'].includes(structure.type) && !structure.managed) {
    return '';
  }
  return structure.usage >= 1 ? 'full' : structure.usage >= HIGH ? 'high' : '';
}

function depth(structure) {
  const { size, capacity, details = {}, type } = structure;
  if (keepsNewest(structure)) {
    return size >= capacity ? `the newest ${count(size)}` : size > 0 ? `${count(size)}, keeps ${count(capacity)}`
      : `empty, keeps ${count(capacity)}`;
  }
  if (fills(structure)) {
    return size > 0 ? `${count(size)} of ${count(capacity)}` : `empty, room for ${count(capacity)}`;
  }
  switch (type) {
    case 'array': return `${count(size)} elements`;
    case 'state': case 'signal': return details.locked ? 'being written' : size ? 'one value' : 'no value yet';
    case 'counter': return count(details.value);
    case 'mutex': case 'monitor': return details.locked ? `locked, ${count(details.waiting)} waiting` : 'unlocked';
    case 'rwlock': return details.writerActive ? 'a writer' : details.readers ? `${count(details.readers)} readers` : 'unlocked';
    case 'semaphore': return `${count(details.permits)} permits, ${count(details.waiting)} waiting`;
    case 'latch': return `${count(details.count)} of ${count(details.initialCount)} to come`;
    case 'barrier': return `${count(details.arrived)} of ${count(details.parties)} there`;
    case 'event': return details.signaled ? 'signalled' : `not signalled, ${count(details.waiting)} waiting`;
    default: return typeof details.state === 'string' ? details.state : '–';
  }
}

const numberOf = (details, names) => names.map(name => details?.[name]).find(value => typeof value === 'number');

function holds(process) {
  return process.claims.map(claim => `${claim.kind} ${claim.structure ?? 'something unknown'}`
    + (claim.count > 0 ? ` at ${count(claim.position)}${claim.count > 1 ? ` to ${count(claim.position + claim.count - 1)}` : ''}` : '')
    + (claim.thread ? ` (thread ${claim.thread})` : '')).join(', ');
}

// What an operator should look at; what is full may be so for a moment, and is mild.
export function attention(answer) {
  const found = [];
  for (const [name, segment] of Object.entries(answer?.segments ?? {})) {
    if (segment.state === 'DETACHED') {
      found.push({ key: `segment ${name}`, what: `segment ${name}`, why: 'is detached: its file was replaced, removed or truncated' });
    }
    segment.recovery?.participants.filter(each => each.dead).forEach(each => found.push({
      key: `process ${name} ${each.index}`,
      what: `process ${each.name} ${each.pid}`,
      why: `has died in ${name} and something that it had in hand has not been ended`,
    }));
    for (const [structure, each] of Object.entries(segment.structures)) {
      const what = `${each.type} ${name}/${structure}`;
      if (each.stuck) {
        found.push({ key: what, what, why: `is stuck at position ${each.stuck.position} since ${clock(Date.parse(each.stuck.since))}` });
      } else if (level(each) === 'full') {
        found.push({ key: what, what, why: `is full: ${depth(each)}`, mild: true });
      }
    }
  }
  return found;
}

export class Segments {
  #rates = new Rates();
  #cards = el('div', { class: 'segments', id: 'segments' });
  #problem = el('p', { class: 'card problem', id: 'console-segments-problem', role: 'alert', hidden: true });
  #none = el('p', { class: 'card quiet', hidden: true }, 'This application has no segments. They are declared under ',
    el('code', {}, 'zeroipc.segments'), '.');
  #open = new Set();
  #total = '';
  #at = 0;

  constructor() {
    this.element = el('section', { 'aria-label': 'Segments' }, this.#problem, this.#none, this.#cards);
    this.#cards.addEventListener('click', event => {
      const button = event.target.closest('button.more');
      if (button) {
        const body = button.closest('tbody');
        const key = body.dataset.path;
        this.#open.has(key) ? this.#open.delete(key) : this.#open.add(key);
        this.#showDetails(body);
      }
    });
  }

  total() {
    return this.#total;
  }

  show(endpoint, matches) {
    this.#problem.hidden = !endpoint.problem;
    text(this.#problem, endpoint.problem);
    attribute(this.#cards, 'data-stale', endpoint.stale ? '' : null);
    if (!endpoint.answer) {
      return 0;
    }
    const all = Object.entries(endpoint.answer.segments);
    let structures = 0;
    const processes = new Set();
    const shown = [];
    for (const [name, segment] of all) {
      const within = Object.entries(segment.structures);
      structures += within.length;
      const living = segment.recovery?.participants ?? [];
      living.filter(lives).forEach(each => processes.add(each.pid));
      // A word that names the segment or somebody in it shows all that is in it.
      const asWhole = matches([name, segment.path, ...living.flatMap(each => [each.name, each.pid])]);
      const some = asWhole ? within : within.filter(([key, each]) => matches([name, key, each.type, each.elementType, each.channel,
        each.bean]));
      if (asWhole || some.length > 0) {
        shown.push({ name, segment, structures: some, hidden: within.length - some.length });
      }
    }
    this.#at = endpoint.at;
    this.#none.hidden = all.length > 0;
    this.#total = [[all.length, 'segment'], [structures, 'structure'], [processes.size, 'process']].map(([n, what]) =>
      `${count(n)} ${what}${n === 1 ? '' : what === 'process' ? 'es' : 's'}`).join(' · ');
    keyed(this.#cards, shown, each => each.name, () => card(), (element, each) => this.#update(element, each));
    return shown.length;
  }

  #update(card, { name, segment, structures, hidden }) {
    const { title, path, state, about, meters, table, processes, rest } = card.parts;
    text(title, `Segment ${name}`);
    text(path, segment.path ?? '');
    const open = segment.state === 'OPEN';
    text(state, segment.state.toLowerCase().replace('_', ' '));
    attribute(state, 'data-tone', open ? 'good' : segment.state === 'DETACHED' ? 'bad' : 'idle');
    text(about, open ? '' : segment.state === 'DETACHED' ? 'Its file was removed, replaced or truncated. What is in the new one is shown when it is attached again.'
      : 'It does not exist yet, or nobody here has needed it.');
    attribute(about, 'hidden', open ? '' : null);
    meters.hidden = !open;
    table.hidden = !open || structures.length === 0;
    attribute(table, 'aria-label', `Structures in ${name}`);
    if (open) {
      this.#meter(meters.children[0], segment.size.used, segment.size.total, `bytes in use in ${name}`,
        `${bytes(segment.size.used)} of ${bytes(segment.size.total)}`);
      this.#meter(meters.children[1], segment.entries.used, segment.entries.max, `entries in use in ${name}`,
        `${count(segment.entries.used)} of ${count(segment.entries.max)}`);
    }
    keyed(table, structures, ([key]) => key, () => row(), (body, [key, structure]) => this.#updateRow(body, name, key, structure));
    attribute(rest, 'hidden', hidden > 0 || open && structures.length === 0 ? null : '');
    text(rest, hidden > 0 ? `${count(hidden)} more do not match the filter.` : 'There is nothing in it yet.');
    showProcesses(processes, segment);
  }

  #meter(line, used, capacity, label, words) {
    fill(line.children[1], used, capacity, label);
    text(line.children[2], words);
  }

  #updateRow(body, segment, name, structure) {
    const { title, kind, type, bar, depthText, came, went, size } = body.parts;
    body.structure = structure;
    body.dataset.path = `${segment}/${name}`;
    body.dataset.count = structure.details?.value ?? structure.size ?? '';
    body.dataset.stuck = structure.stuck ? 'true' : 'false';
    text(title, name);
    text(kind, structure.type);
    text(type, [structure.elementType?.split('.').at(-1), structure.managed ? '' : 'not ours'].filter(Boolean).join(', '));
    attribute(type, 'title', structure.elementType);
    bar.hidden = !fills(structure) || structure.size === 0; // An empty strip says less than the word.
    if (fills(structure)) {
      fill(bar, structure.size, structure.capacity, `${structure.unit} in ${name}`);
      attribute(bar, 'data-level', level(structure));
      attribute(bar, 'data-history', keepsNewest(structure) ? '' : null);
    }
    text(depthText, structure.stuck ? `stuck, ${depth(structure)}` : depth(structure));
    const head = numberOf(structure.details, WENT);
    const arrived = perSecond(this.#rates.of(`${segment}/${name} in`, this.#at, numberOf(structure.details, [COUNTED[structure.type] ?? '', ...CAME])));
    const left = perSecond(this.#rates.of(`${segment}/${name} out`, this.#at, head));
    text(came, head === undefined ? arrived : `${arrived} in`);
    text(went, head === undefined ? '' : `${left} out`);
    text(size, bytes(structure.bytes));
    this.#showDetails(body);
  }

  // Details are put into the page only of those that are open.
  #showDetails(body) {
    const open = this.#open.has(body.dataset.path);
    const { more, details } = body.parts;
    attribute(more, 'aria-expanded', open);
    details.hidden = !open;
    if (open) {
      const facts = factsOf(body.structure);
      keyed(details.querySelector('dl'), facts, ([name]) => name, () => el('div', {}, el('dt'), el('dd')), (fact, [name, value]) => {
        text(fact.children[0], name);
        text(fact.children[1], value);
      });
    }
  }
}

function factsOf(structure) {
  const words = value => Array.isArray(value) ? value.map(words).join(', ') || '–'
    : value !== null && typeof value === 'object' ? Object.entries(value).map(([key, each]) => `${key} ${words(each)}`).join(', ')
      : typeof value === 'number' && Number.isInteger(value) ? count(value) : String(value);
  const { elementType, elementSize, trust, offset, entries, channel, bean, candidates, stuck, options, details, capacity, size, unit } = structure;
  const known = {
    'element type': elementType, 'element size': elementSize && bytes(elementSize),
    'type known': trust?.toLowerCase(), 'may be': candidates,
    capacity: capacity && `${count(size)} of ${count(capacity)} ${unit}`,
    offset, entries, channel, bean, options,
    stuck: stuck && `${stuck.side.toLowerCase()} at ${stuck.position} since ${stuck.since}`,
  };
  return [...Object.entries(known), ...Object.entries(details ?? {})]
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => [name, words(value)]);
}

function card() {
  const parts = {
    title: el('h2'), path: el('p', { class: 'path quiet' }), state: el('span', { class: 'chip' }), about: el('p', { class: 'quiet', hidden: true }),
    meters: el('div', { class: 'meters' }, meterRow('bytes'), meterRow('entries')),
    table: el('table', {},
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'structure'), el('th', { scope: 'col' }, 'depth'),
        el('th', { scope: 'col', class: 'number' }, 'rate'), el('th', { scope: 'col', class: 'number' }, 'bytes')))),
    processes: { living: el('ul', { class: 'processes' }), title: el('h3', {}, 'Who is in it'), deaths: el('p', { class: 'dead quiet', hidden: true }),
      off: el('p', { class: 'quiet', hidden: true }), mended: el('p', { class: 'quiet', hidden: true }) },
    rest: el('p', { class: 'quiet rest', hidden: true }),
  };
  parts.table.keyedAfter = parts.table.tHead;
  const { title, living, off, deaths, mended } = parts.processes;
  const element = el('article', { class: 'card segment' },
    el('header', {}, el('div', { class: 'segment-title' }, parts.title, parts.state), parts.path), parts.about, parts.meters,
    el('div', { class: 'scroll' }, parts.table), parts.rest, el('div', { class: 'inside' }, title, living, off, deaths, mended));
  element.parts = parts;
  return element;
}

const meterRow = name => el('div', { class: 'meter-row' }, el('span', { class: 'meter-name' }, name), meter(), el('span', { class: 'meter-text' }));

function row() {
  const parts = {
    more: el('button', { type: 'button', class: 'more', 'aria-expanded': 'false' }, el('span', { class: 'name' })),
    kind: el('span', { class: 'kind' }), type: el('span', { class: 'type quiet' }), bar: meter(), depthText: el('span', { class: 'depth-text' }),
    came: el('span', { class: 'came' }), went: el('span', { class: 'went quiet' }), size: el('td', { class: 'number bytes' }),
    details: el('tr', { class: 'details', hidden: true }, el('td', { colspan: 4 }, el('dl'))),
  };
  parts.title = parts.more.firstElementChild;
  const body = el('tbody', {},
    el('tr', {}, el('th', { scope: 'row' }, parts.more, parts.kind, parts.type),
      el('td', { class: 'depth' }, parts.bar, parts.depthText),
      el('td', { class: 'number rate' }, parts.came, ' ', parts.went), parts.size),
    parts.details);
  body.parts = parts;
  return body;
}

function showProcesses({ title, living, off, deaths, mended }, segment) {
  const recovery = segment.recovery;
  const participants = recovery?.participants ?? [];
  title.hidden = !recovery;
  off.hidden = !recovery || recovery.participation === 'on';
  text(off, recovery ? `This application takes no part in recovery: ${recovery.participation}.` : '');
  keyed(living, participants, each => `${each.index} ${each.pid} ${each.joined}`, () => el('li', {}, el('span', { class: 'name' }),
    el('span', { class: 'chip' }), el('span', { class: 'quiet since' }), el('span', { class: 'holds' })), (line, each) => {
    const [name, chip, since, holding] = line.children;
    text(name, `${each.name} ${each.pid}`);
    text(chip, each.dead ? 'dead' : each.self ? 'this application' : '');
    chip.hidden = !each.dead && !each.self;
    attribute(chip, 'data-tone', each.dead ? 'bad' : 'idle');
    text(since, `since ${day(Date.parse(each.joined))}`);
    text(holding, each.claims.length > 0 ? holds(each) : '');
  });
  const died = recovery?.deaths ?? [];
  deaths.hidden = died.length === 0;
  text(deaths, `Died: ${died.slice(-5).reverse().map(each => `${each.name} ${each.pid} at ${day(Date.parse(each.noticed))}`).join(', ')}`);
  const done = Object.entries(recovery?.mended ?? {}).filter(([, n]) => n > 0);
  mended.hidden = done.length === 0;
  text(mended, `Mended from here: ${done.map(([what, n]) => `${what.toLowerCase().replaceAll('_', ' ')} ${count(n)}`).join(', ')}`);
}
