// The road of released objects: each step when it is proved, none before.

import { id as escaped, post } from "./api.js";
import { nameOf, releaseState } from "./badges.js";
import { shortly } from "./bar.js";
import { el } from "./dom.js";
import { notice, question } from "./forms.js";
import { number, t } from "./lang.js";
import { may, refresh, state } from "./state.js";

const WENT = ["released", "recalled", "answered"];

const recallOf = (r) => state.recalls.find((c) =>
	(c.source_id || c.object_id) === r.source_id && (c.to || r.recipient) === r.recipient && c.direction !== "received");

function recall(r, object) {
	question({
		title: t("recall.title"), reason: t("recall.reason"), button: t("recall.button"), kind: "danger",
		text: el("div", {}, el("p", {}, el("b", { dir: "auto" }, nameOf(object))),
			el("p", {}, t("recall.text", { to: r.recipient }))),
		run: async (reason) => {
			await post("/recalls", { id: r.source_id, to: r.recipient, reason });
			notice(t("recall.asked"));
			refresh("releases", "recalls", "objects");
		},
	});
}

function step(name, done, detail, more = {}) {
	return el(done ? "li.done" : "li", { ...more },
		el("span.dot", { "aria-hidden": "true" }), el("span.step", {}, t("step." + name)),
		el("span.fact", {}, detail || (done ? "" : t("step.not-yet"))));
}

function steps(r) {
	if (!WENT.includes(r.state))
		return el("p.waits", {}, releaseState(r.state), r.reason ? el("span", {}, " ", r.reason) : null);
	const asked = recallOf(r);
	const back = asked || r.state !== "released";
	return el("ol.road", { "aria-label": t("road.label") },
		step("released", true, shortly(r.changed_at)),
		step("leaf", r.leaf >= 0, r.leaf >= 0 ? `${number(r.leaf)} · ${number(r.place)}` : ""),
		step("published", r.published), step("cosigned", r.cosigned),
		step("received", r.received, typeof r.received === "string" ? shortly(r.received) : ""),
		back ? step("recalled", true, asked ? shortly(asked.asked_at) : "", { class: "done back" }) : null,
		back ? step("answered", r.state === "answered" || asked?.state === "answered",
			asked?.answer ? t("answer." + asked.answer, {}, asked.answer) : "",
			{ class: r.state === "answered" || asked?.state === "answered" ? "done back" : "back" }) : null);
}

function line(r) {
	const object = state.objects.find((o) => o.id === r.source_id) ?? { name: r.source_id };
	const open = r.state === "released" && may.send();
	return el("li.release", { "data-source": r.source_id, "data-state": r.state },
		el("div.release-head", {},
			el("div.release-title", {},
				el("a", { href: `#/object/${escaped(r.source_id)}`, dir: "auto" }, nameOf(object)),
				el("span.to", {}, "→ ", r.recipient),
				r.outcome === "ALLOW_WITH_REDACTION" ? el("span.badge", { "data-outcome": r.outcome }, t("road.copy")) : null),
			open ? el("button.small", { type: "button", onclick: () => recall(r, object),
				"aria-label": `${t("recall.open")}: ${nameOf(object)}` }, t("recall.open")) : null),
		steps(r));
}

export const roads = (items) => el("ul.releases", {}, items.map(line));
