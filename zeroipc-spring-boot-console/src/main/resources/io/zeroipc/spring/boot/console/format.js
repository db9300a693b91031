// Numbers for people. A figure that the machine does not tell is NaN, and a dash here.
const whole = new Intl.NumberFormat('en');
const NONE = '–';

// Above 2⁵³ only some whole numbers exist here.
export const count = n => !Number.isFinite(n) ? NONE
  : (Number.isInteger(n) && !Number.isSafeInteger(n) ? '≈\u202f' : '') + whole.format(n).replaceAll(',', '\u202f');

export const percent = share => Number.isFinite(share) ? `${Math.round(share * 100)} %` : NONE;

export const decimal = (n, digits) => Number.isFinite(n) ? n.toFixed(digits) : NONE;

export const gib = n => Number.isFinite(n) ? `${n.toFixed(1)} GiB` : NONE;

function scaled(n, base, units) {
  let unit = 0;
  while (n >= base * 0.99995 && unit < units.length - 1) {
    n /= base;
    unit++;
  }
  return `${n.toFixed(unit === 0 || n >= 100 ? 0 : 1)} ${units[unit]}`;
}

export const bytes = n => Number.isFinite(n) ? scaled(n, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']) : NONE;

export const traffic = n => Number.isFinite(n) ? scaled(n, 1000, ['B/s', 'kB/s', 'MB/s', 'GB/s']) : NONE;

export function perSecond(n) {
  if (!Number.isFinite(n)) {
    return NONE;
  }
  return `${n >= 0.05 && n < 2.95 ? n.toFixed(1) : count(Math.round(n))} /s`;
}

export function age(millis) {
  if (millis < 1000) {
    return `${Math.max(0, Math.round(millis))} ms`;
  }
  if (millis < 100_000) {
    return `${(millis / 1000).toFixed(millis < 10_000 ? 1 : 0)} s`;
  }
  const minutes = Math.round(millis / 60_000);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const SECONDS = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAYS = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const DAY = 86_400_000;

export const clock = epochMillis => Number.isFinite(epochMillis) ? SECONDS.format(epochMillis) : NONE;

// The time of day, and the day where it is not one of the last twelve hours.
export const day = epochMillis => Math.abs(Date.now() - epochMillis) > DAY / 2 ? `${DAYS.format(epochMillis)}, ${clock(epochMillis)}` : clock(epochMillis);

// The rate of something that only counts up, over the last few seconds.
export class Rate {
  #window = 2500;
  #seen = [];

  add(atMillis, total) {
    const last = this.#seen.at(-1);
    if (last?.at === atMillis) {
      return this.value(); // Shown once more.
    }
    if (last && (total < last.total || atMillis < last.at)) {
      this.#seen = []; // It began anew, or went round.
    }
    this.#seen.push({ at: atMillis, total });
    while (this.#seen.length > 2 && atMillis - this.#seen[1].at >= this.#window) {
      this.#seen.shift();
    }
    return this.value();
  }

  value() {
    const first = this.#seen[0];
    const last = this.#seen.at(-1);
    return last && last.at > first.at ? (last.total - first.total) * 1000 / (last.at - first.at) : NaN;
  }
}

// Rates by name. What has not counted yet, or does not count, has none.
export class Rates {
  #rates = new Map();

  of(name, atMillis, total) {
    if (!Number.isFinite(total)) {
      this.#rates.delete(name);
      return NaN;
    }
    const rate = this.#rates.get(name) ?? new Rate();
    this.#rates.set(name, rate);
    return rate.add(atMillis, total);
  }
}
