// Making elements. Text comes from strangers: it becomes a text node and
// nothing else, so there is no way from here to markup.

const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

// Characters that hide or reorder text are shown by their number: who approves
// must see what leaves. (U+200C and U+200D stay: Hindi needs them.)
export function visible(text) {
	return String(text).replace(UNSEEN, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
}

// el("button.quiet", { type: "button", onclick: f }, "text", child, null)
export function el(spec, attributes, ...children) {
	const [name, ...classes] = spec.split(".");
	const node = document.createElement(name);
	if (classes.length > 0)
		node.className = classes.join(" ");
	for (const [key, value] of Object.entries(attributes ?? {})) {
		if (value === null || value === undefined || value === false)
			continue;
		if (key.startsWith("on"))
			node.addEventListener(key.slice(2), value);
		else
			node.setAttribute(key, value === true ? "" : value);
	}
	return fill(node, children);
}

function fill(node, children) {
	for (const child of children.flat(Infinity)) {
		if (child instanceof Node)
			node.append(child);
		else if (child !== null && child !== undefined && child !== false)
			node.append(document.createTextNode(visible(child)));
	}
	return node;
}

export function replace(node, ...children) {
	node.replaceChildren();
	return fill(node, children);
}

// Keyboard over a list of rows: one row is in the tab order, arrows move.
// does: { move(row), open(row), toggle(row, extend), all() }, each optional.
export function roving(list, selector, does) {
	const rows = () => [...list.querySelectorAll(selector)];
	const go = (row, event) => {
		if (!row)
			return;
		event.preventDefault();
		hold(list, selector, row);
		row.focus();
		row.scrollIntoView({ block: "nearest" });
		if (event.shiftKey)
			does.toggle?.(row, true);
		does.move?.(row);
	};
	list.addEventListener("keydown", (event) => {
		const all = rows();
		const at = all.indexOf(event.target.closest(selector));
		if (at < 0 || (event.target !== all[at] && event.target.type !== "checkbox"))
			return;
		const page = 10;
		const steps = {
			ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1,
			PageDown: Math.min(at + page, all.length - 1), PageUp: Math.max(at - page, 0),
		};
		if (event.key in steps)
			go(all[steps[event.key]], event);
		else if (event.key === "Enter" && does.open)
			event.preventDefault(), does.open(all[at]);
		else if (event.key === " " && does.toggle)
			event.preventDefault(), does.toggle(all[at], event.shiftKey);
		else if (event.key === "a" && (event.ctrlKey || event.metaKey) && does.all)
			event.preventDefault(), does.all();
	});
}

// Makes row the one that Tab reaches.
export function hold(list, selector, row) {
	for (const other of list.querySelectorAll(`${selector}[tabindex="0"]`))
		other.tabIndex = -1;
	if (row)
		row.tabIndex = 0;
}
