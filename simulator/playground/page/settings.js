// SPDX-License-Identifier: BSL-1.0
// What can be changed: a few switches at hand, everything else below, and what goes wrong.
const settings = (() => {
  // Those that change what a situation teaches.
  const atHand = [
    'host.kind',
    'host.wanted',
    'host.crash_copy',
    'channel.connected',
    'database.quiesce',
    'publisher.quiesce',
    'database.full_page_writes',
    'database.vetoes',
    'agent.hold_limit_ms',
    'agent.clock',
    'provider.cut_ms',
    'provider.fails',
  ];
  const elsewhere = ['title', 'teaches', 'seed', 'faulty', 'dialect', 'agent.windows'];
  let catalogue;
  let change;
  const fields = [];
  let impossible = new Map(); // faults, with the reason

  /** An input for an option, which tells of each change. */
  const field = (option) => {
    const label = option.name
      .replaceAll('_', ' ')
      .replace('.', ': ')
      .replace(/ ms$/, ', ms')
      .replace(/ us$/, ', µs');
    let input;
    if (option.kind === 'flag') {
      input = make('input', { type: 'checkbox' });
    } else if (option.kind === 'number') {
      input = make('input', {
        type: 'number',
        min: option.least,
        max: Math.min(option.most, Number.MAX_SAFE_INTEGER),
      });
    } else {
      input = make('select', {}, ...option.words.map((word) => make('option', {}, word)));
      if (option.name.startsWith('expect.')) input.prepend(make('option', { value: '' }, ''));
    }
    input.addEventListener('change', () => {
      const value =
        option.kind === 'flag'
          ? input.checked
          : option.kind === 'number'
            ? input.valueAsNumber
            : input.value;
      if (!Number.isNaN(value))
        change((choice) => {
          choice.set[option.name] = value;
        });
    });
    const made = make('label', { title: option.name }, label + ' ', input);
    fields.push({ option, input, made });
    return made;
  };

  /** @param on_change is called with what is to be done to the choice. */
  const open = (all, on_change) => {
    catalogue = all;
    change = on_change;
    const named = (name) => catalogue.options.find((one) => one.name === name);
    element('switches').append(...atHand.map((name) => field(named(name))));
    element('options').append(
      ...catalogue.options
        .filter((one) => !elsewhere.includes(one.name) && !atHand.includes(one.name))
        .map(field),
    );
    element('faulty').append(
      make('option', { value: 'none' }, 'none'),
      ...catalogue.faulty.map((one) => make('option', {}, one.name)),
    );
    element('faulty').addEventListener('change', (event) =>
      change((choice) => {
        choice.set.faulty = event.target.value;
      }),
    );
    element('seed').addEventListener('change', (event) => {
      const seed = event.target.valueAsNumber;
      if (Number.isSafeInteger(seed) && seed >= 0)
        change((choice) => {
          choice.seed = seed;
        });
    });
    element('another').addEventListener('click', () =>
      change((choice) => {
        choice.seed += 1;
      }),
    );
    element('restore').addEventListener('click', () =>
      change((choice) => {
        Object.assign(choice, unchanged(choice));
      }),
    );
    element('quick').addEventListener('submit', (event) => event.preventDefault());
    openFork();
  };

  // ---- what goes wrong ----

  const openFork = () => {
    const what = element('fork-what');
    what.append(...catalogue.faults.map((one) => make('option', {}, one.what)));
    const choose = () => {
      const fault = catalogue.faults.find((one) => one.what === what.value);
      const unit = { by_ms: 'ms', ppm: 'in a million', times: 'times' }[fault.amount];
      element('fork-for').parentElement.hidden = !fault.lasts;
      element('fork-amount-label').hidden = !unit;
      element('fork-unit').textContent = unit ?? '';
      element('fork-amount').value = { by_ms: 1000, ppm: 200000, times: 10 }[fault.amount] ?? 0;
      explain();
    };
    what.value = 'agent_dies';
    what.addEventListener('change', choose);
    choose();
  };

  /** What the fault of the form does, or why it cannot happen here. */
  const explain = () => {
    const name = element('fork-what').value;
    const why = impossible.get(name);
    element('fork-meaning').textContent =
      catalogue.faults.find((one) => one.what === name).meaning +
      (why ? `. Not here: ${dialects.reason(why)}.` : '.');
    document.querySelector('#fork-form button').disabled = Boolean(why);
  };

  /** The fault that the form describes, at a step. */
  const forkAt = (step) => {
    const known = catalogue.faults.find((one) => one.what === element('fork-what').value);
    const made = { when: step.moment, occurrence: step.occurrence, what: known.what };
    if (known.lasts) made.for_ms = element('fork-for').valueAsNumber || 0;
    if (known.amount) made[known.amount] = element('fork-amount').valueAsNumber || 1;
    return made;
  };

  const faultWords = ({
    when,
    what,
    occurrence = 1,
    after_ms = 0,
    for_ms = 0,
    by_ms = 0,
    ppm = 0,
    times = 1,
    guest = 1,
  }) =>
    [
      what,
      `at ${when}`,
      occurrence !== 1 && `(${occurrence})`,
      after_ms && `after ${after_ms} ms`,
      for_ms && `for ${for_ms} ms`,
      by_ms && `by ${by_ms} ms`,
      ppm && `${ppm} in a million`,
      times !== 1 && `${times} times`,
      guest !== 1 && `at guest ${guest}`,
    ]
      .filter(Boolean)
      .join(' ')
      .replace(/ (\d+ (times|in a million))/g, ', $1');

  /** @param run which faults there were in the end, in words: the seed of a swarm adds some. */
  const showFaults = (faults, run) => {
    const begun = (words) =>
      words + (run.begun[run.faults.indexOf(words)] === false ? ': it does not begin here' : '');
    const remove = (number) =>
      change((choice) => {
        choice.faults = faults.filter((_, i) => i !== number);
      });
    const own = faults.map((one, i) =>
      make(
        'li',
        {},
        make(
          'button',
          { type: 'button', onclick: () => remove(i), 'aria-label': `Leave out ${one.what}` },
          '✕',
        ),
        make('span', {}, begun(faultWords(one))),
      ),
    );
    const more = run.faults
      .filter((one) => !faults.map(faultWords).includes(one))
      .map((one) => make('li', {}, `${begun(one)} (drawn by the seed)`));
    const none = [make('li', {}, 'Nothing but what the situation is made of.')];
    element('faults').replaceChildren(...(own.length + more.length ? [...own, ...more] : none));
  };

  /** Shows what a choice says, and what was drawn for its run. */
  const show = (choice, run) => {
    const scenario = scenarioOf(choice);
    for (const { option, input, made } of fields) {
      const value = valueIn(scenario, option.name) ?? option.usual;
      if (option.kind === 'flag') input.checked = value;
      else input.value = value;
      made.classList.toggle('changed', Object.hasOwn(choice.set, option.name));
    }
    element('seed').value = choice.seed;
    const secret = choice.exercise !== null;
    const faulty = scenario.faulty ?? 'none';
    element('faulty').value = secret ? 'none' : faulty;
    element('faulty').disabled = secret;
    element('faulty-meaning').textContent = secret
      ? ''
      : (catalogue.faulty.find((one) => one.name === faulty)?.meaning.replace(/^/, `${faulty}: `) ??
        '');
    impossible = new Map(run.impossible.map((one) => [one.what, one.why]));
    explain();
    showFaults(scenario.faults ?? [], run);
    element('command').textContent = secret
      ? 'It would say what you are to find.'
      : commandOf(choice);
    element('download').parentElement.hidden = secret;
    if (!secret) {
      element('download').href =
        'data:application/json,' + encodeURIComponent(JSON.stringify(scenario, null, 2) + '\n');
    }
  };

  return { open, show, forkAt };
})();
