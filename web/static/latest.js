/** Answers come in any order. What was asked for last stands, and nothing older takes its place. */

/**
 * Returns {read, changed}. `read(ask, use)` gives `use` what `ask` fetched, unless what was asked for later is there
 * already. `changed()` tells of a change: what was asked for before it is asked for again.
 */
export function latest() {
  let asked = 0;
  let used = 0;
  let change = 0;
  const read = async (ask, use) => {
    const turn = ++asked;
    const found = await ask();
    if (turn < change) return read(ask, use);
    if (turn < used) return undefined;
    used = turn;
    return use(found);
  };
  return { read, changed: () => { change = ++asked; } };
}
