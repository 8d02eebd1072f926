/**
 * The line to the server. When somebody signs out it is theirs alone: what is under way is dropped and whatever comes
 * waits, as neither would be let in any more; it goes out after all if the signing out fails.
 */

let free = Promise.resolve();
let present = new AbortController();

/** Ends what is under way now. */
export const dropped = () => present.signal;

/** As `fetch`, once the line is free. What was dropped fails only if the page stays. */
export async function send(address, options) {
  await free;
  return waits(fetch(address, { signal: present.signal, ...options }));
}

/** The same for what is still to come of an answer. */
export const waits = (coming) => coming.catch(async (error) => {
  await free;
  throw error;
});

/** Do the last `work` of this page, with the line for it alone. It is free again if that fails. */
export async function alone(work) {
  let release;
  free = new Promise((resolve) => { release = resolve; });
  present.abort();
  try {
    return await work();
  } catch (error) {
    present = new AbortController();
    release();
    throw error;
  }
}
