// The original beside the leaving bytes, property by property: what is
// withheld is struck out on the left, what is new is marked on the right.

import { canonical, readJson } from "./json.js";
import { el, visible } from "./dom.js";
import { t } from "./lang.js";

const PAIRS_MAX = 250000; // cells of one alignment: beyond that, place by place

// The longest common subsequence of a and b, as pairs [i, j]; i or j is -1
// where one side has nothing.
function align(a, b) {
	let head = 0, tail = 0;
	while (head < a.length && head < b.length && a[head] === b[head])
		head++;
	while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail))
		tail++;
	const n = a.length - head - tail, m = b.length - head - tail;
	const pairs = a.slice(0, head).map((_, i) => [i, i]);
	pairs.push(...(n * m > PAIRS_MAX ? apart(n, m) : middle(a.slice(head, head + n), b.slice(head, head + m)))
		.map(([i, j]) => [i < 0 ? i : i + head, j < 0 ? j : j + head]));
	for (let k = tail; k > 0; k--)
		pairs.push([a.length - k, b.length - k]);
	return pairs;
}

const apart = (n, m) => [
	...Array.from({ length: n }, (_, i) => [i, -1]), ...Array.from({ length: m }, (_, j) => [-1, j])];

function middle(a, b) {
	const wide = b.length + 1;
	const best = new Uint16Array((a.length + 1) * wide);
	for (let i = a.length - 1; i >= 0; i--)
		for (let j = b.length - 1; j >= 0; j--)
			best[i * wide + j] = a[i] === b[j] ? best[(i + 1) * wide + j + 1] + 1
				: Math.max(best[(i + 1) * wide + j], best[i * wide + j + 1]);
	const pairs = [];
	for (let i = 0, j = 0; i < a.length || j < b.length;) {
		if (i < a.length && j < b.length && a[i] === b[j])
			pairs.push([i++, j++]);
		else if (j >= b.length || (i < a.length && best[(i + 1) * wide + j] >= best[i * wide + j + 1]))
			pairs.push([i++, -1]);
		else
			pairs.push([-1, j++]);
	}
	return pairs;
}

// Words that only one side has. Returns the segments of both: [text, marked].
function compareText(before, after) {
	const words = (text) => text.split(/([\s\p{P}\p{S}]+)/u).filter((w) => w !== "");
	const a = words(before), b = words(after);
	const left = [], right = [];
	for (const [i, j] of align(a, b)) {
		if (i >= 0)
			add(left, a[i], j < 0);
		if (j >= 0)
			add(right, b[j], i < 0);
	}
	return [joined(left), joined(right)];
}

// Blanks between two marked words belong to the mark.
const joined = (segments) => segments.reduce((out, [text, marked], i) => {
	const between = /^\s+$/.test(text) && segments[i - 1]?.[1] && segments[i + 1]?.[1];
	add(out, text, Boolean(marked || between));
	return out;
}, []);

function add(segments, text, marked) {
	const last = segments.at(-1);
	if (last && last[1] === marked)
		last[0] += text;
	else
		segments.push([text, marked]);
}

const quoted = (text) => visible(JSON.stringify(text));
const scalar = (node) => (node.kind === "string" ? quoted(node.text) : node.text);
const brackets = { object: "{}", array: "[]" };
const isOpen = (node) => node.kind in brackets && (node.members ?? node.items).length > 0;
const step = (name) => "/" + String(name).replaceAll("~", "~0").replaceAll("/", "~1");

// Rows of { depth, name, pointer, kind, left, right }; kind is same, withheld, new or changed.
class Rows {
	constructor() {
		this.list = [];
	}

	// The lines of a value that one side does not have.
	whole(node, at, side) {
		const kind = side === "left" ? "withheld" : "new";
		const line = (text, name) => this.list.push({ ...at, name, kind, [side]: [[text, true]] });
		if (!isOpen(node))
			return line(node.kind in brackets ? brackets[node.kind] : scalar(node), at.name);
		line(brackets[node.kind][0], at.name);
		const inner = node.members ?? node.items.map((v, i) => [i, v]);
		for (const [name, value] of inner)
			this.whole(value, { depth: at.depth + 1, pointer: at.pointer + step(name),
				name: node.members ? name : null }, side);
		line(brackets[node.kind][1], null);
	}

	both(a, b, at) {
		if (!a || !b)
			return this.whole(a ?? b, at, a ? "left" : "right");
		if (isOpen(a) && isOpen(b) && a.kind === b.kind)
			return this.inside(a, b, at);
		if (canonical(a) === canonical(b)) {
			if (isOpen(a))
				return this.inside(a, b, at);
			const text = [[a.kind in brackets ? brackets[a.kind] : scalar(a), false]];
			return this.list.push({ ...at, kind: "same", left: text, right: text });
		}
		if (isOpen(a) || isOpen(b)) {
			this.whole(a, at, "left");
			return this.whole(b, at, "right");
		}
		const long = a.kind === "string" && b.kind === "string" && /\s/.test(a.text) && /\s/.test(b.text);
		const [left, right] = long ? compareText(quoted(a.text), quoted(b.text))
			: [[[scalar(a), true]], [[scalar(b), true]]];
		this.list.push({ ...at, kind: "changed", left, right });
	}

	inside(a, b, at) {
		const [open, close] = brackets[a.kind];
		const depth = at.depth + 1;
		this.list.push({ ...at, kind: "same", left: [[open, false]], right: [[open, false]] });
		for (const [name, x, y] of a.members ? byName(a, b) : byPlace(a, b))
			this.both(x, y, { depth, pointer: at.pointer + step(name), name: a.members ? name : null });
		this.list.push({ depth: at.depth, name: null, pointer: null, kind: "same",
			left: [[close, false]], right: [[close, false]] });
	}
}

function byName(a, b) {
	const mine = new Set(a.members.map(([name]) => name));
	const theirs = new Map(b.members);
	return [
		...a.members.map(([name, value]) => [name, value, theirs.get(name)]),
		...b.members.filter(([name]) => !mine.has(name)).map(([name, value]) => [name, undefined, value])];
}

// Neighbours of which one went and one came are shown as one change.
function byPlace(a, b) {
	const out = [];
	let gone = [], come = [];
	const flush = () => {
		for (let k = 0; k < Math.max(gone.length, come.length); k++)
			out.push([gone[k] ?? a.items.length + k, a.items[gone[k]], b.items[come[k]]]);
		gone = [], come = [];
	};
	for (const [i, j] of align(a.items.map(canonical), b.items.map(canonical))) {
		if (i >= 0 && j >= 0)
			flush(), out.push([i, a.items[i], b.items[j]]);
		else
			i >= 0 ? gone.push(i) : come.push(j);
	}
	flush();
	return out;
}

// The rows of both texts; either may be empty.
export function compareRows(original, leaving) {
	const rows = new Rows();
	const at = { depth: 0, name: null, pointer: "" };
	if (original && leaving)
		rows.both(readJson(original), readJson(leaving), at);
	else if (original || leaving)
		rows.whole(readJson(original || leaving), at, original ? "left" : "right");
	return rows.list;
}

function cell(row, side, tag) {
	const segments = row[side];
	const where = side === "left" ? "cell.original" : "cell.leaving";
	if (!segments)
		return el(`div.${where}.nothing`, { "aria-hidden": "true" });
	return el(`div.${where}`, { "data-depth": Math.min(row.depth, 8) },
		row.name === null ? null : el("span.key", {}, row.name, ": "),
		segments.map(([text, marked]) => (marked ? el(tag, {}, text) : el("span", {}, text))));
}

// What the rule says about a place, once, at the first row it concerns.
function notes(changes, row, told) {
	return changes.filter((c) => !told.has(c) && row.left && row.pointer !== null &&
		(row.pointer === c.pointer || row.pointer.startsWith(c.pointer + "/")))
		.map((c) => (told.add(c), el("span.note", {}, el("b", {}, c.code), " ", t("method." + c.method, {}, c.method))));
}

export function comparison(original, leaving, changes = []) {
	const told = new Set();
	const list = compareRows(original, leaving).map((row) =>
		el(`div.row.${row.kind}`, { role: "row" },
			el("div", { role: "cell" }, cell(row, "left", "del")),
			el("div", { role: "cell" }, cell(row, "right", "ins"), notes(changes, row, told))));
	return el("div.compare", { role: "table", "aria-label": t("compare.label") },
		el("div.row.head", { role: "row" },
			el("div", { role: "columnheader" }, t("compare.original")),
			el("div", { role: "columnheader" }, t("compare.leaving"))),
		leaving ? null : el("p.empty", {}, t("compare.nothing-leaves")),
		list);
}
