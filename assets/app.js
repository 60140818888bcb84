/*
 * What the pages do beyond plain links and forms. Every page works without it. No text becomes HTML here: only
 * textContent, attributes and class names are set, so that the page may require Trusted Types.
 *
 *   form[data-draft=KEY]      what was typed is kept in sessionStorage until the form was sent (never passwords or files)
 *   [data-draft-done=KEY]     a page that shows this has received it: the draft goes. So it does when a sent form is followed by a
 *                             page without that form and without [data-draft-keep] (an error, the log-in)
 *   [data-key="g h"]          a link or button pressed by keys; data-key="/" gives the focus to an input
 *   [data-quick-exit=URL]     leaves at once, wipes drafts, and replaces this page in the history
 *   a[data-replace]           goes on without an entry in the history
 *   [data-copy="text"]        copies; says so in data-copied
 *   [data-cover]              covers or uncovers names (also F9)
 *   form[data-upload]         files are sent with a bar that tells how far; errors are told in place, and the form stays filled
 *   form[data-once]           is the rule for every form: a second submit is refused while the first is under way
 *   [data-submit-on-change]   a select that sends its form
 *   select[data-find=HINT]      a long one gets a field above it that narrows its choices
 *   [data-hide-after=N]       shows data-mask again after N seconds; a[data-go][data-now] inside is followed at once
 *   [data-take=ID][data-value]  puts the value into that field when nothing stands there; else the field gets the focus and keeps what was typed
 *   form[data-sign]           a canvas to write a name in; its strokes go into the field "ink": "x,y,t x,y,t;x,y,t", of 1000 by 400, t in ms
 *   [data-confirm-text]       the button becomes active only when the field holds this text
 */
const $ = (sel, root = document) => root.querySelector(sel);
const $$ = (sel, root = document) => [...root.querySelectorAll(sel)];
const DRAFT = 'draft:';

/* ---- storage that may be forbidden */
const keep = {
	get(k) { try { return sessionStorage.getItem(k); } catch { return null; } },
	set(k, v) { try { sessionStorage.setItem(k, v); } catch { /* full or forbidden: no draft then */ } },
	del(k) { try { sessionStorage.removeItem(k); } catch { /* the same */ } },
	wipe() { try { sessionStorage.clear(); } catch { /* the same */ } },
};

/* ---- one submit at a time */
function busy(form, on, submitter) {
	form.toggleAttribute('data-busy', on);
	for (const b of $$('button[type=submit], button:not([type]), input[type=submit]', form)) {
		if (on) {
			b.setAttribute('aria-busy', String(b === submitter));
			b.setAttribute('aria-disabled', 'true');
		} else {
			b.removeAttribute('aria-busy');
			b.removeAttribute('aria-disabled');
		}
	}
}

document.addEventListener('submit', (e) => {
	const form = e.target;
	if (!(form instanceof HTMLFormElement))
		return;
	if (form.hasAttribute('data-busy')) {
		e.preventDefault();
		e.stopImmediatePropagation();
		return;
	}
	if (form.method === 'get' || form.target === '_blank' || form.hasAttribute('data-download'))
		return;
	/* At a shared desk the next person must not find what this one typed. */
	if (form.getAttribute('action') === '/logout')
		keep.wipe();
	if (form.dataset.draft) {
		draftSave(form);
		keep.set('sent', form.dataset.draft);
	}
	/* Buttons are marked, not disabled: a disabled one would not send its own value. */
	busy(form, true, e.submitter);
	/* A server that never answers must not lock the page for good. */
	setTimeout(() => busy(form, false), 30000);
}, true);

/* ---- sending files */
document.addEventListener('submit', (e) => {
	const form = e.target;
	if (e.defaultPrevented || !(form instanceof HTMLFormElement) || form.dataset.upload === undefined)
		return;
	e.preventDefault();
	const bar = $('[data-upload-bar]', form), text = $('[role=status]', bar), wrong = $('[data-upload-error]', form);
	const x = new XMLHttpRequest();
	const tell = (lines) => {
		busy(form, false);
		bar.hidden = true;
		wrong.replaceChildren(...lines.filter(Boolean).map((l) => Object.assign(document.createElement('p'), { textContent: l })));
		wrong.hidden = false;
		wrong.scrollIntoView({ block: 'center' });
	};
	wrong.hidden = true;
	bar.hidden = false;
	x.upload.onprogress = (p) => {
		const n = p.lengthComputable ? Math.round(p.loaded * 100 / p.total) : 0;
		$('progress', bar).value = n;
		text.textContent = n < 100 ? form.dataset.saySent.replace('%s', n) : form.dataset.sayCheck;
	};
	x.onerror = () => tell([form.dataset.sayLost]);
	x.onload = () => {
		const lines = x.responseText.split('\n');
		if (x.status === 200 && lines[0].startsWith('ok /'))
			location.assign(lines[0].slice(3));
		else if (x.status === 422 && x.getResponseHeader('Content-Type')?.startsWith('text/plain'))
			tell(lines);
		else
			tell([form.dataset.sayLost]);
	};
	x.open('POST', form.action);
	x.setRequestHeader('X-Upload', '1');
	x.send(new FormData(form));
});

/* Back from the cache of the browser: buttons are free again. */
addEventListener('pageshow', () => $$('form[data-busy]').forEach((f) => busy(f, false)));

/* ---- htmx: the token, and buttons free again */
document.addEventListener('htmx:config:request', (e) => {
	const token = $('meta[name=csrf-token]');
	const req = e.detail?.ctx?.request;
	if (token && req?.headers)
		req.headers['X-CSRF-Token'] = token.content;
});
document.addEventListener('htmx:finally:request', (e) => {
	const form = e.detail?.ctx?.sourceElement?.closest?.('form');
	if (form)
		busy(form, false);
});
/* ---- what was uncovered covers itself again after its seconds; a number asked for to be called is called */
function uncovered() {
	for (const el of $$('[data-hide-after]:not([data-hiding])')) {
		el.dataset.hiding = '';
		setTimeout(() => {
			el.textContent = el.dataset.mask;
			const box = el.closest('.cover');
			box?.querySelector('[data-go]')?.remove();
			box?.querySelector('form[hidden]')?.removeAttribute('hidden');
		}, el.dataset.hideAfter * 1000);
	}
	const go = $('[data-go][data-now]');
	go?.removeAttribute('data-now');
	if (go)
		location.href = go.href;
}
document.addEventListener('htmx:after:swap', uncovered);
addEventListener('DOMContentLoaded', uncovered);

for (const name of ['htmx:error', 'htmx:response:error'])
	document.addEventListener(name, () => say(document.body.dataset.sayFailed));

/* ---- a line read aloud and shown */
function say(text) {
	const live = $('#live');
	if (live && text)
		live.textContent = text;
}

/* ---- drafts */
const draftable = (el) => el.name && !el.disabled && el.name !== 'csrf' &&
	!['password', 'file', 'hidden', 'submit', 'button', 'reset', 'image'].includes(el.type) && !el.hasAttribute('data-no-draft');

function draftSave(form) {
	const out = {};
	for (const el of form.elements) {
		if (!draftable(el))
			continue;
		const vals = out[el.name] ??= [];
		if (el.type === 'checkbox' || el.type === 'radio') {
			if (el.checked)
				vals.push(el.value);
		} else if (el.multiple && el.options) {
			vals.push(...[...el.selectedOptions].map((o) => o.value));
		} else {
			vals.push(el.value);
		}
	}
	keep.set(DRAFT + form.dataset.draft, JSON.stringify(out));
}

function draftLoad(form) {
	let saved;
	try { saved = JSON.parse(keep.get(DRAFT + form.dataset.draft) ?? 'null'); } catch { saved = null; }
	/* What the server sent back after an error is newer than the draft. */
	if (!saved || form.hasAttribute('data-filled'))
		return;
	const at = {};
	for (const el of form.elements) {
		const vals = draftable(el) ? saved[el.name] : null;
		if (!Array.isArray(vals))
			continue;
		if (el.type === 'checkbox' || el.type === 'radio') {
			el.checked = vals.includes(el.value);
		} else if (el.multiple && el.options) {
			for (const o of el.options)
				o.selected = vals.includes(o.value);
		} else {
			const i = at[el.name] = (at[el.name] ?? -1) + 1;
			if (typeof vals[i] === 'string')
				el.value = vals[i];
		}
	}
	say(form.dataset.sayDraft);
}

let draftTimer;
document.addEventListener('input', (e) => {
	const form = e.target.form;
	if (form?.dataset.draft) {
		clearTimeout(draftTimer);
		draftTimer = setTimeout(() => draftSave(form), 400);
	}
	const sure = e.target.closest?.('[data-confirm-text]');
	if (sure)
		for (const b of $$('button[type=submit]', sure.form))
			b.disabled = sure.value.trim() !== sure.dataset.confirmText;
});

/* ---- leaving */
function quickExit(url) {
	keep.wipe();
	document.body.hidden = true;
	location.replace(url);
}

/* ---- clicks */
document.addEventListener('click', (e) => {
	const take = e.target.closest?.('[data-take]'), field = take && document.getElementById(take.dataset.take);
	if (!field)
		return;
	if (field.value.trim() === '') {
		field.value = take.dataset.value;
		field.dispatchEvent(new Event('input', { bubbles: true }));
		field.dispatchEvent(new Event('change', { bubbles: true }));
		take.disabled = true;
	}
	field.focus();
});
document.addEventListener('click', (e) => {
	const t = e.target.closest?.('[data-quick-exit], [data-replace], [data-copy], [data-cover], [data-print], [data-close], [aria-disabled=true]');
	if (!t)
		return;
	if (t.getAttribute('aria-disabled') === 'true') {
		e.preventDefault();
	} else if (t.dataset.quickExit !== undefined) {
		e.preventDefault();
		quickExit(t.dataset.quickExit || t.href || 'about:blank');
	} else if (t.dataset.replace !== undefined) {
		if (e.button === 0 && !e.ctrlKey && !e.metaKey && !e.shiftKey) {
			e.preventDefault();
			location.replace(t.href);
		}
	} else if (t.dataset.copy !== undefined) {
		e.preventDefault();
		navigator.clipboard?.writeText(t.dataset.copy).then(() => {
			if (t.dataset.copied)
				t.textContent = t.dataset.copied;
			say(t.dataset.copied);
		}, () => {});
	} else if (t.dataset.cover !== undefined) {
		e.preventDefault();
		document.documentElement.classList.toggle('covered');
	} else if (t.dataset.print !== undefined) {
		e.preventDefault();
		print();
	} else if (t.dataset.close !== undefined) {
		t.closest('[data-closable]')?.remove();
	}
});

document.addEventListener('change', (e) => {
	if (e.target.closest?.('[data-submit-on-change]'))
		e.target.form?.requestSubmit();
});

/* ---- keys. Never single keys inside a field; never while a word is being composed. */
let first = '', firstAt = 0;

function rows(step) {
	const all = $$('[data-rows] tr[data-href], [data-rows] li[data-href]');
	if (!all.length)
		return false;
	let i = all.findIndex((r) => r.getAttribute('aria-selected') === 'true');
	if (i >= 0)
		all[i].removeAttribute('aria-selected');
	i = Math.max(0, Math.min(all.length - 1, i + step));
	all[i].setAttribute('aria-selected', 'true');
	all[i].scrollIntoView({ block: 'nearest' });
	return true;
}

function press(keys) {
	const t = $$('[data-key]').find((el) => el.dataset.key === keys && !el.disabled && el.offsetParent !== null);
	if (!t)
		return false;
	if (/^(INPUT|TEXTAREA|SELECT)$/.test(t.tagName) && !['submit', 'button', 'checkbox'].includes(t.type))
		t.focus(), t.select?.();
	else
		t.click();
	return true;
}

document.addEventListener('keydown', (e) => {
	if (e.isComposing || e.keyCode === 229)
		return;
	const field = e.target.closest?.('input, textarea, select, [contenteditable]');
	if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) {
		const form = field?.form ?? e.target.form ?? $('form[data-main]');
		if (form) {
			e.preventDefault();
			form.requestSubmit();
		}
		return;
	}
	if (e.key === 'F9') {
		e.preventDefault();
		document.documentElement.classList.toggle('covered');
		return;
	}
	/* Three times Esc in a second and a half leaves the citizens' pages. */
	if (e.key === 'Escape') {
		const exit = $('[data-quick-exit]');
		if (exit) {
			const now = Date.now();
			quickExit.n = now - (quickExit.at ?? 0) < 1500 ? (quickExit.n ?? 0) + 1 : 1;
			quickExit.at = now;
			if (quickExit.n >= 3)
				quickExit(exit.dataset.quickExit || exit.href || 'about:blank');
		}
		if (field)
			field.blur();
		return;
	}
	if (field || e.ctrlKey || e.metaKey || e.altKey)
		return;
	const two = first && Date.now() - firstAt < 1200 ? `${first} ${e.key}` : '';
	first = '';
	let done = (two && press(two)) || press(e.key);
	if (!done && e.key === 'j')
		done = rows(1);
	else if (!done && e.key === 'k')
		done = rows(-1);
	else if (!done && e.key === 'Enter') {
		const row = $('[data-rows] [aria-selected=true]');
		const link = row && $('a[href]', row);
		if (link) {
			link.click();
			done = true;
		}
	} else if (!done && $$('[data-key]').some((el) => el.dataset.key.startsWith(`${e.key} `))) {
		first = e.key;
		firstAt = Date.now();
	}
	if (done)
		e.preventDefault();
});

/* ---- a long select gets a field to find in it. Without script it is the plain select that it always was. */
const LONG = 40;

function findable(sel) {
	const all = [...sel.options];
	if (all.length <= LONG || sel.dataset.findReady !== undefined)
		return;
	sel.dataset.findReady = '';
	const box = document.createElement('input');
	box.type = 'search';
	box.className = 'form-control find';
	box.placeholder = sel.dataset.find;
	box.autocomplete = 'off';
	box.setAttribute('aria-label', `${sel.dataset.find}: ${sel.labels?.[0]?.textContent ?? ''}`);
	box.addEventListener('input', (e) => {
		e.stopPropagation();
		if (e.isComposing)
			return;
		const words = box.value.trim().toLowerCase();
		const fit = all.filter((o) => !o.value || o.selected || o.textContent.toLowerCase().includes(words));
		sel.replaceChildren(...(words ? fit : all));
		const hits = words ? fit.filter((o) => o.value && o.textContent.toLowerCase().includes(words)) : [];
		if (hits.length && !hits.some((o) => o.selected)) {
			sel.value = hits[0].value;
			sel.dispatchEvent(new Event('change', { bubbles: true }));
		}
	});
	sel.before(box);
}

/* Drafts belong to who typed them; after a session ran out another may log in here. */
function draftOwner() {
	const me = $('.me')?.textContent.trim();
	if (!me)
		return;
	const was = keep.get('owner');
	if (was && was !== me)
		keep.wipe();
	keep.set('owner', me);
}

function draftSent() {
	const key = keep.get('sent');
	if (key === null)
		return;
	keep.del('sent');
	if (!$('[data-draft-keep]') && !$$('form[data-draft]').some((f) => f.dataset.draft === key))
		keep.del(DRAFT + key);
}

/* ---- at the start, and for what htmx brings in */
function begin(root) {
	for (const el of $$('[data-draft-done]', root))
		keep.del(DRAFT + el.dataset.draftDone);
	for (const form of $$('form[data-draft]', root))
		draftLoad(form);
	$$('select[data-find]', root).forEach(findable);
	for (const el of $$('[data-confirm-text]', root))
		for (const b of $$('button[type=submit]', el.form))
			b.disabled = true;
	for (const el of $$('[data-js]', root))
		el.hidden = false;
	$('[data-focus]', root)?.focus();
}
draftOwner();
draftSent();
begin(document);
document.addEventListener('htmx:after:swap', (e) => begin(e.detail?.ctx?.target ?? document));

/* ---- a name written on the screen */
function signing(form) {
	const pad = $('canvas.ink', form), out = form.elements.ink, strokes = [];
	const pen = pad.getContext('2d');
	let begun = 0, now = null;
	const redraw = () => {
		pen.clearRect(0, 0, pad.width, pad.height);
		pen.lineWidth = 6;
		pen.lineCap = pen.lineJoin = 'round';
		for (const s of strokes) {
			pen.beginPath();
			s.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
			pen.stroke();
		}
		out.value = strokes.map((s) => s.map((p) => p.join(',')).join(' ')).join(';');
	};
	const point = (e) => {
		const box = pad.getBoundingClientRect();
		const at = (v, size, most) => Math.min(most, Math.max(0, Math.round(v / size * most)));
		begun ||= e.timeStamp;
		return [at(e.clientX - box.left, box.width, 1000), at(e.clientY - box.top, box.height, 400), Math.round(e.timeStamp - begun)];
	};
	pad.addEventListener('pointerdown', (e) => {
		pad.setPointerCapture(e.pointerId);
		strokes.push(now = [point(e)]);
		e.preventDefault();
	});
	pad.addEventListener('pointermove', (e) => {
		if (!now)
			return;
		for (const q of e.getCoalescedEvents?.() ?? [e])
			now.push(point(q));
		redraw();
	});
	for (const end of ['pointerup', 'pointercancel'])
		pad.addEventListener(end, () => { now = null; redraw(); });
	$('[data-ink-clear]', form).addEventListener('click', () => {
		strokes.length = 0;
		redraw();
		pad.focus();
	});
}
for (const form of $$('form[data-sign]'))
	signing(form);
