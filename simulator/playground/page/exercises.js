// SPDX-License-Identifier: BSL-1.0
// Ten agents to be found out: the verdict stays closed until somebody has said what is wrong.
const exercises = (() => {
  /** Asks instead of judging. */
  const ask = (run, catalogue, number, solved) => {
    const agents = catalogue.faulty.filter((one) => one.name.startsWith('agent-'));
    const select = make(
      'select',
      { 'aria-label': 'What is wrong with this agent' },
      make('option', { value: '' }, 'What is wrong with this agent?'),
      ...agents.map((one) => make('option', { value: one.name }, one.meaning)),
    );
    const answer = make('p', { role: 'status' });
    const check = () => {
      const right = select.value === run.faulty;
      answer.textContent = !select.value
        ? 'Choose what you think it does wrong.'
        : right
          ? `Yes: this is ${run.faulty}.`
          : 'No. Go through the steps again: what was said, and what was done?';
      answer.className = right ? 'judged good' : '';
      if (right) {
        solved(number);
        reveal(run);
      }
    };
    element('judged').textContent = '';
    element('judged').className = '';
    verdict.box.replaceChildren(
      make('p', {}, data.exercises[number].hint),
      select,
      ' ',
      make('button', { type: 'button', onclick: check }, 'Is it that?'),
      ' ',
      make('button', { type: 'button', onclick: () => reveal(run) }, 'Show the verdict'),
      answer,
    );
  };

  const reveal = (run) => {
    verdict.shown(run);
    verdict.box.prepend(make('p', { class: 'answer' }, `The agent was ${run.faulty}.`));
  };

  return { ask };
})();
