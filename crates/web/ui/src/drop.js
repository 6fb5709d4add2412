// <gh-drop>: the form that takes files, with dropping of files and folders, and how far the sending is.
// Without script the form inside sends the chosen files as it is.

const MOST_FILES = 500;
// The frame around the files takes some bytes too.
const MOST_BYTES = 2 * 1024 ** 3 - 1024 ** 2;

class Drop extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector('form');
    const inputs = [...form.querySelectorAll('input[type=file]')];
    const list = this.querySelector('[data-list]');
    this.files = [];
    const show = () => {
      list.replaceChildren(...this.files.slice(0, 200).map(({ name, file }) => {
        const item = document.createElement('li');
        item.textContent = `${name} · ${size(file.size)}`;
        return item;
      }));
      list.hidden = this.files.length === 0;
      inputs.forEach((input) => { input.required = false; });
    };
    const add = (name, file) => {
      if (file.size > 0 && !name.split('/').some((part) => part.startsWith('.'))) this.files.push({ name, file });
    };
    inputs.forEach((input) => input.addEventListener('change', () => {
      [...input.files].forEach((file) => add(file.webkitRelativePath || file.name, file));
      input.value = '';
      show();
    }));
    form.addEventListener('dragover', (event) => {
      event.preventDefault();
      form.dataset.over = '';
    });
    form.addEventListener('dragleave', () => delete form.dataset.over);
    form.addEventListener('drop', async (event) => {
      event.preventDefault();
      delete form.dataset.over;
      const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
      for (const entry of entries) await walk(entry, '', add);
      show();
    });
    form.addEventListener('submit', (event) => {
      if (this.files.length === 0) return;
      event.preventDefault();
      this.send(form);
    });
  }

  async send(form) {
    const token = form.elements.form_token;
    const bar = this.querySelector('progress');
    const [failed, stale, large] = ['[data-failed]', '[data-stale]', '[data-large]'].map((name) => this.querySelector(name));
    failed.hidden = true;
    large.hidden = this.files.length <= MOST_FILES && this.files.reduce((sum, { file }) => sum + file.size, 0) <= MOST_BYTES;
    if (!large.hidden) return;
    // Whoever had been logged out has another session now, whose forms carry another token.
    if (!stale.hidden) {
      const fresh = await freshToken();
      if (!fresh) return;
      token.value = fresh;
      stale.hidden = true;
    }
    const body = new FormData();
    // The token comes before the files.
    body.append('form_token', token.value);
    this.files.forEach(({ name, file }) => body.append('files', file, name));
    const request = new XMLHttpRequest();
    bar.hidden = false;
    request.upload.onprogress = (event) => { bar.value = event.loaded / event.total; };
    const fail = () => {
      bar.hidden = true;
      failed.textContent = said(request) ?? failed.textContent;
      failed.hidden = false;
    };
    request.onerror = fail;
    request.onload = () => {
      // A redirect is followed; an answer from elsewhere than a job says what is wrong.
      if (request.status === 200 && request.responseURL.includes('/import/jobs/')) location.assign(request.responseURL);
      else if (request.status === 403 || request.responseURL.includes('/login')) {
        bar.hidden = true;
        stale.hidden = false;
      } else fail();
    };
    request.open('POST', form.action);
    request.send(body);
  }
}

/** What the page of an error says. */
function said({ responseText }) {
  const page = responseText && new DOMParser().parseFromString(responseText, 'text/html');
  const lines = page ? [...page.querySelectorAll('main .lead, main .detail')].map((line) => line.textContent.trim()) : [];
  return lines.length > 0 ? lines.join(' ') : undefined;
}

/** The token of the forms of whoever is logged in now; nothing when nobody is. */
async function freshToken() {
  const answer = await fetch('/import');
  if (!answer.ok || answer.url.includes('/login')) return undefined;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  return page.querySelector('gh-drop input[name=form_token]')?.value;
}

async function walk(entry, folder, add) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    add(folder + file.name, file);
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const one of some) await walk(one, `${folder}${entry.name}/`, add);
  }
}

function size(bytes) {
  const units = ['B', 'kB', 'MB', 'GB'];
  let at = 0;
  while (bytes >= 1000 && at < units.length - 1) {
    bytes /= 1000;
    at += 1;
  }
  return `${bytes.toFixed(at === 0 || bytes >= 100 ? 0 : 1)} ${units[at]}`;
}

customElements.define('gh-drop', Drop);
