// SPDX-License-Identifier: BSL-1.0
// Small helpers for the page.
const element = (id) => document.getElementById(id);

/** An HTML element with attributes and children; texts become text, nothing is parsed. */
const make = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.filter((one) => one !== undefined));
  return made;
};

const svg = (tag, attributes = {}, ...children) => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

/** Virtual nanoseconds as seconds. */
const seconds = (at, digits = 4) => (at / 1e9).toFixed(digits) + ' s';

/** "agent-2" is the agent of the second guest. */
const split = (who) => {
  const [, name, number] = /^(.*?)(?:-(\d+|clone))?$/.exec(who);
  return { name, number: number ?? '1' };
};
const spelt = (who) => {
  const { name, number } = split(who);
  return number === '1' ? name : number === 'clone' ? `the clone's ${name}` : `${name} ${number}`;
};
