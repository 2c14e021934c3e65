// SPDX-License-Identifier: BSL-1.0
// The time line: a column for each actor, a row for each step.
const timeline = (() => {
  const box = element('timeline');
  const order = [
    'provider',
    'host',
    'agent',
    'vss',
    'tokens',
    'queue',
    'publisher',
    'database',
    'filesystem',
    'data',
  ];
  // Who else is told of stands with somebody.
  const besides = { watchdog: 'agent', guest: 'filesystem', channel: 'agent' };
  // What lasts from one word to another is drawn on the line of its actor.
  const spans = [
    ['database', 'quiesced', 'resumed', 'held'],
    ['publisher', 'quiesced', 'resumed', 'held'],
    ['queue', 'quiesced', 'resumed', 'held'],
    ['tokens', 'quiesced', 'resumed', 'held'],
    ['vss', 'freezes', 'thaws', 'held'],
    ['vss', 'freezes', 'lets_go', 'held'],
    ['vss', 'freezes', 'aborts', 'held'],
    ['vss', 'freezes', 'gives_up', 'held'],
    ['database', 'checkpoint_begins', 'checkpoint_ends', 'works'],
    ['filesystem', 'frozen', 'thawed', 'frozen'],
    ['data', 'frozen', 'thawed', 'frozen'],
    ['provider', 'cut_begins', 'cut_ends', 'cut'],
    ['provider', 'cut_begins', 'cut_fails', 'cut'],
    ['host', 'dies', 'restarts', 'dead'],
    ['agent', 'dies', 'restarts', 'dead'],
    ['agent', 'exits', 'restarts', 'dead'],
  ];
  let dialect = 'qga';
  let rows = [];
  let columns = [];
  let here = 0;

  /** The column of an actor: of guests after the first there is one for all that is in them. */
  const columnOf = (who) => {
    const { name, number } = split(who);
    const main = besides[name] ?? name;
    if (number === '1' || main === 'host' || main === 'provider') return main;
    return number === 'clone' ? 'clone' : `guest ${number}`;
  };

  const columnsOf = (run) => {
    const found = new Set(
      run.steps.filter((one) => one.who !== 'fault').map((one) => columnOf(one.who)),
    );
    ['provider', 'host', 'agent', 'database', 'filesystem'].forEach((one) => found.add(one));
    const known = order.filter((one) => found.has(one));
    return [...known, ...[...found].filter((one) => !order.includes(one)).sort()];
  };

  // Each actor has two columns of the grid, with its line between them: at this number.
  const line = (column) => 2 * columns.indexOf(column) + 3;

  /** A note stands beside the line of its actor, on the side where there is room. */
  const note = (step) => {
    const column = columnOf(step.who);
    const at = line(column);
    const whose = column === split(step.who).name ? '' : `${spelt(step.who)}: `;
    const isState = step.what === 'state';
    const onLine = isState && !whose;
    const right = columns.indexOf(column) < columns.length / 2;
    const place = onLine ? `${at - 1} / ${at + 1}` : right ? `${at} / -1` : `2 / ${at}`;
    return make(
      'span',
      {
        class: `said${isState ? ' state' : ''}${onLine ? '' : right ? ' right' : ' left'}`,
        'data-who': spelt(step.who),
        style: `grid-column: ${place}`,
        title: step.text,
      },
      whose + (isState ? step.state.toUpperCase() : step.text),
    );
  };

  const gistOfLine = (text) => {
    try {
      const said = JSON.parse(text.replace(/^(<FF>)+/, ''));
      if (said.execute) return said.execute.replace(/^guest-/, '');
      if (said.error) return `error: ${said.error.desc}`;
      return `return ${JSON.stringify(said.return)}`;
    } catch {
      return text; // cut short, or no JSON at all
    }
  };

  /** What a message comes to, in a few words: the command, or what it returns. */
  const gist = (text) => {
    if (dialect === 'qga') return gistOfLine(text);
    if (dialect === 'vmbackup')
      return text
        .replace(/^vmbackup\.(eventSet )?/, '')
        .replace(/ *<[0-9A-F]{2}>.*$/, ' …')
        .replace(/ 0 *$/, ''); // an event that is no failure
    if (/<[0-9A-F]{2}>/.test(text)) return 'cannot be read'; // bytes, where words should be
    return text.replace(/ of transaction \d+/g, '').replace(/ \(\d+\)/g, '');
  };

  const message = (step) => {
    const from = line(columnOf(step.who));
    const to = line(columnOf(step.to));
    const style = `grid-column: ${Math.min(from, to)} / ${Math.max(from, to)}`;
    return make(
      'span',
      {
        class: `message ${from < to ? 'right' : 'left'}${step.lost ? ' lost' : ''}`,
        style,
        title: step.text,
        'data-who': `${spelt(step.who)} → ${spelt(step.to)}${step.lost ? ', lost' : ''}`,
      },
      gist(step.text),
    );
  };

  const fault = (step) =>
    make(
      'span',
      { class: 'said fault', 'data-who': 'fault', style: 'grid-column: 2 / -1' },
      step.text,
    );

  const row = (step, number, open, choose) => {
    const made = make(
      'div',
      {
        class: 'row',
        role: 'listitem',
        'aria-label': `${seconds(step.at)}, ${spelt(step.who)}: ${step.text}`,
        onclick: () => choose(number),
      },
      make('time', {}, seconds(step.at)),
    );
    const acts =
      ['says', 'state'].includes(step.what) || step.who === 'fault' ? null : columnOf(step.who);
    for (const column of columns) {
      const kinds = ['life', ...(open.get(column) ?? []), ...(column === acts ? ['acts'] : [])];
      made.append(
        make('i', { class: kinds.join(' '), style: `grid-column: ${line(column) - 1} / span 2` }),
      );
    }
    made.append(
      step.what === 'says' ? message(step) : step.who === 'fault' ? fault(step) : note(step),
    );
    return made;
  };

  /** What lasts at a step, by column. */
  const follow = (open, step) => {
    for (const [who, begins, ends, kind] of spans) {
      if (split(step.who).name !== who) continue;
      const column = columnOf(step.who);
      const kinds = (open.get(column) ?? []).filter((one) => one !== kind || step.what !== ends);
      if (step.what === begins && !kinds.includes(kind)) kinds.push(kind);
      open.set(column, kinds);
    }
  };

  /** @param forked the first step that is not as in the run before, or -1. */
  const show = (run, forked, choose) => {
    dialect = run.dialect;
    columns = columnsOf(run);
    // Between host and agent there has to be room for what they say.
    const many = columns.length > 7;
    box.style.setProperty(
      '--columns',
      columns
        .map((one) =>
          ['host', 'agent'].includes(one)
            ? `repeat(2, minmax(${many ? 3.3 : 4.5}rem, 1.4fr))`
            : `repeat(2, minmax(${many ? 2.3 : 2.7}rem, 1fr))`,
        )
        .join(' '),
    );
    const head = make('div', { class: 'row head', 'aria-hidden': 'true' }, make('span'));
    columns.forEach((one) =>
      head.append(make('span', { style: `grid-column: ${line(one) - 1} / span 2` }, one)),
    );
    const open = new Map();
    rows = run.steps.map((step, i) => {
      const made = row(step, i, open, choose);
      follow(open, step);
      made.classList.add('later');
      if (i === forked) made.classList.add('fork');
      return made;
    });
    here = 0;
    box.replaceChildren(head, ...rows);
  };

  const go = (number) => {
    // Only what lies between there and here changes.
    for (let i = Math.min(here, number); i <= Math.max(here, number) && i < rows.length; ++i) {
      rows[i].classList.toggle('later', i > number);
      rows[i].classList.toggle('now', i === number);
      if (i === number) rows[i].setAttribute('aria-current', 'step');
      else rows[i].removeAttribute('aria-current');
    }
    here = number;
    const row = rows[number];
    if (!row) return;
    const top = row.offsetTop - box.clientHeight / 2;
    const near = Math.abs(top - box.scrollTop) < box.clientHeight / 2;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    box.scrollTo({ top, behavior: near && !calm ? 'smooth' : 'instant' });
  };

  return { show, go };
})();
