// The message catalogues. A key that a catalogue lacks is taken from English,
// and one that English lacks is shown as it is.

export const LANGUAGES = { en: "English", hi: "हिन्दी", ja: "日本語" };
const LOCALES = { en: "en-GB", hi: "hi-IN", ja: "ja-JP" };

let english = {}, chosen = {}, code = "en";

async function catalogue(name) {
	const answer = await fetch(`/lang/${name}.json`);
	if (!answer.ok)
		throw new Error(`no catalogue ${name}`);
	return answer.json();
}

function preferred() {
	const wanted = [localStorage.getItem("torana-language"), ...navigator.languages];
	return wanted.map((w) => w?.slice(0, 2)).find((w) => w in LANGUAGES) ?? "en";
}

export async function useLanguage(name = preferred()) {
	[english, chosen] = await Promise.all([catalogue("en"), name === "en" ? {} : catalogue(name)]);
	code = name;
	localStorage.setItem("torana-language", name);
	document.documentElement.lang = name;
}

export const language = () => code;

// t("ask.chosen", { n: 3 }); otherwise stands for a key that may be missing.
export function t(key, values = {}, otherwise = key) {
	const text = chosen[key] ?? english[key] ?? otherwise;
	return text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
}

// Values of a line that are words of ours, by their names.
const NAMED = {
	reason: (code) => t("reason." + code, {}, code),
	role: (code) => t("role." + code, {}, code),
	roles: (codes) => codes.split(", ").map((code) => t("role." + code, {}, code)).join(", "),
	purpose: (code) => t("purpose." + code, {}, code),
};

// A line of an explanation ({ code, args, text }) in the reader's language; a code that
// no catalogue knows says its own text.
export function said(line) {
	const values = Object.entries(line.args ?? {}).map(([name, value]) => [name, NAMED[name]?.(value) ?? value]);
	return t("line." + line.code, Object.fromEntries(values), line.text ?? String(line));
}

export const number = (n) => new Intl.NumberFormat(LOCALES[code]).format(n);

// A moment in one place of the world: "21 Nov, 06:47".
export function moment(at, timeZone, more = {}) {
	return new Intl.DateTimeFormat(LOCALES[code], {
		timeZone, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
		hourCycle: "h23", ...more,
	}).format(new Date(at));
}
