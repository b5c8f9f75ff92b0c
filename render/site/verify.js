// Leads from the form to the page of a letter. Without scripts the form is not
// shown, and the text beside it says how to get there.
"use strict";

const form = document.querySelector("form");
form.hidden = false;

// No reference or code has the letters that are taken for digits.
const typed = (name) => form.elements[name].value.trim().toLowerCase().replace(/[\[\]\s]/g, "");
const digits = (text) => text.replace(/o/g, "0").replace(/[il]/g, "1");

form.addEventListener("submit", (event) => {
	event.preventDefault();
	location.href = form.action + encodeURIComponent(typed("reference") + "-" + digits(typed("code"))) + "/";
});
