// What stands on every screen: whose node, which realm, what time it is for
// both, the language, the light, who is signed in, and the agreements.

import { call } from "./api.js";
import { el, replace } from "./dom.js";
import { select } from "./forms.js";
import { LANGUAGES, language, moment, number, t, useLanguage } from "./lang.js";
import { may, now, signedOut, state, tell } from "./state.js";

export const ZONES = { IN: ["Asia/Kolkata", "IST"], JP: ["Asia/Tokyo", "JST"] };
const TICK_MS = 1000;

// The time of our own party first.
export function zones() {
	const own = state.node?.party;
	return Object.entries(ZONES).sort(([a], [b]) => (b === own) - (a === own));
}

// "21 Nov, 06:47 IST", by the clock of our own party.
export function when(at, more) {
	const [, [zone, name]] = zones()[0];
	return at ? `${moment(at, zone, more)} ${name}` : "–";
}

// The same, without the day when it is today.
export function shortly(at) {
	const [, [zone]] = zones()[0];
	const day = (ms) => moment(ms, zone, { hour: undefined, minute: undefined });
	return at && day(at) === day(now()) ? when(at, { day: undefined, month: undefined }) : when(at);
}

function clock([party, [zone, name]]) {
	const time = el("time");
	const tick = () => {
		const text = moment(now(), zone, { day: undefined, month: undefined, weekday: "short" });
		if (time.textContent !== text)
			time.textContent = text;
	};
	tick();
	const timer = setInterval(() => (time.isConnected ? tick() : clearInterval(timer)), TICK_MS);
	return el("span.clock", { title: t("clock." + party, {}, party) }, el("b", {}, party), time, el("abbr", {}, name));
}

function themeButton() {
	const dark = () => document.documentElement.dataset.theme === "dark" ||
		(!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
	const name = () => (dark() ? t("theme.light") : t("theme.dark"));
	const button = el("button.quiet", {
		type: "button",
		onclick: () => {
			const theme = dark() ? "light" : "dark";
			document.documentElement.dataset.theme = theme;
			localStorage.setItem("torana-theme", theme);
			button.textContent = name();
		},
	}, name());
	return button;
}

function languageSwitch() {
	const node = select(Object.entries(LANGUAGES), language(), async (name) => {
		await useLanguage(name);
		tell("language");
		document.getElementById("language")?.focus();
	});
	node.id = "language";
	node.setAttribute("aria-label", t("bar.language"));
	return node;
}

async function signOut() {
	await call("DELETE", "/session").catch(() => {});
	signedOut();
}

function person() {
	const s = state.session;
	if (!s)
		return null;
	const roles = s.roles.map((role) => t("role." + role, {}, role)).join(", ");
	return el("div.person", {},
		el("span", {}, el("b", {}, s.display || s.account), el("small", {}, `${s.organisation} · ${roles}`)),
		el("button", { type: "button", id: "sign-out", onclick: signOut }, t("bar.sign-out")));
}

// Counted pages; a count changes in place, so that a click on its way is not lost.
const PAGES = { objects: () => state.objects.length, approve: () => state.holds.length, live: null,
	oversight: null };

const INSIDE = { object: "objects", preview: "objects" };

function drawCounts(bar) {
	for (const node of bar.querySelectorAll("[data-count]")) {
		const n = PAGES[node.dataset.count]();
		node.textContent = number(n);
		node.hidden = n === 0;
	}
}

function tabs(page) {
	if (!state.session || !may.read())
		return null;
	return el("nav.tabs", { "aria-label": t("bar.pages") }, Object.entries(PAGES).map(([name, count]) =>
		el("a", { href: `#/${name}`, "aria-current": name === page ? "page" : name === INSIDE[page] ? "true" : null },
			t("page." + name), count ? el("span.count", { "data-count": name, hidden: true }) : null)));
}

function agreement(a) {
	const more = state.agreements.find((b) => b.id === a.id) ?? {};
	const areas = more.suspended_areas ?? [];
	return el(a.open ? "div.agreement.open" : "div.agreement.closed", {},
		el("b", {}, `${a.id} v${a.version}`),
		el("span.door", {}, a.open ? t("agreement.open") : t("agreement.closed")),
		a.reason ? el("span", {}, [t("code." + a.reason, {}, ""), a.reason_text ?? more.reason_text].filter(Boolean).join(" – "),
			" ", el("code", {}, a.reason)) : null,
		areas.length > 0 ? el("span", {}, t("agreement.areas-suspended", { areas: areas.join(", ") })) : null,
		more.model ? el("span.model", {}, t("agreement.model")) : null);
}

function strip() {
	const list = state.node?.agreements ?? [];
	return el("section.agreements", { "aria-label": t("agreement.strip"), "aria-live": "polite" },
		list.length > 0 ? list.map(agreement)
			: el("div.agreement.closed", {}, el("span.door", {}, t("agreement.none"))));
}

const realm = (name) => el(`p.realm.realm-${["demo", "exercise"].includes(name) ? name : "real"}`, { role: "note" },
	t("realm." + name, {}, name));

// Parts are drawn by themselves, so that a clock or a menu in use is not
// taken away when a number beside it changes.
const drawn = new Map();

function part(name, parent, text, make) {
	const known = drawn.get(name);
	if (known?.text === text && known.node.parentNode === parent)
		return known.node;
	const node = el(`div.part-${name}`, {}, make());
	drawn.set(name, { text, node });
	return node;
}

export function drawBar(bar, page) {
	const { node, session } = state;
	const tongue = language();
	const of = (...values) => JSON.stringify([tongue, ...values]);
	const wanted = [
		part("realm", bar, of(node?.realm), () => (node ? realm(node.realm) : null)),
		part("top", bar, of(node?.display, node?.name, node?.party, session), () => [
			el("div.whose", {}, el("img", { src: "/ui/mark.svg", alt: "", width: 32, height: 32 }),
				el("span", {}, el("b", {}, node?.display ?? "Torana"),
					el("small", {}, node ? `${node.party} · ${node.organisation} · ${node.name}` : ""))),
			el("div.clocks", { "aria-label": t("bar.clocks"), role: "group" }, zones().map(clock)),
			el("div.switches", {}, languageSwitch(), themeButton()),
			person()]),
		part("tabs", bar, of(session?.account, page), () => tabs(page)),
		part("strip", bar, of(node?.agreements, state.agreements), () => (node ? strip() : null)),
		part("offline", bar, of(state.online), () => (state.online ? null
			: el("p.offline", { role: "alert" }, t("bar.offline")))),
	];
	wanted.forEach((child, i) => {
		if (bar.children[i] !== child)
			bar.children[i] ? bar.children[i].replaceWith(child) : bar.append(child);
	});
	drawCounts(bar);
}
