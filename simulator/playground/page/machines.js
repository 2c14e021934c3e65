// SPDX-License-Identifier: BSL-1.0
// The diagrams of agent and orchestrator, from the project's own tables: states on a ring in the
// order of the table, with the one that holds now lit and the way that led to it drawn.
const machineView = (box, diagram) => {
  const width = 320;
  const height = 236;
  const half = { x: 33, y: 11 };
  const place = new Map(
    diagram.states.map((state, i) => {
      const angle = (i / diagram.states.length) * 2 * Math.PI - Math.PI / 2;
      return [
        state,
        {
          x: width / 2 + (width / 2 - half.x - 3) * Math.cos(angle),
          y: height / 2 + (height / 2 - half.y - 3) * Math.sin(angle),
        },
      ];
    }),
  );

  const path = (from, to) => {
    const a = place.get(from);
    const b = place.get(to);
    const bend = 0.72; // towards the middle
    const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    const x = width / 2 + (middle.x - width / 2) * bend;
    const y = height / 2 + (middle.y - height / 2) * bend;
    return `M${a.x} ${a.y}Q${x} ${y} ${b.x} ${b.y}`;
  };

  const edges = new Map();
  const nodes = new Map();
  const canvas = svg('svg', { viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' });
  for (const { from, to } of diagram.edges) {
    const made = svg('path', { class: 'edge', d: path(from, to) });
    edges.set(`${from} ${to}`, made);
    canvas.append(made);
  }
  for (const [state, { x, y }] of place) {
    const text = svg('text', { x, y: y + 4 });
    text.append(state);
    const made = svg(
      'g',
      { class: 'node' },
      svg('rect', { x: x - half.x, y: y - half.y, width: 2 * half.x, height: 2 * half.y, rx: 9 }),
      text,
    );
    nodes.set(state, made);
    canvas.append(made);
  }
  const words = make('p', {});
  box.replaceChildren(canvas, words);

  // "complete" is COMPL in the table.
  const spelling = (state) => diagram.states.find((one) => state.toUpperCase().startsWith(one));

  /** Shows what the steps of one actor have come to.
   *  @return the state in which it is. */
  return (steps, who) => {
    const taken = steps.filter((one) => one.what === 'state' && one.who === who);
    const way = [diagram.states[0], ...taken.map((one) => spelling(one.state))];
    const state = way.at(-1);
    nodes.forEach((node, name) => {
      node.setAttribute(
        'class',
        'node' + (way.includes(name) ? ' been' : '') + (name === state ? ' on' : ''),
      );
    });
    const been = new Set(way.slice(1).map((to, i) => `${way[i]} ${to}`));
    const moves = way
      .slice(1)
      .map((to, i) => [way[i], to])
      .filter(([from, to]) => from !== to);
    const last = moves.at(-1)?.join(' ');
    edges.forEach((edge, name) => {
      edge.setAttribute(
        'class',
        'edge' + (been.has(name) ? ' been' : '') + (name === last ? ' on' : ''),
      );
    });
    const by = taken.at(-1);
    words.textContent = by
      ? `${state}, since ${seconds(by.at)}: ${way.at(-2)} on ${by.event} (SP ${by.clause})`
      : `${state}; it has taken no row of its table yet`;
    return state;
  };
};
