// SPDX-License-Identifier: BSL-1.0
// The dialect switch: what host and agent speak, and whether the guest is one of Windows.
const dialects = (() => {
  const radios = new Map();
  let known;

  /** @param on_change is called with what is to be done to the choice. */
  const open = (catalogue, on_change) => {
    known = catalogue.dialects;
    /** What a scenario says itself needs no word in the address or on the command line. */
    const choose = (option, value, usually) =>
      on_change((choice) => {
        if ((valueIn(data.scenarios[choice.name], option) ?? usually) === value)
          delete choice.set[option];
        else choice.set[option] = value;
      });
    for (const { name, meaning } of known) {
      const radio = make('input', {
        type: 'radio',
        name: 'dialect',
        value: name,
        'aria-describedby': 'dialect-meaning dialect-not',
        onchange: () => choose('dialect', name, 'qga'),
      });
      radios.set(name, radio);
      element('dialects').append(make('label', { title: meaning }, radio, ` ${name}`));
    }
    element('windows').addEventListener('change', (event) =>
      choose('agent.windows', event.target.checked, false),
    );
  };

  /** "'host.kind' and dialect native: the naive host ..." as the reason, and what it is about. */
  const reason = (why) => {
    const [, about, text] = /^'(.*?)'.*?: (.*)$/.exec(why) ?? [null, null, why];
    return about ? `${text} (${about})` : text;
  };

  /** A sentence for each reason, with those that it holds for. */
  const refusals = (run) => {
    const found = new Map();
    for (const { dialect, windows, why } of run.ways) {
      if (!why || windows !== run.windows) continue;
      const text = reason(why);
      found.set(text, [...(found.get(text) ?? []), dialect]);
    }
    const made = [...found].map(([text, names]) => `Not in ${names.join(', ')}: ${text}.`);
    const { why } = run.ways.find(
      (one) => one.dialect === run.dialect && one.windows !== run.windows,
    );
    if (why) made.push(`No Windows guest: ${reason(why)}.`);
    return made;
  };

  const meaning = (choice, run) => {
    const scenario = data.scenarios[choice.name];
    const own = valueIn(scenario, 'dialect') ?? 'qga';
    const guest = valueIn(scenario, 'agent.windows') ? ' and a Windows guest' : '';
    const changed = ['dialect', 'agent.windows'].some((one) => Object.hasOwn(choice.set, one));
    return [
      `${run.dialect}: ${known.find((one) => one.name === run.dialect).meaning}.`,
      run.windows &&
        'Between its agent and what is held stands VSS, the service of Windows with a writer for ' +
          'each application; ten seconds after the volume was flushed it lets go.',
      !run.hooks && 'Its agent has no hooks for applications: it freezes filesystems alone.',
      changed && choice.exercise === null && `The text above was written for ${own}${guest}.`,
      changed &&
        run.surprises.length > 0 &&
        `It comes out otherwise: ${run.surprises.join('; ')}.`,
    ]
      .filter(Boolean)
      .join(' ');
  };

  const show = (choice, run) => {
    const why = (dialect, windows) =>
      run.ways.find((one) => one.dialect === dialect && one.windows === windows).why;
    radios.forEach((radio, name) => {
      radio.checked = name === run.dialect;
      radio.disabled = Boolean(why(name, run.windows));
    });
    element('windows').checked = run.windows;
    element('windows').disabled = Boolean(why(run.dialect, !run.windows));
    element('dialect-meaning').textContent = meaning(choice, run);
    element('dialect-not').replaceChildren(...refusals(run).map((one) => make('li', {}, one)));
  };

  return { open, show, reason };
})();
