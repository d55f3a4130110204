// Keeps what was said, so that a reload of the page does not lose it: in this tab, as much of the end as there is room for.

const PREFIX = "exchange.";
let next = 1 + Math.max(0, ...numbers());

/** Keep an exchange; where there is no room, the oldest go. */
export function remember(exchange) {
  const text = JSON.stringify(exchange);
  const name = `${PREFIX}${next++}`;
  while (!keep(name, text)) {
    const [oldest] = numbers();
    if (oldest === undefined) return;
    sessionStorage.removeItem(`${PREFIX}${oldest}`);
  }
}

/** All that is kept, the oldest first. */
export const recall = () => numbers().map((number) => JSON.parse(sessionStorage.getItem(`${PREFIX}${number}`)));

export function forget() {
  for (const number of numbers()) sessionStorage.removeItem(`${PREFIX}${number}`);
}

function keep(name, text) {
  try {
    sessionStorage.setItem(name, text);
    return true;
  } catch {
    return false;
  }
}

function numbers() {
  try {
    const names = Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));
    return names.map((name) => Number(name.slice(PREFIX.length))).sort((a, b) => a - b);
  } catch {
    return []; // storage may be switched off
  }
}
