// SPDX-License-Identifier: BSL-1.0
// What is to be played: a scenario, a seed, what was changed. The address of the page holds it.
const data = JSON.parse(element('data').textContent);

/** A choice: `faults` is null as long as they are those of the scenario. */
const usual = (name) => ({
  name,
  seed: data.scenarios[name].seed ?? 1,
  set: {},
  faults: null,
  exercise: null,
  step: 0,
});

/** What the scenario itself says of an option; nothing when it leaves it as it usually is. */
const valueIn = (scenario, option) =>
  option.split('.').reduce((from, part) => (from === undefined ? from : from[part]), scenario);

/** The scenario that a choice comes to, as a file would say it. */
const scenarioOf = (choice) => {
  const made = structuredClone(data.scenarios[choice.name]);
  made.seed = choice.seed;
  for (const [option, value] of Object.entries(choice.set)) {
    const parts = option.split('.');
    const last = parts.pop();
    const place = parts.reduce((from, part) => (from[part] ??= {}), made);
    place[last] = value;
  }
  if (choice.faults) made.faults = choice.faults;
  return made;
};

const quoted = (word) =>
  /^[\w.\/:,+@%=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** What plays the same in a shell: faults that were changed need a file. */
const commandOf = (choice) => {
  const words = [choice.faults ? 'scenario.json' : choice.name];
  if (!choice.faults) {
    words.push('--seed', String(choice.seed));
    for (const [option, value] of Object.entries(choice.set))
      words.push('--set', `${option}=${value}`);
  }
  return ['snapsim run', ...words.map(quoted)].join(' ');
};

/** As a part of the address: "#run=08-stale-reply-believed&seed=1&host.kind=reference&step=12". */
const toAddress = (choice) => {
  const words = new URLSearchParams();
  if (choice.exercise !== null) {
    words.set('exercise', choice.exercise + 1);
  } else {
    words.set('run', choice.name);
  }
  words.set('seed', choice.seed);
  for (const [option, value] of Object.entries(choice.set)) {
    if (choice.exercise === null || option !== 'faulty') words.set(option, value);
  }
  if (choice.faults) words.set('faults', JSON.stringify(choice.faults));
  if (choice.step) words.set('step', choice.step);
  return '#' + words;
};

/** The way back; what an address says wrongly is left out, for it may have been typed. */
const fromAddress = (address, options) => {
  const words = new URLSearchParams(address.replace(/^#/, ''));
  const number = Number(words.get('exercise')) - 1;
  const exercise = data.exercises[number] ? number : null;
  const name = exercise === null ? words.get('run') : data.exercises[exercise].scenario;
  if (!Object.hasOwn(data.scenarios, name ?? '')) return null;
  const made = exercise === null ? usual(name) : exerciseChoice(exercise);
  const seed = Number(words.get('seed') ?? NaN);
  if (Number.isSafeInteger(seed) && seed >= 0) made.seed = seed;
  for (const one of options) {
    const word = words.get(one.name);
    if (word === null || ['seed', 'title', 'teaches'].includes(one.name)) continue;
    made.set[one.name] =
      one.kind === 'number' ? Number(word) : one.kind === 'flag' ? word === 'true' : word;
  }
  try {
    if (words.has('faults')) made.faults = JSON.parse(words.get('faults'));
  } catch {
    /* those of the scenario, then */
  }
  made.step = Number(words.get('step')) || 0;
  return made;
};

/** What a choice was before anything in it was changed. */
const unchanged = ({ name, exercise }) =>
  exercise === null ? usual(name) : exerciseChoice(exercise);

/** An exercise: a scenario with an agent that is wrong in one way. */
const exerciseChoice = (number) => {
  const { scenario, set, faulty } = data.exercises[number];
  return { ...usual(scenario), set: { ...set, faulty }, exercise: number };
};
