// SPDX-License-Identifier: BSL-1.0
// The first guest's block device: a square for each block of its files, and what is in memory only;
// and the transactions of its database.
const disk = (() => {
  const canvas = element('disk');
  const perRow = 44;
  const pixels = 7; // of a square, the gap included
  let files = [];
  let sights = [];
  let transfers = [];
  let copies = [];

  const numbers = (text) =>
    text
      .split(',')
      .filter(Boolean)
      .flatMap((part) => {
        const [first, last = first] = part.split('-').map(Number);
        return Array.from({ length: last - first + 1 }, (_, i) => first + i);
      });

  const show = (run) => {
    files = run.files;
    sights = run.sights.filter((one) => one.guest === 0);
    transfers = run.transfers;
    // What a copy that is kept does not have: the blocks that were only in memory at its point.
    copies = run.attempts
      .filter((one) => one.guest === 0 && one.kept)
      .map((one) => ({ at: one.cut, lacks: numbers(sightAt(one.cut)?.dirty ?? '') }));
  };

  const sightAt = (at) => sights.findLast((one) => one.at <= at) ?? sights[0];

  const draw = (dirty, missing) => {
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(`--${name}`).trim();
    let lines = 0;
    const starts = files.map((one) => {
      const at = lines;
      lines += Math.ceil(one.blocks / perRow) + 1;
      return at;
    });
    const scale = Math.max(1, Math.round(window.devicePixelRatio));
    canvas.width = perRow * pixels * scale;
    canvas.height = (lines * pixels + files.length * 6) * scale;
    const to = canvas.getContext('2d');
    to.scale(scale, scale);
    to.font = '9px system-ui, sans-serif';
    files.forEach((file, f) => {
      const top = starts[f] * pixels + f * 6 + 9;
      to.fillStyle = color('soft');
      to.fillText(`${file.name} (${file.blocks})`, 0, top - 1);
      for (let i = 0; i < file.blocks; ++i) {
        const block = file.first + i;
        const x = (i % perRow) * pixels;
        const y = top + 1 + Math.floor(i / perRow) * pixels;
        to.fillStyle = color(dirty.has(block) ? 'dirty' : 'clean');
        to.fillRect(x, y, pixels - 1, pixels - 1);
        if (missing.has(block)) {
          to.strokeStyle = color('missing');
          to.lineWidth = 2;
          to.strokeRect(x + 1, y + 1, pixels - 3, pixels - 3);
        }
      }
    });
  };

  const words = (sight, lacks, cut) => {
    const stage = { thawed: 'Thawed', freezing: 'Being frozen: writers wait', frozen: 'Frozen' }[
      sight.stage
    ];
    const dirty = numbers(sight.dirty).length;
    const copy = cut
      ? ` The copy of ${seconds(cut.at)} lacks ${lacks.size || 'none'} of what was written.`
      : '';
    return (
      `${stage}. ${dirty || 'No'} block${dirty === 1 ? ' is' : 's are'} only in memory, ` +
      `${sight.under_way} on the way to the disk, ${sight.writes} have been written. ` +
      `${sight.blocked || 'No'} writer${sight.blocked === 1 ? ' waits' : 's wait'}.${copy}`
    );
  };

  const table = (sight, at) => {
    const recent = transfers
      .filter(([number]) => number <= sight.executed)
      .slice(-6)
      .reverse();
    const rows = recent.map(([number, from, to, amount, acknowledged]) =>
      make(
        'tr',
        {},
        make('td', {}, String(number)),
        make('td', {}, `${from} → ${to}`),
        make('td', {}, String(amount)),
        make('td', {}, acknowledged !== null && acknowledged <= at ? 'acknowledged' : 'waits'),
      ),
    );
    element('transfers').replaceChildren(
      make('caption', {}, `${sight.executed} carried out, ${sight.acknowledged} acknowledged`),
      make('tr', {}, ...['number', 'accounts', 'amount', ''].map((one) => make('th', {}, one))),
      ...rows,
    );
  };

  /** Shows it as it was at an instant. @return a sentence. */
  const go = (at) => {
    const sight = sightAt(at);
    if (!sight) {
      element('disk-text').textContent = 'No snapshot was asked for, so nobody looked at the disk.';
      return '';
    }
    const cut = copies.findLast((one) => one.at <= at);
    const lacks = new Set(cut?.lacks ?? []);
    draw(new Set(numbers(sight.dirty)), lacks);
    element('disk-text').textContent = words(sight, lacks, cut);
    table(sight, at);
    return {
      thawed: '',
      freezing: 'The filesystem is being frozen.',
      frozen: 'The filesystem is frozen.',
    }[sight.stage];
  };

  return { show, go };
})();
