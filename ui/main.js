// Starts the page and shows what the address asks for.

import { get, whenSignedOut } from "./api.js";
import { approvePage } from "./approve.js";
import { drawBar } from "./bar.js";
import { el } from "./dom.js";
import { t, useLanguage } from "./lang.js";
import { livePage } from "./live.js";
import { objectPage } from "./object.js";
import { objectsPage } from "./objects.js";
import { oversightPage } from "./oversight.js";
import { previewPage } from "./preview.js";
import { signIn } from "./signin.js";
import { expired, listen, may, refreshNode, resumed, state } from "./state.js";

// A page fills the root and returns what redraws it when a topic changed.
const pages = { objects: objectsPage, object: objectPage, preview: previewPage, approve: approvePage, live: livePage,
	oversight: oversightPage };
const bar = document.getElementById("bar");
const main = document.getElementById("main");

let shown = null, update = () => {};

function address() {
	const [, name, ...rest] = location.hash.split("/");
	return [name in pages ? name : "objects", decodeURIComponent(rest.join("/"))];
}

const noObjects = (root) => {
	root.append(el("section.card.empty-page", {}, el("h1", {}, t("admin.title")), el("p", {}, t("admin.text"))));
	return () => {};
};

function show() {
	const [name, rest] = address();
	const page = !state.session ? signIn : may.read() ? pages[name] : noObjects;
	const first = shown === null;
	shown = name;
	main.replaceChildren();
	document.title = [state.session ? t("page." + name) : t("sign-in.title"), state.node?.display ?? "Torana"].join(" – ");
	document.getElementById("skip").textContent = t("bar.skip");
	drawBar(bar, name);
	update = page(main, rest);
	if (!first && state.session)
		main.focus({ preventScroll: true });
}

listen((topic) => {
	if (topic === "session" || topic === "language")
		return show();
	drawBar(bar, shown);
	update(topic);
});

addEventListener("hashchange", () => {
	show();
	scrollTo(0, 0);
});
document.getElementById("skip").addEventListener("click", (event) => {
	event.preventDefault();
	main.focus();
});

whenSignedOut(expired);
await useLanguage();
await refreshNode();
await get("/session").then(resumed, show);
