// What this page knows of the node, and who wants to hear of changes.

import { get, Refused } from "./api.js";

const OBJECTS_SHOWN = 500; // what the node lists at most
const EVENTS_KEPT = 300;
const SETTLING_MS = 1500; // while a release is on its road
const RETRY_MS = 3000; // after the node did not answer
const NODE_EVERY_MS = 15000;

const nothing = () => ({
	session: null, agreements: [], objects: [], holds: [], releases: [], recalls: [], events: [],
	loaded: new Set(), cursor: 0,
	chosen: new Set(), ask: { to: "", purpose: "", area: "", with: "technique", strict: false, legal_basis: "" }, filter: { text: "", type: "", whose: "all" },
	preview: null,
});

export const state = { node: null, offset: 0, online: true, lapsed: null, ...nothing() };

const listeners = new Set();
export const listen = (fn) => listeners.add(fn);
export const tell = (topic) => listeners.forEach((fn) => fn(topic));

// A second account in the same page must not see what the first one chose.
export function signedIn(session) {
	Object.assign(state, nothing(), { session, lapsed: null });
	tell("session");
	runFeed();
	refresh();
}

export function signedOut() {
	feed?.abort();
	Object.assign(state, nothing());
	tell("session");
}

// The session ended by itself: what was filled in stays for the same person.
export function expired() {
	feed?.abort();
	if (state.session)
		state.lapsed = state.session.account;
	state.session = null;
	tell("session");
}

export function resumed(session) {
	if (state.lapsed !== session.account)
		return signedIn(session);
	Object.assign(state, { session, lapsed: null });
	tell("session");
	runFeed();
	refresh();
}

const has = (...roles) => roles.some((role) => state.session?.roles.includes(role));
export const may = {
	read: () => has("analyst", "officer", "approver", "legal", "policy", "defence-liaison", "auditor"),
	preview: () => has("analyst", "officer"),
	import: () => has("analyst", "officer"),
	send: () => has("officer"),
	// What was only shown to an organisation is its owner's to show.
	show: (object) => has("officer") && object.provenance.owner === state.session.organisation,
	review: () => has("approver", "legal", "policy", "defence-liaison"),
	consent: () => has("legal"),
	stop: () => has("officer", "approver"),
	// What waits for an officer is answered by another person: an approver.
	approveAs: (role) => has(role === "officer" ? "approver" : role),
};

export const now = () => Date.now() + state.offset;

// ---- reading ----

export async function refreshNode() {
	try {
		state.node = await get("/node");
		state.offset = Date.parse(state.node.now) - Date.now() || 0;
		state.online = true;
	} catch {
		state.online = false;
	}
	tell("node");
}

const lists = {
	agreements: ["/agreements", "agreements"],
	objects: [`/objects?limit=${OBJECTS_SHOWN}`, "objects"],
	holds: ["/approvals", "items"],
	releases: ["/releases", "items"],
	recalls: ["/recalls", "recalls"],
};

const running = new Map(), again = new Set();

async function load(name) {
	const [path, member] = lists[name];
	const account = state.session?.account;
	try {
		const answer = await get(path);
		if (account !== state.session?.account)
			return;
		// What did not change is not drawn again under somebody's hand.
		if (state.loaded.has(name) && JSON.stringify(answer[member]) === JSON.stringify(state[name]))
			return;
		state[name] = answer[member];
		state.loaded.add(name);
		tell(name);
	} catch (error) {
		if (!(error instanceof Refused))
			throw error;
	}
}

// At most one request for a list is under way, and one more is owed.
function reload(name) {
	if (running.has(name))
		return again.add(name);
	running.set(name, load(name).finally(() => {
		running.delete(name);
		if (again.delete(name))
			reload(name);
	}));
}

export function refresh(...names) {
	if (!state.session || !may.read())
		return;
	for (const name of names.length > 0 ? names : Object.keys(lists))
		reload(name);
}

// ---- the feed ----

let feed = null;
const rest = (ms) => new Promise((done) => setTimeout(done, ms));

const concerns = (event) => [
	[/^import|^match|^exchange\.received|^release|^recall|^object/, ["objects"]],
	[/^release|^exchange|^recall/, ["releases"]],
	[/^release/, ["holds"]],
	[/recall/, ["recalls"]],
	[/agreement|statement|peer/, ["agreements"]],
].flatMap(([names, touched]) => (names.test(event.name) ? touched : []));

async function runFeed() {
	feed?.abort();
	const mine = (feed = new AbortController());
	while (!mine.signal.aborted) {
		try {
			const { events, last } = await get(`/events?after=${state.cursor}&limit=500`, { signal: mine.signal });
			if (mine.signal.aborted)
				return;
			state.cursor = Math.max(last, ...events.map((e) => e.ordinal));
			state.online = true;
			if (events.length === 0)
				continue;
			state.events = [...state.events, ...events].slice(-EVENTS_KEPT);
			refresh(...new Set(events.flatMap(concerns)));
			refreshNode();
			tell("events");
		} catch (error) {
			if (mine.signal.aborted || error.status === 401)
				return;
			state.online = error.status !== 0;
			tell("node");
			await rest(RETRY_MS);
		}
	}
}

const settling = (r) => r.state === "released" && !(r.published && r.cosigned && r.received);

// Cosignatures and receipts come by themselves, minutes or seconds after.
setInterval(() => {
	if (!document.hidden && state.session && state.releases.some(settling))
		refresh("releases", "objects");
	if (!document.hidden && state.session && state.recalls.some((r) => r.state === "asked"))
		refresh("recalls", "releases");
}, SETTLING_MS);
setInterval(() => document.hidden || refreshNode(), NODE_EVERY_MS);
