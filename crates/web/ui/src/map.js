// <gh-map src="/figures/sites.json">: municipalities and sites, drawn from our own outlines; no server of tiles.
import { LngLatBounds, Map as Canvas, Marker, NavigationControl, Popup, setWorkerUrl } from 'maplibre-gl';
import { colour, figure, onScheme } from './data.js';

setWorkerUrl(MAP_WORKER);

class SiteMap extends HTMLElement {
  async connectedCallback() {
    try {
      await style();
      const [data, outlines] = await Promise.all([figure(this), municipalities()]);
      this.points = points(data);
      this.outlines = outlines;
      this.draw();
      onScheme(() => this.draw());
    } catch (error) {
      // The table below says the same.
      console.error(error);
      this.dataset.ready = 'failed';
      this.hidden = true;
    }
  }

  draw() {
    this.canvas?.remove();
    const bounds = new LngLatBounds();
    this.points.features.forEach((feature) => bounds.extend(feature.geometry.coordinates));
    const narrow = this.clientWidth < 520;
    this.canvas = new Canvas({
      container: this,
      style: paper(this.outlines, this.points),
      bounds: bounds.isEmpty() ? [[4, 57.8], [31.5, 71.3]] : bounds,
      fitBoundsOptions: { padding: narrow ? 36 : 56, maxZoom: 10 },
      attributionControl: false,
      cooperativeGestures: false,
      scrollZoom: false,
      dragRotate: false,
      fadeDuration: 0,
    });
    this.canvas.addControl(new NavigationControl({ showCompass: false }));
    this.name(narrow);
    this.canvas.once('idle', () => { this.dataset.ready = 'yes'; });
    this.canvas.on('click', 'sites', (event) => this.tell(event));
    for (const kind of ['mouseenter', 'mouseleave']) {
      this.canvas.on(kind, 'sites', () => { this.canvas.getCanvas().style.cursor = kind === 'mouseenter' ? 'pointer' : ''; });
    }
  }

  /** The municipalities with a site, each by its name where it lies; few letters fit on a narrow map. */
  name(narrow) {
    const here = new Set(this.points.features.map((feature) => feature.properties.municipality));
    for (const { properties, geometry } of this.outlines.features) {
      if (!here.has(properties.number)) continue;
      const label = Object.assign(document.createElement('span'), { className: narrow ? 'place small' : 'place', textContent: properties.name });
      new Marker({ element: label }).setLngLat(middle(geometry)).addTo(this.canvas);
    }
  }

  /** Names at a place, each a link; text only, never markup. */
  tell(event) {
    const list = document.createElement('ul');
    list.className = 'plain';
    for (const { properties } of event.features.slice(0, 12)) {
      const link = document.createElement('a');
      link.href = properties.why;
      link.textContent = properties.name;
      list.append(Object.assign(document.createElement('li'), {}));
      list.lastChild.append(link);
    }
    new Popup({ closeButton: false }).setLngLat(event.lngLat).setDOMContent(list).addTo(this.canvas);
  }
}

function style() {
  return new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: MAP_STYLE, onload: resolve, onerror: reject });
    document.head.append(link);
  });
}

/** Every ring is a row of steps in 1/500 degree. */
async function municipalities() {
  const response = await fetch(OUTLINES);
  const lines = (await response.text()).split('\n').filter((line) => line && !line.startsWith('#'));
  const features = lines.map((line) => {
    const [number, name, rings] = line.split('\t');
    const coordinates = rings.split(';').map((ring) => {
      const steps = ring.split(' ').map(Number);
      const points = [];
      let [x, y] = [0, 0];
      for (let at = 0; at + 1 < steps.length; at += 2) {
        x += steps[at];
        y += steps[at + 1];
        points.push([x / 500, y / 500]);
      }
      return [points];
    });
    return { type: 'Feature', properties: { number, name }, geometry: { type: 'MultiPolygon', coordinates } };
  });
  return { type: 'FeatureCollection', features };
}

/** The middle of the largest part of a municipality. */
function middle({ coordinates }) {
  const boxes = coordinates.map(([ring]) => {
    const [x, y] = [ring.map((point) => point[0]), ring.map((point) => point[1])];
    return { west: Math.min(...x), east: Math.max(...x), south: Math.min(...y), north: Math.max(...y) };
  });
  const size = ({ west, east, south, north }) => (east - west) * (north - south);
  const { west, east, south, north } = boxes.reduce((most, box) => (size(box) > size(most) ? box : most));
  return [(west + east) / 2, (south + north) / 2];
}

function points(data) {
  const column = (name) => data.columns.findIndex((one) => one.key === name);
  const [latitude, longitude, municipality] = [column('latitude'), column('longitude'), column('municipality')];
  const features = data.rows
    .filter((row) => row.cells[latitude].value !== null && row.cells[longitude].value !== null)
    .map((row) => ({
      type: 'Feature',
      properties: {
        name: row.label, group: row.group, why: row.why ?? '',
        municipality: row.cells[municipality].text?.match(/\((\d{4})\)$/)?.[1] ?? '',
      },
      geometry: { type: 'Point', coordinates: [row.cells[longitude].value, row.cells[latitude].value] },
    }));
  return { type: 'FeatureCollection', features };
}

/** Municipalities that hold a site are tinted, so that the region shows. */
function paper(outlines, sites) {
  const here = [...new Set(sites.features.map((feature) => feature.properties.municipality))];
  return {
    version: 8,
    sources: {
      outlines: { type: 'geojson', data: outlines },
      sites: { type: 'geojson', data: sites },
    },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': colour('paper') } },
      { id: 'land', type: 'fill', source: 'outlines', paint: { 'fill-color': colour('land') } },
      {
        id: 'here', type: 'fill', source: 'outlines', filter: ['in', ['get', 'number'], ['literal', here]],
        paint: { 'fill-color': colour('s3'), 'fill-opacity': 0.45 },
      },
      { id: 'borders', type: 'line', source: 'outlines', paint: { 'line-color': colour('border'), 'line-width': 1 } },
      {
        id: 'sites', type: 'circle', source: 'sites',
        paint: {
          'circle-radius': 7, 'circle-opacity': 0.85, 'circle-stroke-width': 1.5, 'circle-stroke-color': colour('card'),
          'circle-color': ['match', ['get', 'group'], 1, colour('s1'), 2, colour('target'), colour('soft')],
        },
      },
    ],
  };
}

customElements.define('gh-map', SiteMap);
