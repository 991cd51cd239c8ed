// A list with one entry open beside it; on a small screen one after the other.

import { el, hold, replace, roving } from "./dom.js";
import { t } from "./lang.js";

const OPTION = "[role=option]";

// entries: [{ key, content }]; open(key) gives the node to show.
export function split(label, open) {
	const list = el("ul.list", { role: "listbox", "aria-label": label });
	const detail = el("section.detail", { "aria-label": t("split.detail"), tabindex: -1 });
	const back = el("button.back", { type: "button", onclick: () => {
		node.classList.remove("open");
		list.querySelector("[aria-selected=true]")?.focus();
	} }, "← ", label);
	const node = el("div.split", {}, list, el("div.beside", {}, back, detail));
	let current = null;
	const show = (option) => {
		current = option?.dataset.key ?? null;
		for (const other of list.querySelectorAll(OPTION))
			other.setAttribute("aria-selected", String(other === option));
		hold(list, OPTION, option);
		replace(detail, option ? open(current) : null);
		detail.scrollTop = 0;
	};
	const into = (option) => {
		show(option);
		node.classList.add("open");
	};
	roving(list, OPTION, {
		move: show,
		open: (option) => (into(option), detail.focus()),
		toggle: show,
	});
	list.addEventListener("click", (event) => {
		const option = event.target.closest(OPTION);
		if (option)
			into(option), option.focus();
	});
	const draw = (entries) => {
		const focused = list.contains(document.activeElement);
		const same = [...list.querySelectorAll(OPTION)].map((o) => o.dataset.key).join() === entries.map((e) => e.key).join();
		replace(list, entries.map((e) =>
			el("li", { role: "option", tabindex: -1, "data-key": e.key, "aria-selected": "false" }, e.content)));
		const options = [...list.querySelectorAll(OPTION)];
		const kept = options.find((o) => o.dataset.key === current);
		if (same && kept) {
			kept.setAttribute("aria-selected", "true");
			hold(list, OPTION, kept);
		} else {
			if (!kept)
				node.classList.remove("open");
			show(kept ?? options[0]);
		}
		if (focused)
			list.querySelector("[aria-selected=true]")?.focus({ preventScroll: true });
	};
	return { node, draw, current: () => current };
}
