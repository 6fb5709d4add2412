// <gh-chart src="/figures/….json">: draws a figure with ECharts in place of what the server drew, and opens figures.
// Text inside tooltips is drawn, never markup, so that the policy of the page holds.
import { BarChart, HeatmapChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { colour, figure, onScheme, spelled } from './data.js';

echarts.use([
  BarChart, HeatmapChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent,
  VisualMapComponent, CanvasRenderer,
]);

const FONT = 'system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';

class Chart extends HTMLElement {
  async connectedCallback() {
    try {
      this.data = await figure(this);
      this.draw();
      onScheme(() => this.draw());
      new ResizeObserver(() => this.resized()).observe(this);
    } catch (error) {
      // What the server drew stays.
      console.error(error);
      this.dataset.ready = 'failed';
    }
  }

  resized() {
    if (this.chart && this.clientWidth > 0 && this.clientWidth !== this.chart.getWidth()) this.draw();
  }

  draw() {
    this.chart?.dispose();
    const rows = this.data.rows.length;
    const narrow = this.clientWidth < 520;
    const height = this.data.kind === 'heat' ? (narrow ? 150 : 84) + rows * 28 : ['bars', 'waterfall'].includes(this.data.kind) ? 60 + rows * 30 : 300;
    const place = document.createElement('div');
    place.style.height = `${height}px`;
    this.replaceChildren(place);
    this.chart = echarts.init(place, null, { renderer: 'canvas' });
    this.chart.on('finished', () => { this.dataset.ready = 'yes'; });
    this.chart.on('click', (event) => {
      const href = event.data?.why;
      if (href) location.assign(href);
    });
    this.chart.setOption(this.options());
    this.offerPicture();
  }

  /** The picture as it is drawn, twice as sharp; who has no script takes the numbers. */
  offerPicture() {
    const offer = this.closest('article, figure')?.querySelector('.png');
    if (!offer) return;
    offer.hidden = false;
    offer.querySelector('button').onclick = () => {
      const link = document.createElement('a');
      link.download = `${this.getAttribute('src').split('/').at(-1).split('.')[0]}.png`;
      link.href = this.chart.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: colour('card') });
      link.click();
    };
  }

  options() {
    const narrow = this.clientWidth < 520;
    const text = { color: colour('ink'), fontFamily: FONT, fontSize: 13 };
    const common = {
      animation: false,
      textStyle: text,
      aria: { enabled: true, description: this.data.title },
      tooltip: {
        renderMode: 'richText', confine: true, borderColor: colour('line'), backgroundColor: colour('card'), textStyle: text,
      },
    };
    const draw = { lines, stacked, heat, bars, waterfall }[this.data.kind];
    return { ...common, ...draw(this.data, { narrow, text, tooltip: common.tooltip }) };
  }
}

const axis = () => ({
  axisLine: { lineStyle: { color: colour('soft') } },
  axisTick: { show: false },
  axisLabel: { color: colour('soft'), hideOverlap: true },
  splitLine: { lineStyle: { color: colour('line') } },
  nameTextStyle: { color: colour('soft'), align: 'left' },
});

const cells = (data, column) => data.rows.map((row) => ({ value: row.cells[column].value, why: row.cells[column].why }));

/** An axis of numbers as the language of the page writes them. */
function numbers() {
  const common = axis();
  return { ...common, axisLabel: { ...common.axisLabel, formatter: (value) => spelled(value, 3) } };
}

/** The unit stands on the axis where it is short. */
function percent(unit) {
  const common = axis();
  return { ...common, axisLabel: { ...common.axisLabel, formatter: (value) => `${spelled(value)} ${unit}` } };
}

const palette = (index) => colour(['s1', 's2', 's3', 'target', 'soft'][index % 5]);

/** The way of a figure beside the line to its target, and the band of a forecast where there is one. */
function lines(data, { narrow, tooltip }) {
  const labelled = data.columns.filter((column) => !column.band || column.legend);
  return {
    grid: { left: 8, right: 24, top: room(labelled.length, narrow), bottom: 8, containLabel: true },
    legend: {
      top: 0, left: 0, itemWidth: 26, textStyle: { color: colour('ink') }, selectedMode: false, orient: 'vertical', itemGap: 4,
      data: labelled.map((column) => ({ name: column.legend ?? column.label, itemStyle: { opacity: column.dashed ? 0 : 1 } })),
    },
    tooltip: { ...tooltip, trigger: 'axis', formatter: (shown) => told(data, shown[0].dataIndex) },
    xAxis: { type: 'category', data: data.rows.map((row) => row.label), ...axis(), splitLine: { show: false } },
    yAxis: { type: 'value', scale: true, ...percent(data.unit) },
    series: [...band(data), ...data.columns.flatMap((column, at) => (column.band && !column.legend ? [] : [{
      type: 'line',
      name: column.legend ?? column.label,
      data: cells(data, at),
      ...stroke(column),
      endLabel: { show: false },
    }]))],
  };
}

/** Every value of a year that has one. */
function told(data, at) {
  const row = data.rows[at];
  const values = data.columns.map((column, index) => [column.label, row.cells[index].value]).filter(([, value]) => value !== null);
  return [row.label, ...values.map(([label, value]) => `${label}: ${spelled(value)} ${data.unit}`)].join('\n');
}

/** Pixels for the legend, a line for each entry; a narrow figure may need two. */
const room = (entries, narrow) => 16 + entries * 20 + (narrow && entries > 2 ? 14 : 0);

/** The space between the lowest and the highest end of a forecast: two stacked lines, the upper one filled. */
function band(data) {
  const ends = data.columns.flatMap((column, at) => (column.band ? [at] : []));
  if (ends.length < 2) return [];
  const way = (at) => between(data.rows.map((row) => row.cells[at].value));
  const [low, high] = [way(ends[0]), way(ends.at(-1))];
  const common = { type: 'line', stack: 'band', stackStrategy: 'all', symbol: 'none', silent: true, lineStyle: { width: 0 }, z: 0 };
  const gap = high.map((value, at) => (value === null || low[at] === null ? null : value - low[at]));
  return [
    { ...common, data: low, itemStyle: { opacity: 0 } },
    { ...common, data: gap, areaStyle: { color: colour('soft'), opacity: 0.22 }, itemStyle: { opacity: 0 } },
  ];
}

/** A straight line between the first and the last value. */
function between(values) {
  const known = values.flatMap((value, at) => (value === null ? [] : [at]));
  const [first, last] = [known[0], known.at(-1)];
  return values.map((value, at) => (first === undefined || at < first || at > last
    ? null
    : values[first] + ((values[last] - values[first]) * (at - first)) / Math.max(last - first, 1)));
}

/** What was found is solid, what it is held against dashed, and a forecast dotted from the last year to the one it is for. */
function stroke({ dashed, band: ahead }) {
  if (ahead) {
    return { connectNulls: true, symbol: 'none', lineStyle: { width: 1.5, type: 'dotted' }, color: colour('soft'), z: 1 };
  }
  if (dashed) {
    return { connectNulls: true, symbol: 'none', lineStyle: { width: 2, type: 'dashed' }, color: colour('target'), z: 1 };
  }
  return { symbol: 'circle', symbolSize: 9, lineStyle: { width: 3, type: 'solid' }, color: colour('s1'), z: 2 };
}

/** Parts on top of each other, by year. */
function stacked(data, { tooltip }) {
  return {
    grid: { left: 8, right: 16, top: 58, bottom: 8, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: colour('ink') } },
    tooltip: {
      ...tooltip, trigger: 'axis', axisPointer: { type: 'shadow' }, valueFormatter: (value) => `${spelled(value, 0)} ${data.unit}`,
    },
    xAxis: { type: 'category', data: data.rows.map((row) => row.label), ...axis(), splitLine: { show: false } },
    yAxis: { type: 'value', name: data.unit, ...numbers() },
    series: data.columns.map((column, at) => ({
      type: 'bar', stack: 'all', barMaxWidth: 56, name: column.label, data: cells(data, at), color: palette(at),
      itemStyle: { borderColor: colour('card'), borderWidth: 1 },
    })),
  };
}

/** Lying bars, the longest above. */
function bars(data, { narrow, tooltip }) {
  const rows = [...data.rows].reverse();
  return {
    grid: { left: 8, right: 72, top: 8, bottom: 22, containLabel: true },
    tooltip: { ...tooltip, valueFormatter: (value) => `${spelled(value, 0)} ${data.unit}` },
    xAxis: { type: 'value', name: data.unit, nameLocation: 'end', nameGap: 10, splitNumber: narrow ? 3 : 6, ...numbers() },
    yAxis: {
      type: 'category', data: rows.map((row) => row.label), ...axis(),
      axisLabel: { color: colour('ink'), width: narrow ? 130 : 380, overflow: 'truncate' },
    },
    series: [{
      type: 'bar',
      barMaxWidth: 18,
      data: rows.map((row) => ({ value: row.cells[0].value, itemStyle: { color: palette((row.group ?? 1) - 1) } })),
      label: { show: true, position: 'right', color: colour('ink'), formatter: ({ value }) => spelled(value, 0) },
    }],
  };
}

/** Each step begins where the one before ends; what lowers goes back. Rows of the first group are sums. */
function waterfall(data, { narrow, tooltip }) {
  let at = 0;
  const steps = data.rows.map((row) => {
    const value = row.cells[0].value ?? 0;
    const from = row.group === 1 ? 0 : at;
    at = from + value;
    const paint = row.group === 1 ? 's1' : value > 0 ? 'target' : 's2';
    return { value, from: Math.min(from, at), size: Math.abs(value), why: row.cells[0].why, paint, sum: row.group === 1 };
  });
  // Room below the lowest step; sums reach out of the picture to zero.
  const ends = steps.flatMap((step) => (step.sum ? [step.value] : [step.from, step.from + step.size]));
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const grain = 10 ** Math.floor(Math.log10(Math.max(high - low, 1)));
  const least = low > 0 ? Math.max(0, Math.floor((low - (high - low) * 0.4) / grain) * grain) : undefined;
  const signed = (step) => `${!step.sum && step.value > 0 ? '+' : ''}${spelled(step.value, Math.abs(step.value) < 100 ? 1 : 0)}`;
  return {
    grid: { left: 8, right: narrow ? 56 : 84, top: 8, bottom: 8, containLabel: true },
    tooltip: { ...tooltip, formatter: ({ dataIndex }) => `${data.rows[dataIndex].label}\n${signed(steps[dataIndex])} ${data.unit}` },
    xAxis: { type: 'value', min: least, ...numbers(), splitNumber: narrow ? 3 : 6 },
    yAxis: {
      type: 'category', inverse: true, data: data.rows.map((row) => row.label), ...axis(), splitLine: { show: false },
      axisLabel: { color: colour('ink'), width: narrow ? 118 : 250, overflow: 'truncate' },
    },
    series: [
      { type: 'bar', stack: 'all', silent: true, itemStyle: { color: 'transparent' }, data: steps.map((step) => step.from) },
      {
        type: 'bar', stack: 'all', barMaxWidth: 20,
        data: steps.map((step) => ({ value: step.size, why: step.why, itemStyle: { color: colour(step.paint) } })),
        label: {
          show: true, position: 'right', color: colour('ink'), fontSize: narrow ? 11 : 13,
          formatter: ({ dataIndex }) => signed(steps[dataIndex]),
        },
      },
    ],
  };
}

/** How much is there, by row and column; what is missing is drawn as missing. */
function heat(data, { narrow, tooltip }) {
  const rows = [...data.rows].reverse();
  const points = rows.flatMap((row, y) => row.cells.map((cell, x) => ({ value: [x, y, cell.value ?? 0], why: cell.why })));
  const most = Math.max(1, ...points.map((point) => point.value[2]));
  points.forEach((point) => { point.label = { color: point.value[2] > most / 2 ? colour('card') : colour('ink') }; });
  return {
    grid: { left: 8, right: 12, top: 8, bottom: 40, containLabel: true },
    tooltip: {
      ...tooltip,
      formatter: ({ value }) => `${rows[value[1]].label}\n${data.columns[value[0]].label}: ${spelled(value[2], 0)} ${data.unit}`,
    },
    xAxis: {
      type: 'category', position: 'top', data: data.columns.map((column) => column.label), ...axis(), splitArea: { show: false },
      axisLabel: { color: colour('ink'), interval: 0, rotate: narrow ? 60 : 0 },
    },
    yAxis: {
      type: 'category', data: rows.map((row) => row.label), ...axis(),
      axisLabel: { color: colour('ink'), width: narrow ? 110 : 240, overflow: 'truncate' },
    },
    visualMap: {
      min: 0, max: most, show: true, orient: 'horizontal', left: 0, bottom: 0, itemWidth: 12, itemHeight: 120, precision: 0,
      text: [`${spelled(most, 0)} ${data.unit}`, '0'], textStyle: { color: colour('soft') },
      inRange: { color: [colour('paper'), colour('s3'), colour('s2'), colour('s1')] },
    },
    series: [{
      type: 'heatmap', data: points, itemStyle: { borderColor: colour('line'), borderWidth: 1 },
      label: {
        show: !narrow, formatter: ({ value }) => (value[2] === 0 ? '–' : spelled(value[2], 0)),
      },
    }],
  };
}

customElements.define('gh-chart', Chart);
