// The figures of the last minute as lines. The library is Chart.js, from a web jar.
import { age, decimal, gib, percent, traffic } from '/actuator/zeroipcconsole/format.js';

const MINUTE = 60_000;
const GIB = 2 ** 30;
const GAP = 1_000; // Samples come ten times a second: a line does not bridge more than this.
const AXIS_WIDTH = 68;
const MOST_CORE_LINES = 8;
const calm = window.matchMedia('(prefers-reduced-motion: reduce)');

const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const KINDS = {
  cpu: {
    axis: v => percent(v), max: 1,
    lines: [{ label: 'all cores', color: '--accent', fill: true, of: f => f.cpu, text: percent }],
  },
  memory: {
    axis: v => Number.isInteger(v) ? `${v} GiB` : '',
    lines: [{ label: 'used', color: '--third', fill: true, of: f => f.used, text: gib, more: f => f.total > 0 ? ` of ${gib(f.total)}` : '' }],
  },
  network: {
    axis: v => traffic(v), least: 10_000,
    lines: [{ label: 'in', color: '--accent', fill: true, of: f => f.netIn, text: traffic },
      { label: 'out', color: '--second', dash: [7, 4], of: f => f.netOut, text: traffic }],
  },
  disk: {
    axis: v => traffic(v), least: 100_000,
    lines: [{ label: 'read', color: '--accent', fill: true, of: f => f.read, text: traffic },
      { label: 'written', color: '--fourth', dash: [7, 4], of: f => f.written, text: traffic }],
  },
};

const CORE_COLORS = ['--second', '--fourth', '--third', '--quiet', '--good', '--warn', '--bad', '--text'];
const DASH = 6;

class LineChart {
  #lines;
  #chart;
  #legend;
  #canvas;

  constructor(card, kind) {
    this.#lines = [...kind.lines];
    this.#legend = card.querySelector('.legend');
    this.#canvas = card.querySelector('canvas');
    this.#chart = new Chart(this.#canvas, {
      type: 'line',
      data: { datasets: this.#lines.map(line => this.#dataset(line)) },
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        parsing: false,
        normalized: true,
        events: ['mousemove', 'mouseout', 'touchstart', 'touchmove'],
        interaction: { mode: 'index', intersect: false, axis: 'x' },
        elements: { point: { radius: 0, hitRadius: 0, hoverRadius: 3 }, line: { tension: 0, borderJoinStyle: 'round' } },
        layout: { padding: { top: 4, right: 2 } },
        scales: {
          x: {
            type: 'linear',
            border: { display: false },
            grid: { display: false },
            ticks: { stepSize: 15_000, autoSkip: false, maxRotation: 0, align: 'inner', callback: v => v === 0 ? 'now' : `${v / 1000} s` },
            min: -MINUTE,
            max: 0,
          },
          y: {
            beginAtZero: true,
            max: kind.max,
            suggestedMax: kind.least,
            border: { display: false },
            afterFit: axis => { axis.width = AXIS_WIDTH; }, // All plots begin at the same place.
            ticks: { maxTicksLimit: 5, padding: 6, callback: kind.axis },
          },
        },
        plugins: {
          legend: { display: false },
          tooltip: {
            animation: false,
            displayColors: true,
            boxWidth: 8, boxHeight: 8, boxPadding: 4,
            callbacks: {
              title: items => items.length ? `${age(-items[0].parsed.x)} ago` : '',
              label: item => ` ${item.dataset.label} ${this.#lines[item.datasetIndex].text(item.parsed.y)}`,
            },
          },
        },
      },
    });
    this.#legends();
    this.paint();
  }

  #dataset(line) {
    return { label: line.label, data: [], borderWidth: line.thin ? 1.25 : 1.75, fill: line.fill ? 'origin' : false,
      clip: { left: 0, top: 4, right: 2, bottom: 1 },
      // Where two lines are the same, the dashes of the upper one let the lower one be seen.
      borderDash: line.dash ?? [], borderDashOffset: line.dashOffset ?? 0, order: line.dash ? 0 : 1 };
  }

  #legends() {
    this.#legend.replaceChildren(...this.#lines.map(line => {
      const entry = document.createElement('span');
      const swatch = document.createElement('i');
      const value = document.createElement('b');
      swatch.style.color = `var(${line.color})`;
      swatch.className = line.dash ? 'dashed' : '';
      value.textContent = '–';
      entry.append(swatch, `${line.label} `, value);
      line.value = value;
      return entry;
    }));
  }

  // Lines for single cores come once it is known how many there are.
  addLines(lines) {
    this.#lines.push(...lines);
    this.#chart.data.datasets.push(...lines.map(line => this.#dataset(line)));
    this.#legends();
    this.paint();
  }

  paint() {
    const { options, data } = this.#chart;
    data.datasets.forEach((set, i) => {
      set.borderColor = color(this.#lines[i].color);
      set.backgroundColor = set.fill ? `color-mix(in srgb, ${set.borderColor} 14%, transparent)` : set.borderColor;
      set.pointBackgroundColor = set.borderColor;
    });
    const quiet = color('--quiet');
    options.scales.x.ticks.color = quiet;
    options.scales.y.ticks.color = quiet;
    options.scales.y.grid = { color: color('--line'), drawTicks: false };
    options.plugins.tooltip.backgroundColor = color('--text');
    options.plugins.tooltip.titleColor = color('--card');
    options.plugins.tooltip.bodyColor = color('--card');
    options.font = { family: getComputedStyle(document.body).fontFamily, size: 12 };
    this.#chart.update('none');
  }

  draw(figures, now, limit) {
    const newest = figures.at(-1);
    this.#lines.forEach((line, i) => {
      const points = [];
      let before = 0;
      for (const figure of figures) {
        if (before && figure.at - before > GAP) {
          points.push({ x: before + 1 - now, y: NaN });
        }
        points.push({ x: figure.at - now, y: line.of(figure) ?? NaN });
        before = figure.at;
      }
      this.#chart.data.datasets[i].data = points;
      line.value.textContent = newest ? line.text(line.of(newest) ?? NaN) + (line.more?.(newest) ?? '') : '–';
    });
    if (limit) {
      this.#chart.options.scales.y.max = limit;
    }
    this.#chart.update('none');
  }

  describe(newest) {
    this.#canvas.setAttribute('aria-label', this.#lines
      .filter(line => !line.thin)
      .map(line => `${line.label}: ${line.text(line.of(newest) ?? NaN)}${line.more?.(newest) ?? ''}`)
      .join(', '));
  }
}

export class Charts {
  #charts = {};
  #figures = [];
  #arrived = performance.now();
  #strip = document.getElementById('cores');
  #coreLines = 0;

  constructor() {
    Chart.defaults.font.size = 12;
    for (const card of document.querySelectorAll('[data-chart]')) {
      this.#charts[card.dataset.chart] = new LineChart(card, KINDS[card.dataset.chart]);
    }
    document.addEventListener('themechange', () => Object.values(this.#charts).forEach(chart => chart.paint()));
    setInterval(() => this.#draw(), calm.matches ? 1000 : 250);
    setInterval(() => this.#describe(), 5000);
  }

  add(sample, cores = []) {
    const at = sample.takenAt / 1e6;
    const last = this.#figures.at(-1);
    if (last && at <= last.at) {
      return; // Told twice, after a reconnect.
    }
    this.#figures.push({
      at,
      cpu: Number(sample.cpu),
      total: sample.memory.total / GIB,
      used: sample.memory.available < 0 ? NaN : (sample.memory.total - sample.memory.available) / GIB,
      netIn: Number(sample.network.in),
      netOut: Number(sample.network.out),
      read: Number(sample.disk.in),
      written: Number(sample.disk.out),
      cores: cores.map(Number),
    });
    this.#arrived = performance.now();
    this.#addCoreLines(cores.length);
  }

  // The samples that were there before this page.
  addAll(samples) {
    samples.forEach(sample => this.add(sample));
    const last = this.#figures.at(-1);
    if (last) {
      // The newest may be old already; clocks of two machines may differ, but not by what matters here.
      this.#arrived = performance.now() - Math.min(MINUTE, Math.max(0, Date.now() - last.at));
    }
  }

  #addCoreLines(cores) {
    if (this.#coreLines > 0 || cores === 0 || cores > MOST_CORE_LINES) {
      return;
    }
    this.#coreLines = cores;
    this.#charts.cpu.addLines(Array.from({ length: cores }, (_, i) => ({
      label: `core ${i}`, color: CORE_COLORS[i], thin: true, dash: [DASH, DASH * cores], dashOffset: -DASH * i, of: f => f.cores[i], text: percent,
    })));
  }

  #draw() {
    const newest = this.#figures.at(-1);
    if (!newest || document.hidden) {
      return;
    }
    // When no samples come, time goes on all the same.
    const silence = performance.now() - this.#arrived;
    const now = newest.at + (silence > GAP ? silence : 0);
    while (this.#figures.length > 1 && this.#figures[1].at < now - MINUTE) {
      this.#figures.shift();
    }
    for (const [name, chart] of Object.entries(this.#charts)) {
      chart.draw(this.#figures, now, name === 'memory' && newest.total > 0 ? newest.total : 0);
    }
    this.#drawCores(newest.cores);
  }

  #drawCores(cores) {
    while (this.#strip.childElementCount > cores.length) {
      this.#strip.lastElementChild.remove();
    }
    while (this.#strip.childElementCount < cores.length) {
      const name = document.createElement('span');
      name.textContent = `core ${this.#strip.childElementCount}`;
      const core = document.createElement('div');
      core.append(document.createElement('i'), name);
      this.#strip.append(core);
    }
    this.#strip.classList.toggle('many', cores.length > MOST_CORE_LINES);
    cores.forEach((share, i) => this.#strip.children[i].style.setProperty('--fill', `${decimal(share * 100, 1)}%`));
  }

  #describe() {
    const newest = this.#figures.at(-1);
    if (newest) {
      Object.values(this.#charts).forEach(chart => chart.describe(newest));
      this.#strip.setAttribute('aria-label', `Load of each core: ${newest.cores.map(percent).join(', ')}`);
    }
  }
}
