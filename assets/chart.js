/*
 * Charts. <figure class="chart" data-chart='{"kind":"bar","labels":[…],"series":[{"name":"…","data":[…]}]}'
 * data-title="…"></figure>; kinds bar, hbar, line, pie, map (with "geo": URL of a GeoJSON of ours). The same numbers
 * stand in a table beside it. Tooltips are drawn on the canvas: nothing here makes HTML or inline styles from data.
 */
import * as echarts from 'echarts/core';
import { BarChart, LineChart, PieChart, MapChart } from 'echarts/charts';
import { GridComponent, TooltipComponent, LegendComponent, VisualMapComponent, AriaComponent, GeoComponent } from 'echarts/components';
import { CanvasRenderer } from 'echarts/renderers';

echarts.use([BarChart, LineChart, PieChart, MapChart, GridComponent, TooltipComponent, LegendComponent, VisualMapComponent,
	AriaComponent, GeoComponent, CanvasRenderer]);

const COLOURS = ['#1f5fa8', '#b3261e', '#1b7f34', '#9c6f00', '#6a3ea1', '#00737a', '#8a4b08', '#55606e'];

async function options(d, dark) {
	const ink = dark ? '#eaf1fa' : '#1d2733', line = dark ? '#2b456a' : '#d5dbe3';
	const font = { color: ink, fontFamily: 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif' };
	const o = {
		color: COLOURS,
		textStyle: font,
		animation: false,
		aria: { enabled: true, decal: { show: (d.series?.length ?? 0) > 1 || d.kind === 'pie' } },
		tooltip: { renderMode: 'richText', trigger: d.kind === 'pie' || d.kind === 'map' ? 'item' : 'axis', confine: true },
	};
	const series = d.series ?? [];
	if (series.length > 1 || d.kind === 'pie')
		o.legend = { top: 0, textStyle: font };
	if (d.kind === 'pie') {
		o.series = [{ type: 'pie', radius: ['35%', '70%'], top: 24, label: { ...font, formatter: '{b} {c}' },
			data: (d.labels ?? []).map((name, i) => ({ name, value: series[0]?.data[i] ?? 0 })) }];
	} else if (d.kind === 'map') {
		const answer = await fetch(d.geo, { credentials: 'same-origin' });
		if (!answer.ok)
			return null;
		echarts.registerMap(d.geo, await answer.json());
		const values = (series[0]?.data ?? []).filter((v) => typeof v === 'number');
		o.visualMap = { left: 0, bottom: 0, min: 0, max: Math.max(1, ...values), calculable: false, textStyle: font,
			inRange: { color: ['#e8f0fa', '#8fb6e0', '#1f5fa8', '#0d2c52'] } };
		o.series = [{ type: 'map', map: d.geo, name: series[0]?.name ?? '', nameProperty: d.key ?? 'name', label: { show: false },
			emphasis: { label: { show: true } }, data: (d.labels ?? []).map((name, i) => ({ name, value: series[0]?.data[i] ?? NaN })) }];
	} else {
		const names = { type: 'category', data: d.labels ?? [], axisLabel: font, axisLine: { lineStyle: { color: line } } };
		const values = { type: 'value', minInterval: 1, axisLabel: font, splitLine: { lineStyle: { color: line } } };
		o.grid = { left: 8, right: 16, top: series.length > 1 ? 36 : 12, bottom: 8, containLabel: true };
		o.xAxis = d.kind === 'hbar' ? values : names;
		o.yAxis = d.kind === 'hbar' ? { ...names, inverse: true } : values;
		o.series = series.map((s) => ({ type: d.kind === 'line' ? 'line' : 'bar', name: s.name, data: s.data, stack: d.stack ? 'all' : undefined,
			symbolSize: 6, barMaxWidth: 28 }));
	}
	return o;
}

async function draw(el) {
	let d;
	try { d = JSON.parse(el.dataset.chart); } catch { return; }
	if (el.hasAttribute('data-drawn'))
		return;
	el.setAttribute('data-drawn', '');
	const o = await options(d, el.closest('.wall') !== null);
	if (!o)
		return;
	const c = echarts.init(el, null, { renderer: 'canvas' });
	c.setOption(o);
	el.setAttribute('role', 'img');
	if (el.dataset.title)
		el.setAttribute('aria-label', el.dataset.title);
	if (Array.isArray(d.links))
		c.on('click', (e) => {
			const to = d.links[e.dataIndex];
			if (typeof to === 'string' && to.startsWith('/') && !to.startsWith('//'))
				location.assign(to);
		});
	new ResizeObserver(() => c.resize()).observe(el);
}

document.querySelectorAll('[data-chart]').forEach(draw);
document.addEventListener('htmx:after:swap', () => document.querySelectorAll('[data-chart]').forEach(draw));
