// Parts of forms: labelled fields, problems, notices, questions.

import { el, replace } from "./dom.js";
import { t } from "./lang.js";

let numbered = 0;

export function field(label, input, hint) {
	input.id ||= `field-${++numbered}`;
	if (hint)
		input.setAttribute("aria-describedby", `${input.id}-hint`);
	return el("div.field", {}, el("label", { for: input.id }, label), input,
		hint ? el("p.hint", { id: `${input.id}-hint` }, hint) : null);
}

// options: [[value, text]]
export function select(options, value, onchange) {
	const node = el("select", { onchange: () => onchange(node.value) },
		options.map(([v, text]) => el("option", { value: v, selected: v === value }, text)));
	return node;
}

// What went wrong, and where; the form around it keeps what was filled in.
export function problem(error) {
	if (error.status === undefined)
		throw error;
	return el("div.problem", { role: "alert" },
		el("p", {}, t("error." + error.code, {}, error.message || t("error.unknown", { status: error.status }))),
		error.where ? el("p.where", {}, t("error.where"), " ", el("code", {}, error.where)) : null,
		error.code ? el("p.where", {}, el("code", {}, error.code)) : null);
}

const NOTICE_MS = 6000;

export function notice(text) {
	const node = el("div.notice", {}, text);
	document.getElementById("notices").append(node);
	setTimeout(() => node.remove(), NOTICE_MS);
}

// Runs an action once at a time; its error stands in `place` until the next try.
export function action(button, place, run) {
	button.addEventListener("click", async () => {
		if (button.getAttribute("aria-busy") === "true")
			return;
		button.setAttribute("aria-busy", "true");
		replace(place);
		try {
			await run();
		} catch (error) {
			replace(place, problem(error));
			place.scrollIntoView({ block: "nearest" });
		} finally {
			button.removeAttribute("aria-busy");
		}
	});
	return button;
}

// A question with an optional reason. run(reason) may fail: then it stays open.
export function question({ title, text, reason, button, kind = "primary", run }) {
	const input = reason ? el("textarea", { rows: 3, maxlength: 500, required: true }) : null;
	const place = el("div");
	const yes = el(`button.${kind}`, { type: "submit" }, button);
	const form = el("form", { method: "dialog" },
		el("h2", {}, title), text, input ? field(reason, input) : null, place,
		el("div.buttons", {}, yes,
			el("button", { type: "button", onclick: () => dialog.close() }, t("button.cancel"))));
	const dialog = el("dialog", { "aria-label": title, onclose: () => dialog.remove() }, form);
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		yes.disabled = true;
		replace(place);
		try {
			await run(input?.value.trim());
			dialog.close();
		} catch (error) {
			replace(place, problem(error));
		} finally {
			yes.disabled = false;
		}
	});
	document.body.append(dialog);
	dialog.showModal();
	return dialog;
}
