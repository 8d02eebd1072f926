/** Forms: gather, send, and set each problem beside the field it names. */

import { Problem } from "./api.js";
import { announce, busy, find, h } from "./elements.js";
import { say } from "./words.js";

/**
 * Send `form` by `send(values)` when submitted. Fields named like the problem's pointers are marked. Its button comes
 * disabled from the server, so that no browser sends the form by itself before this script is there.
 */
export function submits(form, send) {
  const problem = find("[data-problem]", form);
  find('[type="submit"]', form).disabled = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clear(form);
    if (!complete(form)) return;
    await busy(find('[type="submit"]', form), async () => {
      try {
        await send(Object.fromEntries(new FormData(form)));
      } catch (error) {
        if (!(error instanceof Problem) || !mark(form, error.errors)) throw error;
      }
    }, { problem });
  });
}

/** Show one form in place of another, and let a keyboard or a screen reader go on there. */
export function turnTo(form, before) {
  before.hidden = true;
  form.hidden = false;
  (find("input", form) ?? form).focus();
}

/** A code as the API wants it, however it was typed: without spaces. */
export const digits = (code) => code.replace(/\s/g, "");

/** Mark one field as wrong. */
export function wrong(input, text) {
  input.setAttribute("aria-invalid", "true");
  const id = `wrong-${input.name}`;
  input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${id}`.trim());
  input.closest(".field, .tick").append(h("span", { class: "wrong", id }, text));
}

function complete(form) {
  const lacking = [...form.elements].filter((input) => input.willValidate && !input.checkValidity());
  for (const input of lacking) {
    wrong(input, input.validity.valueMissing ? say("꼭 필요합니다.", "This is needed.") : input.validationMessage);
  }
  lacking[0]?.focus();
  return lacking.length === 0;
}

function mark(form, errors) {
  const named = errors.map((error) => [form.elements[error.pointer.slice(1).split("/").pop()] ?? form.elements[error.pointer.slice(1)], error.detail]);
  const known = named.filter(([input]) => input instanceof HTMLElement);
  for (const [input, detail] of known) wrong(input, detail);
  if (known.length === 0) return false;
  known[0][0].focus();
  announce(known[0][1], { atOnce: true });
  return known.length === errors.length;
}

function clear(form) {
  for (const line of form.querySelectorAll(".wrong")) line.remove();
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
    const others = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && !id.startsWith("wrong-"));
    if (others.length) input.setAttribute("aria-describedby", others.join(" "));
    else input.removeAttribute("aria-describedby");
  }
}
