// SPDX-License-Identifier: BSL-1.0
// What the judges say of a run, with the evidence.
const verdict = (() => {
  const box = element('verdict');
  const item = (text, wrong = false) => make('li', wrong ? { class: 'wrong' } : {}, text);
  const plural = (count, one, many = one + 's') => `${count} ${count === 1 ? one : many}`;

  const attempt = (run, one, number) => {
    const whose = run.guests > 1 ? ` (guest ${one.guest + 1})` : '';
    const few = run.attempts.length <= 4;
    const lines = [];
    if (one.untrue) lines.push(item(`False claim: ${one.untrue}`, true));
    if (!one.kept) lines.push(item('there is no copy'));
    else {
      lines.push(
        item(
          one.clean
            ? 'the filesystem was frozen: nothing to recover'
            : 'the filesystem was in use: its journal brings ' +
                `${plural(one.inodes_replayed, 'inode')} up to date`,
        ),
      );
      lines.push(
        item(
          `the database carries out ${plural(one.transactions_replayed, 'transaction')} ` +
            'of its log again' +
            (one.pages_restored
              ? ` and restores ${plural(one.pages_restored, 'page')} from it`
              : ''),
        ),
      );
      one.evidence.forEach((text) => lines.push(item(text, one.contents !== 'whole')));
    }
    const outcome = one.outcome === 'none' ? 'no outcome was ever told' : one.outcome;
    const bad = one.untrue || (one.kept && one.contents !== 'whole');
    return make(
      'details',
      few || bad ? { open: '' } : {},
      make(
        'summary',
        {},
        `Snapshot ${number + 1}${whose} at ${seconds(one.started, 3)}: ${outcome}`,
      ),
      make(
        'dl',
        {},
        make('dt', {}, 'label'),
        make('dd', {}, one.label + (one.reason ? ` (${one.reason})` : '')),
        make('dt', {}, 'contents'),
        make('dd', {}, one.kept ? one.contents : 'no copy'),
      ),
      make('ul', {}, ...lines),
    );
  };

  const violation = (one) =>
    item(
      (one.clause ? `SP ${one.clause} at ${seconds(one.at, 3)}, seen at ${one.seen_at}: ` : '') +
        one.what,
      true,
    );

  const shown = (run) => {
    const { held, conversation, claims, contents, violated } = run.verdict;
    const sentence = held
      ? 'Every property held.'
      : `Not as it should be: conversation ${conversation}, claims ${claims}, ` +
        `contents ${contents}.`;
    element('judged').textContent = sentence;
    element('judged').className = held ? 'good' : 'bad';
    box.replaceChildren(
      ...(violated.length
        ? [make('h3', {}, 'Violated'), make('ul', {}, ...violated.map(violation))]
        : []),
      ...(run.must_not_be.length
        ? [
            make('h3', {}, 'Must not be'),
            make('ul', {}, ...run.must_not_be.map((one) => item(`${one.kind}: ${one.what}`, true))),
          ]
        : []),
      ...(run.surprises.length
        ? [
            make('h3', {}, 'Not what the scenario expects'),
            make('ul', {}, ...run.surprises.map((one) => item(one))),
          ]
        : []),
      ...run.attempts.map((one, i) => attempt(run, one, i)),
      make('p', {}, `Trace hash ${run.hash}`),
    );
  };

  return { shown, box };
})();
