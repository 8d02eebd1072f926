/** Building the page. Text is always set as text, so that nothing a person wrote becomes markup. */

/** An element: `h("button", {class: "button", type: "button", onclick}, "text", child)`. Nothing is made of null and false. */
export function h(name, given = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "value") element.value = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Let something that came disabled from the server work: pressed or chosen before this, it would have done nothing. */
export function ready(control, event, listener) {
  control.addEventListener(event, listener);
  control.disabled = false;
}

export const find = (selector, within = document) => within.querySelector(selector);

/** Say something to a screen reader; at once when it must not wait. */
export function announce(text, { atOnce = false } = {}) {
  const region = find(atOnce ? "#said-at-once" : "#said-calmly");
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 60);
}

/** A line at the bottom for a few seconds, read out too. */
export function toast(text) {
  announce(text);
  const line = h("p", { class: "toast" }, text);
  find("#toasts").append(line);
  setTimeout(() => line.remove(), 6000);
}

/** Give the reader a file. */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Run `work`, and show what went wrong in `problem`, else as a toast. */
export async function attempt(work, { problem = null } = {}) {
  if (problem) problem.hidden = true;
  try {
    return await work();
  } catch (error) {
    if (!problem?.isConnected) toast(error.message);
    else {
      problem.textContent = error.message;
      problem.hidden = false;
      announce(error.message, { atOnce: true });
    }
    return undefined;
  }
}

/** The same with the button busy meanwhile. A keyboard goes on at it, unless it has gone on elsewhere. */
export async function busy(button, work, shown) {
  const held = document.activeElement === button;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    return await attempt(work, shown);
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
    if (held && [button, document.body].includes(document.activeElement)) button.focus({ preventScroll: true });
  }
}

/** The same with everything else beside it that acts on the same thing: a second act would be about it as it was before. */
export async function alone(button, work, shown) {
  const beside = [...button.closest("article").querySelectorAll("button[data-action], form [type=submit]")].filter((one) => one !== button && !one.disabled);
  for (const one of beside) one.disabled = true;
  await busy(button, work, shown);
  for (const one of beside) one.disabled = false;
}
