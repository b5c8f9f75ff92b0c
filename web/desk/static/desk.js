// Keys for those who read many letters, and figures that follow the sending.
// Everything here can be done without it.
"use strict";
(() => {
	const body = document.body;
	body.classList.add("js");
	const typing = (e) => e.closest("input, textarea, select, [contenteditable]");
	const visible = (e) => e && e.offsetParent !== null;

	// step moves the focus to the next or the previous letter of a list.
	function step(by) {
		const rows = [...document.querySelectorAll("[data-row]")];
		const to = rows[rows.indexOf(document.activeElement) + by] || rows[by > 0 ? 0 : rows.length - 1];
		if (to) {
			to.focus();
			to.scrollIntoView({ block: "nearest" });
		}
		return Boolean(to);
	}

	document.addEventListener("keydown", (e) => {
		if (e.defaultPrevented || e.ctrlKey || e.altKey || e.metaKey || e.isComposing) return;
		if (e.key === "Escape" && typing(e.target)) {
			e.target.blur();
			return;
		}
		if (body.dataset.keys === undefined || typing(e.target)) return;
		const key = CSS.escape(e.key);
		const press = document.querySelector(`[data-key="${key}"]`);
		const focus = document.querySelector(`[data-focus="${key}"]`);
		if (visible(press)) press.click();
		else if (visible(focus)) focus.focus();
		else if (e.key === "/") location.assign("/letters#main");
		else if (!((e.key === "j" && step(1)) || (e.key === "k" && step(-1)))) return;
		e.preventDefault();
	});

	// A form is sent once, however often its button is pressed.
	document.addEventListener("submit", (e) => {
		if (e.target.dataset.sent !== undefined) e.preventDefault();
		e.target.dataset.sent = "";
	});
	addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((f) => delete f.dataset.sent));

	const table = document.querySelector("[data-progress]");
	async function follow() {
		if (document.hidden) return;
		const answer = await fetch(table.dataset.progress).catch(() => null);
		if (!answer || !answer.ok) return;
		const counts = await answer.json();
		for (const cell of table.querySelectorAll("[data-state]")) cell.textContent = counts[cell.dataset.state];
	}
	if (table) setInterval(follow, 4000);
})();
